"""Whom we sell to: accounts, their owners, tags and history."""
