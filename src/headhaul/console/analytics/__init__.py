"""The analytics panel."""
