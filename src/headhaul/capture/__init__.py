"""Capture: where leads come from, what each is worth, who gets it, and what became of it."""
