"""What crosses a door or a room's edge: payloads and results."""
