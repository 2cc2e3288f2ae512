"""The only writers of the activities' rows."""
