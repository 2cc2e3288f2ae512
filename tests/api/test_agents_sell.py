"""An agent does a rep's work: every tool of the four groups is there, and a read and a write of each do theirs."""

from __future__ import annotations

from typing import Any

import httpx

from headhaul.accounts.models import Account
from headhaul.activities.models import Activity
from headhaul.kernel.actions import registry
from headhaul.pipeline.models import Opportunity
from headhaul.security.models import User
from tests.api.people import as_token
from tests.api.test_mcp import as_agent
from tests.architecture.test_registry import CORE


def use(address: str, name: str, /, **data: Any) -> Any:
    """What a manager's agent gets from a tool."""
    answer = as_agent(address, as_token("max"), lambda session: session.call_tool(name, data))
    assert not answer.is_error, answer.content
    return answer.structured_content


def test_all_tools_are_listed_with_what_they_do(http: httpx.Client, address: str) -> None:
    tools = {tool.name: tool for tool in as_agent(address, as_token("ada"), lambda s: s.list_tools()).tools}
    for marked in CORE:
        declared = registry()[marked.removeprefix("+")]
        if declared.people_only:
            continue
        tool = tools[declared.name]
        assert tool.annotations.read_only_hint is not declared.writes
        assert declared.doc.splitlines()[0] in tool.description


def test_dashboard(http: httpx.Client, address: str) -> None:
    account = use(address, "createAccount", name="Lone Star", phone="214-555-0100")
    use(address, "takeAccount", accountId=account["id"])
    queue = use(address, "getNextActions")["items"]
    assert [line["account"]["id"] for line in queue] == [account["id"]]
    use(address, "skipAction", key=queue[0]["key"])
    assert use(address, "getNextActions")["items"] == []


def test_accounts(http: httpx.Client, address: str) -> None:
    made = use(address, "createAccount", name="Lone Star", state="TX")
    assert Account.objects.get(pk=made["id"]).owner == User.objects.get(email="max@example.com")
    assert use(address, "getAccount", accountId=made["id"])["name"] == "Lone Star"


def test_activities(http: httpx.Client, address: str) -> None:
    made = use(address, "createAccount", name="Lone Star")
    use(address, "logActivity", type="call", accountId=made["id"], outcome="connected", subject="Rates")
    assert Activity.objects.get(account_id=made["id"]).subject == "Rates"
    entries = use(address, "getTimeline", accountId=made["id"], kinds=["call"])["items"]
    assert [entry["title"] for entry in entries] == ["Rates"]


def test_pipeline(http: httpx.Client, address: str) -> None:
    made = use(address, "createAccount", name="Lone Star")
    deal = use(address, "createOpportunity", accountId=made["id"], amountCents=100_00, closeOn="2026-12-01")
    use(address, "moveStage", opportunityId=deal["id"], version=1, toStage="proposal")
    assert Opportunity.objects.get(pk=deal["id"]).stage.key == "proposal"
    columns = {column["stage"]: column["count"] for column in use(address, "getPipeline")["columns"]}
    assert (columns["prospecting"], columns["proposal"]) == (0, 1)
