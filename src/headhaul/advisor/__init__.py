"""What to do next and why, learnt from what was done before."""
