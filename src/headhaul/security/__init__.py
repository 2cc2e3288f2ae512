"""Who may come in and what they may do: users, roles, API tokens, the permission check."""
