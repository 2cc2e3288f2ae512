"""A market to try Headhaul on: real carriers, a made-up driver pool, four people."""
