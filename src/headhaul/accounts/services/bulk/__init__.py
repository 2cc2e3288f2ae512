"""Changing many rows at once, by sets, with what is needed to take it back."""
