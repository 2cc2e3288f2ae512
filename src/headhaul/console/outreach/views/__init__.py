"""The views of the outreach panel."""
