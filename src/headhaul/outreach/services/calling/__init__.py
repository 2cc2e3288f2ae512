"""Calls: campaigns and their targets, who takes whom, dialling, and how it ended."""
