"""The only writers of the pipeline's rows."""
