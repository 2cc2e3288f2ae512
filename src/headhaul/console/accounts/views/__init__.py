"""The views of the accounts panel."""
