"""Signing in, finding things, hearing of news, one's own profile."""
