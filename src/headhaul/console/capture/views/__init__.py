"""Views of the capture panel."""
