"""What campaigns brought, counted in SQL from the facts of messages and from calls."""
