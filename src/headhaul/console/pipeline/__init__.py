"""The pipeline panel: what closes this month, what is at risk."""
