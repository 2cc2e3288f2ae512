"""What rooms above register with this one."""
