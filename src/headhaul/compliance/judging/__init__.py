"""Judging, pure: the same proposal, facts and moment give the same verdict, on any machine and in any year."""
