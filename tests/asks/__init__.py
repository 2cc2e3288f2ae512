"""What users of other products ask for most, as tests."""
