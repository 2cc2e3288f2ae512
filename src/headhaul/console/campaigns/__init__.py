"""The campaigns panel."""
