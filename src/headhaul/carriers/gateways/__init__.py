"""The outside world of carriers: FMCSA's look-up service and the Department of Transportation's open data."""
