"""The views of the analytics panel."""
