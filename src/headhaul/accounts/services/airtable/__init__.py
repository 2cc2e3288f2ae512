"""The plan's Airtable tables, in and out."""
