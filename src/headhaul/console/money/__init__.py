"""Pages about money: where deals come from, what clients cost, what was spent, who else is in the race."""
