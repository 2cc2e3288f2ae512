"""What happened and who should know: alerts, and the wire that tells open pages at once."""
