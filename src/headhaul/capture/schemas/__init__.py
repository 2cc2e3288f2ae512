"""What the actions of this room take and give."""
