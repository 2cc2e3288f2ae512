"""How requests come in and processes live: the supervisor, the web process, the hybrid of sync and async."""
