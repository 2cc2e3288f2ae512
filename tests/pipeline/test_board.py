"""The board and the table: columns paged one by one, sums of everything, filters, orders, and who sees what."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from django.db import connection

from headhaul.accounts.models import Account
from headhaul.accounts.ports.lists import Asked
from headhaul.accounts.preferences import Visibility
from headhaul.accounts.services.opening import open_from_signal
from headhaul.kernel import SYSTEM, Actor, InvalidData, NotFound
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.schemas.opportunities import OpportunityFilters
from headhaul.pipeline.selectors import exporting
from headhaul.preferences.services import values
from headhaul.security.actors import actor_of
from headhaul.security.models import Team, User
from tests.factories.market import NOON, carrier
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
STAGES = ("prospecting", "discovery", "proposal", "negotiation", "closed_won", "closed_lost")


@pytest.fixture
def full(rosa: Actor, rick: Actor, max_: Actor) -> list[Any]:
    """Forty opportunities in four states, of two people and of nobody, moved about and some closed."""
    chance = random.Random(7)
    accounts = []
    for dot in range(1, 9):
        carrier(dot, legal_name=f"Hauler {dot:02d}", phy_state="TX" if dot % 2 else "OH", segment="regional")
        owner = (rosa.user_id, rick.user_id, None)[dot % 3]
        accounts.append(open_from_signal(dot_number=dot, owner_id=owner, at=NOON, by=SYSTEM).account)
    made = []
    for number in range(40):
        row = do(
            "createOpportunity", max_, at=NOON - timedelta(hours=chance.randrange(900)),
            accountId=chance.choice(accounts).pk, name=f"Deal {number:02d}", amountCents=chance.randrange(1, 10**6),
            closeOn=chance.choice([None, "2026-11-25", "2026-12-15", "2027-02-01"]),
            ownerId=chance.choice([rosa.user_id, rick.user_id, None]), category=chance.choice([None, "commit"]),
        )  # fmt: skip
        to = chance.choice(STAGES[:3] + STAGES[4:])
        if to == "closed_lost":
            do("closeOpportunity", max_, opportunityId=row.id, version=1, outcome="lost", reason="Price")
        elif to != "prospecting":
            do("moveStage", max_, opportunityId=row.id, version=1, toStage=to, closeOn="2026-12-20")
        made.append(row)
    return made


def columns(board: Any) -> dict[str, Any]:
    return {column.stage: column for column in board.columns}


FILTERS: list[dict[str, Any]] = [
    {}, {"owner": "me"}, {"owner": "none"}, {"state": "OH"}, {"category": ["commit"]}, {"q": "auler 03"},
    {"q": "Deal 1"}, {"q": "3"}, {"closingFrom": "2026-12-01", "closingTo": "2026-12-31"}, {"risk": "any"},
    {"risk": "no_next_step"}, {"segment": ["regional"], "owner": "me", "state": "TX"}, {"segment": ["enterprise"]},
]  # fmt: skip


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_columns_say_what_they_hold_and_page_through_all_of_it(
    full: list[Any], rosa: Actor, filters: dict[str, Any]
) -> None:
    board = columns(do("getPipeline", rosa, perColumn=3, **filters))
    assert tuple(board) == STAGES
    everything = {row.id: row for kind in ("open", "won", "lost") for row in listed(rosa, kind=[kind], **filters)}
    for stage, column in board.items():
        cards = list(column.cards)
        while column.next_cursor:
            more = do("getPipeline", rosa, perColumn=3, stage=stage, cursor=column.next_cursor, **filters)
            (column,) = more.columns
            cards += column.cards
        expected = [row for row in everything.values() if row.stage == stage]
        assert {card.id for card in cards} == {row.id for row in expected}
        assert len(cards) == len(expected)
        assert [(c.stage_entered_at, c.id) for c in cards] == sorted(
            ((c.stage_entered_at, c.id) for c in cards), reverse=True
        )
        cents = sum(row.amount_cents for row in expected)
        assert (column.count, column.amount_cents) == (len(expected), cents)
        assert column.weighted_cents == round(cents * column.probability / 100)


def listed(actor: Actor, **data: Any) -> list[Any]:
    rows, cursor = [], None
    while True:
        page = do("listOpportunities", actor, limit=7, cursor=cursor, **data)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            return rows


KEYS: dict[str, Callable[[Any], Any]] = {
    "closing": lambda row: (row.close_on or date.max, row.id),
    "amount": lambda row: (-(row.amount_cents or 0), -row.id),
    "changed": lambda row: (-row.updated_at.timestamp(), -row.id),
    "name": lambda row: (row.name.lower(), row.id),
    "stageAge": lambda row: (row.stage_entered_at, row.id),
}


@pytest.mark.parametrize("sort", KEYS)
def test_every_order_walks_all_rows_once(full: list[Any], vera: Actor, sort: str) -> None:
    rows = listed(vera, sort=sort, kind=["open", "won", "lost"])
    assert {row.id for row in rows} == {row.id for row in full}
    assert rows == sorted(rows, key=KEYS[sort])


@pytest.mark.parametrize("sort", KEYS)
def test_an_export_has_every_row_of_the_list_in_its_order(
    full: list[Any], rosa: Actor, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PIECE", 9)
    filters = OpportunityFilters(state="TX", kind=["open", "lost"])
    rows = list(exporting.every_row(Asked(filters, sort, None, rosa, NOON, UTC)))
    assert rows == listed(rosa, sort=sort, state="TX", kind=["open", "lost"])
    assert len(rows) > 9
    said = {column.label: column.value(rows[0]) for column in exporting.COLUMNS}
    assert (said["Opportunity"], said["Stage"], said["Amount"]) == (
        rows[0].name, rows[0].stage_label, rows[0].amount_cents and rows[0].amount_cents / 100,
    )  # fmt: skip


def test_a_cursor_of_a_column_needs_its_column(full: list[Any], vera: Actor) -> None:
    cursor = columns(do("getPipeline", vera, perColumn=1))["discovery"].next_cursor
    for data in ({"cursor": cursor}, {"cursor": cursor, "stage": "proposal"}, {"cursor": "x", "stage": "proposal"}):
        with pytest.raises(InvalidData):
            do("getPipeline", vera, **data)


def test_tallies_are_what_a_count_finds_after_every_kind_of_change(full: list[Any], max_: Actor) -> None:
    Opportunity.objects.filter(name__lt="Deal 10").update(owner_id=max_.user_id, amount_cents=5)
    Opportunity.objects.filter(name__gt="Deal 30").delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "select stage_id, nullif(owner_id, 0), sum(n)::int, sum(amount_cents)::bigint from pipeline_tally"
            " group by 1, 2 having sum(n) <> 0 or sum(amount_cents) <> 0 order by 1, 2"
        )
        kept = cursor.fetchall()
        cursor.execute(
            "select stage_id, owner_id, count(*)::int, sum(coalesce(amount_cents, 0))::bigint from pipeline_opportunity"
            " group by 1, 2 order by 1, 2"
        )
        assert kept == cursor.fetchall()


def test_whoever_sees_only_their_own_sees_no_trace_of_others(full: list[Any], rosa: Actor, ada: Actor) -> None:
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=ada, at=NOON)
    seen = {
        each.pk
        for each in Opportunity.objects.select_related("account")
        if each.owner_id == rosa.user_id or each.account.owner_id in (None, rosa.user_id)
    }
    assert 0 < len(seen) < len(full)
    assert {row.id for row in listed(rosa, kind=["open", "won", "lost"])} == seen
    board = do("getPipeline", rosa)
    assert sum(column.count for column in board.columns) == len(seen)
    hidden = next(row.id for row in full if row.id not in seen)
    for name, data in (
        ("getOpportunity", {}),
        ("moveStage", {"version": 1, "toStage": "discovery"}),
        ("updateOpportunity", {"version": 1}),
        ("revertOpportunity", {"version": 1}),
    ):
        with pytest.raises(NotFound):
            do(name, rosa, opportunityId=hidden, **data)
    assert all(stage.opportunities is None for stage in do("getStages", rosa).pipelines[0].stages)
    assert {item.opportunity.id for item in do("getTopOpportunities", rosa, limit=50).items} <= seen
    assert {item.opportunity.id for item in do("getRisks", rosa, limit=100).items} <= seen


def test_a_teams_board_holds_the_teams(full: list[Any], rosa: Actor, rick: Actor) -> None:
    team = Team.objects.create(name="West", created_at=NOON)
    User.objects.filter(pk__in=[rosa.user_id, rick.user_id]).update(team=team)
    actor = actor_of(User.objects.get(pk=rosa.user_id))
    mine = Opportunity.objects.filter(owner_id__in=[rosa.user_id, rick.user_id]).count()
    assert sum(column.count for column in do("getPipeline", actor, owner="team").columns) == mine
    assert len(listed(actor, owner="team", kind=["open", "won", "lost"])) == mine


def test_closed_ones_are_found_by_the_day_they_closed(full: list[Any], vera: Actor) -> None:
    rows = listed(vera, kind=["won", "lost"], closedFrom="2026-11-20", closedTo="2026-11-20")
    assert {row.id for row in rows} == set(Opportunity.objects.exclude(kind="open").values_list("id", flat=True))
    assert listed(vera, kind=["won", "lost"], closedFrom="2026-11-21") == []


def test_the_top_is_by_likely_money_and_what_is_due(account: Account, rosa: Actor) -> None:
    plain = do("createOpportunity", rosa, accountId=account.pk, name="Plain", amountCents=1_200_00)
    soon = do("createOpportunity", rosa, accountId=account.pk, name="Soon", amountCents=1_000_00, closeOn="2026-11-25")
    small = do(
        "createOpportunity", rosa, accountId=account.pk, name="Small", amountCents=100, nextStep="Call",
        nextStepOn="2026-11-19",
    )  # fmt: skip
    items = do("getTopOpportunities", rosa).items
    assert [item.opportunity.id for item in items] == [soon.id, plain.id, small.id]
    assert items[0].reasons[0] == "closes in 5 days"
    assert items[2].reasons[0] == "due: Call"
    assert items[0].weighted_cents == 100_00
