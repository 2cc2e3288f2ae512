"""What the pages of lists share: the state that the address holds, the filters there are, and what cells show."""
