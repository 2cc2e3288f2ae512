"""What two made-up reps and their manager did in the last months. Their calls, contacts and deals are invented."""
