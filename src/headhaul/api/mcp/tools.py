"""The registry as MCP tools: an agent sees and calls what its token may, and nothing else."""

from __future__ import annotations

from typing import Any

import mcp_types as types
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from headhaul.actions import dispatch
from headhaul.actions.services.catalogue import schemas_of
from headhaul.actions.services.replies import failure_json
from headhaul.api.mcp.scope_keys import ACTOR, REQUEST_ID
from headhaul.kernel import ANONYMOUS, Action, Actor, AppError, Door
from headhaul.kernel.actions import registry
from headhaul.security.permissions import can

Context = ServerRequestContext[Any, Any]

INSTRUCTIONS = (
    "Headhaul finds motor carriers that need drivers and helps to win them as clients. Every tool is one action; "
    "tools that change something are audited under the token's user. Lists are paged: pass nextCursor as cursor."
)
KEY_META = "headhaul/idempotencyKey"


def make_server() -> Server[Any]:
    """A server whose tools are made from the registry for each request's actor."""
    return Server(
        "headhaul", title="Headhaul", instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool
    )


async def list_tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    """The actions this actor may do."""
    actor, _ = _caller(context)
    return types.ListToolsResult(tools=[tool_of(action) for action in registry().values() if can(actor, action)])


async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
    """Dispatch; a refusal is the tool's own answer, so that the agent reads the sentence and can mend it."""
    actor, request_id = _caller(context)
    key = (context.meta or {}).get(KEY_META)

    def work() -> types.CallToolResult:
        try:
            reply = dispatch(
                params.name,
                params.arguments or {},
                actor=actor,
                at=timezone.now(),
                door=Door.MCP,
                request_id=request_id,
                idempotency_key=key if isinstance(key, str) else None,
            )
        except AppError as refusal:
            said = failure_json(refusal, request_id=request_id).decode()
            return types.CallToolResult(content=[types.TextContent(type="text", text=said)], is_error=True)
        finally:
            close_old_connections()
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=reply.payload_json())],
            structured_content=reply.payload.model_dump(mode="json", by_alias=True),
        )

    return await sync_to_async(work, thread_sensitive=False)()


def _caller(context: Context) -> tuple[Actor, str]:
    """Who was found out to call, and under which request id, before the library took over."""
    scope: dict[str, Any] = context.request.scope if context.request else {}
    return scope.get(ACTOR, ANONYMOUS), scope.get(REQUEST_ID, "")


def tool_of(action: Action[Any, Any]) -> types.Tool:
    """An action as a tool, with hints on what it may do to the world."""
    given, answer = schemas_of(action)
    return types.Tool(
        name=action.name,
        description=" ".join(action.doc.split()),
        input_schema=given,
        output_schema=answer,
        annotations=types.ToolAnnotations(
            read_only_hint=not action.writes,
            destructive_hint=action.writes,
            idempotent_hint=not action.writes,
            open_world_hint=action.sends,
        ),
    )
