"""The console: a small Django app for each panel, all on one design system (`ui`)."""
