"""What came in, read and judged: plain Python, without database, clock or network."""
