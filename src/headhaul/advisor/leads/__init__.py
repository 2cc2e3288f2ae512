"""Learning from what became of leads: from column roles, never from the names or values of one file. No database."""
