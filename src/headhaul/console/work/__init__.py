"""One's own work: tasks and notifications."""
