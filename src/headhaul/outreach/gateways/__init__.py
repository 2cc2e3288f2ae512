"""The world outside: mail servers, e-mail services, telephone, name servers. Nothing else may import their clients."""
