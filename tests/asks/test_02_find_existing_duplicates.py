"""Existing duplicates are found, not only new ones; merging is open to programs and agents, in bulk and with undo."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import Account
from headhaul.accounts.services import scanning
from tests.accounts.people import account
from tests.api.conftest import address, http  # noqa: F401
from tests.api.people import as_token
from tests.api.test_mcp import as_agent
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_program_finds_merges_and_takes_back(http: httpx.Client, address: str) -> None:  # noqa: F811
    one, two = account("Ace Trucking LLC"), account("Ace Trucking Inc")
    account("Prairie Star Transport", dot_number=1)
    account("Prairie Star Transport", dot_number=2)
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    headers = as_token("max")

    def ask(name: str, **data: Any) -> Any:
        answer = http.post(f"{address}/api/actions/{name}", json=data, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    pairs = ask("listDuplicates")["payload"]["items"]
    assert [(pair["score"], pair["reasons"][0]) for pair in pairs] == [
        (85, "same name, both in Dallas, TX"),
        (60, "same name, both in Dallas, TX"),
    ]
    done = ask("mergeDuplicates", pairIds=[pair["id"] for pair in pairs])
    assert [merge["loserIds"] for merge in done["payload"]["merges"]] == [[two.pk]]
    assert "USDOT" in done["payload"]["left"][0]["reason"]
    gone = http.post(f"{address}/api/actions/getAccount", json={"accountId": two.pk}, headers=headers)
    assert (gone.status_code, gone.json()["code"], gone.json()["fields"]["mergedInto"]) == (
        404,
        "merged_away",
        str(one.pk),
    )
    ask("undoAction", undoId=done["undoId"])
    assert Account.objects.count() == 4


def test_agents_have_the_tools(http: httpx.Client, address: str) -> None:  # noqa: F811
    tools = as_agent(address, as_token("max"), lambda session: session.list_tools()).tools
    names = {tool.name for tool in tools}
    assert {"listDuplicates", "findDuplicates", "previewMerge", "mergeAccounts", "mergeContacts", "unmerge"} <= names
