"""The outside world, as real servers on this machine."""
