"""The world outside of this room: the mail server."""
