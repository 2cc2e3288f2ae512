"""The signals panel: every carrier of the census by score, one carrier in full, and what would change if."""
