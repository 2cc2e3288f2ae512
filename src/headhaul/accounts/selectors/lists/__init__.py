"""The lists that people live in: filters, orders, columns and groups of accounts and contacts."""
