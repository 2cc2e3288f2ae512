"""What the actions of analytics take and give."""
