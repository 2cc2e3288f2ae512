"""The outreach panel: what goes out today, what is held, who answered."""
