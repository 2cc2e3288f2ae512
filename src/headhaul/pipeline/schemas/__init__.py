"""What the pipeline's actions take and give."""
