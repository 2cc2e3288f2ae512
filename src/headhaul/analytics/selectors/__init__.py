"""Numbers, each from one reading of the rows it speaks of."""
