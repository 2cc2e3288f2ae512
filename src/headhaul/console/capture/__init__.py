"""The capture panel: leads taken down at a booth, with or without a network; the queue they go to; the events."""
