"""The only writers of accounts' rows."""
