"""Reading automation rules: what they can be made of, whether they are sound, what they would do."""
