"""How the lead score learns: before and after."""
