"""Wires the rooms together: settings, addresses, servers, the embedded database and the command line."""
