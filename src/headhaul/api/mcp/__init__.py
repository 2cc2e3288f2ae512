"""The MCP server for AI agents: the same actions as tools, under the same roles, scopes and audit."""

from headhaul.api.mcp.server import application, lifespan

__all__ = ["application", "lifespan"]
