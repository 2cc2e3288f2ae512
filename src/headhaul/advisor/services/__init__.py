"""The only writers of the advisor's rows."""
