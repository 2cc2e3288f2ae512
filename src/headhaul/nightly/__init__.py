"""What the clock starts, and the record of every run."""
