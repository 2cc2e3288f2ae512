"""Opportunities on their way from prospecting to a signed client: stages, history, forecast, risks, rules."""
