"""The door for programs: actions over HTTP with an OpenAPI description, uploads, and an MCP server for agents."""
