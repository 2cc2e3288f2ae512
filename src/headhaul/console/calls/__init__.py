"""The calls panel."""
