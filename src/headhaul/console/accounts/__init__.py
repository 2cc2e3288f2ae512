"""The accounts panel: who are they, where do we stand, what do I do next."""
