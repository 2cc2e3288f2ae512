"""Who gets a lead."""
