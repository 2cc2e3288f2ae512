"""Who is to be called, in which order, and what was called."""
