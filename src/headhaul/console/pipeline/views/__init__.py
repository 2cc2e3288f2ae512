"""The views of the pipeline panel."""
