"""What providers post to us: whether it is really theirs, and what it says. Nothing here reads or writes a row."""
