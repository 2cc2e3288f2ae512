"""What the activities' actions take and give."""
