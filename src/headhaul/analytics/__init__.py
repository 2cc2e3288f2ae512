"""Numbers about the business: what they are, as of when, and which rows are behind them."""
