"""The outside world of this room."""
