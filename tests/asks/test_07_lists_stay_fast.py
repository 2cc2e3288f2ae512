"""Lists of tens of thousands of rows are read by an index, never by reading and sorting the table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.actions import dispatch
from headhaul.kernel import Actor
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = 50_000

ROWS = f"""
insert into accounts_account (name, status, segment, region, state, city, phone, website, fleet_size, fleet_source,
                              source, version, created_at, updated_at, custom)
select 'Carrier ' || md5(n::text), (array['target', 'prospecting', 'client'])[1 + n % 3], 'regional', 'south_central',
       (array['TX', 'OK', 'PA', 'OH'])[1 + n % 4], 'City ' || n % 900, '', '', n % 500, 'person', 'manual', 1,
       timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-02-01' + n * interval '1 minute',
       jsonb_build_object('tier', n % 1000)
from generate_series(1, {MANY}) n
"""
SCORES = """
insert into accounts_accountscore (account_id, score_hundredths, is_spike)
select id, 1 + id %% 9000, id %% 50 = 0 from accounts_account
""".replace("%%", "%")
PULSES = "insert into accounts_accountpulse (account_id, last_activity_at) select id, created_at from accounts_account"
PEOPLE = """
insert into accounts_contact (account_id, name, first_name, title, role, buying_role, is_decision_maker,
    preferred_channel, timezone, timezone_source, timezone_confidence, linkedin, notes, has_left, custom, source,
    version, created_at, updated_at)
select id, 'Person ' || md5(id::text), '', '', 'unknown', 'unknown', false, '', '', '', '', '', '', false, '{}',
    'manual', 1, created_at, created_at from accounts_account
"""


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Fifty thousand accounts with a person each, in statistics the planner can go by; gone afterwards."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for statement in (ROWS, SCORES, PULSES, PEOPLE):
            cursor.execute(statement)
        cursor.execute("analyze accounts_account, accounts_accountscore, accounts_accountpulse, accounts_contact")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("truncate accounts_account cascade")
        cursor.execute("analyze accounts_account, accounts_accountscore, accounts_accountpulse, accounts_contact")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each step of a plan, but for what is asked once for every row that is shown: its few tags or addresses."""
    yield plan
    for below in plan.get("Plans", []):
        if below["Parent Relationship"] != "SubPlan":
            yield from nodes(below)


def plans_of(actor: Actor, name: str, **asked: Any) -> list[dict[str, Any]]:
    """How the database reads every query over the big tables that the action makes."""
    with CaptureQueriesContext(
        connection,
    ) as made:
        dispatch(name, asked, actor=actor, at=NOON, door="http")
    found = []
    for query in made.captured_queries:
        if re.search(r"from accounts_(account|contact)\b", query["sql"]):
            with connection.cursor() as cursor:
                cursor.execute("explain (format json) " + query["sql"].replace("%", "%%"), [])
                answer = cursor.fetchone()[0]
            found.append((answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"])
    assert found, "the list was read somewhere else than expected"
    return found


def check(plans: list[dict[str, Any]]) -> None:
    """No sorting, and no table read from end to end unless a limit ends it at once."""
    for plan in plans:
        for node in nodes(plan):
            assert "Sort" not in node["Node Type"], plan
            if node["Node Type"] == "Seq Scan" and node["Relation Name"].startswith("accounts_"):
                assert plan["Total Cost"] < MANY / 10, plan


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["score", "newest", "name", "lastActivity", "fleetSize", "updated", "place"])
def test_every_order_of_accounts_has_its_index(crowd: None, max_: Actor, sort: str, direction: str) -> None:
    check(plans_of(max_, "listAccounts", sort=sort, direction=direction))


@pytest.mark.parametrize("sort", ["score", "newest", "name", "lastActivity", "fleetSize", "updated", "place"])
def test_the_next_page_is_entered_where_the_last_one_ended(crowd: None, max_: Actor, sort: str) -> None:
    first = dispatch("listAccounts", {"sort": sort}, actor=max_, at=NOON, door="http").payload
    check(plans_of(max_, "listAccounts", sort=sort, cursor=first.next_cursor))


@pytest.mark.parametrize("sort", ["name", "newest"])
def test_every_order_of_contacts_has_its_index(crowd: None, max_: Actor, sort: str) -> None:
    check(plans_of(max_, "listContacts", sort=sort))


@pytest.mark.parametrize("group_by", ["status", "owner", "state", "region", "team", "source"])
def test_groups_of_many_are_not_counted_to_the_end(crowd: None, max_: Actor, group_by: str) -> None:
    limited = plans_of(max_, "getListGroups", entity="accounts", groupBy=group_by)[1:]
    assert all(plan["Plans"][0]["Node Type"] == "Limit" for plan in limited)


def test_a_custom_value_is_found_by_its_index(crowd: None, ada: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_customfield (entity, key, label, kind, choices, retired, help, is_required, position,"
            " is_active, version, created_at) values ('account', 'tier', 'Tier', 'number', '[]', '[]', '', false, 0,"
            " true, 1, now())"
        )
    found = plans_of(ada, "listAccounts", custom=["tier:is:7"])
    assert all("accounts_custom" in {node.get("Index Name") for node in nodes(plan)} for plan in found)
