"""Spend: entered once, put right, taken back; spread evenly by day, exact to the cent however a period is cut."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.analytics.models import Spend
from headhaul.analytics.services.spend import SpendIsThere
from headhaul.analytics.spreading import in_days
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, NotFound, StaleVersion
from tests.analytics.money import journeys
from tests.factories.market import NOON

BOOTH: dict[str, Any] = {
    "channel": "event", "startsOn": "2026-03-01", "endsOn": "2026-03-31", "amountCents": 310_000,
}  # fmt: skip
ANY_DAY = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def do(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


@given(st.integers(1, 10**12), ANY_DAY, st.integers(0, 500), st.lists(ANY_DAY, max_size=6))
def test_periods_that_follow_one_another_add_up(amount: int, starts_on: date, length: int, cuts: list[date]) -> None:
    ends_on = starts_on + timedelta(days=length)
    edges = sorted({starts_on, *(day for day in cuts if starts_on < day <= ends_on)})
    lasts = [day - timedelta(days=1) for day in edges[1:]] + [ends_on]
    parts = [
        in_days(amount, starts_on=starts_on, ends_on=ends_on, first=first, last=last)
        for first, last in zip(edges, lasts, strict=True)
    ]
    assert sum(parts) == amount
    assert (
        in_days(amount, starts_on=starts_on, ends_on=ends_on, first=date(2000, 1, 1), last=date(2100, 1, 1)) == amount
    )


@given(st.integers(1, 10**9), ANY_DAY, st.integers(0, 400), ANY_DAY, st.integers(0, 400))
def test_a_part_is_within_a_cent_of_its_share_of_days(
    amount: int, starts_on: date, length: int, first: date, more: int
) -> None:
    ends_on, last = starts_on + timedelta(days=length), first + timedelta(days=more)
    days = [starts_on + timedelta(days=each) for each in range(length + 1)]
    exact = amount * sum(first <= day <= last for day in days) / len(days)
    assert abs(in_days(amount, starts_on=starts_on, ends_on=ends_on, first=first, last=last) - exact) < 1.001


@pytest.mark.django_db
def test_spend_is_entered_and_taken_back(max_: Actor) -> None:
    done = do("recordSpend", max_, **BOOTH, note="Booth 42")
    assert (done.payload.amount_cents, done.payload.days, done.payload.channel_label) == (310_000, 31, "Events")
    do("undoAction", max_, undoId=done.undo_id)
    assert do("listSpend", max_).payload.items == []
    assert AuditEntry.objects.filter(action="recordSpend", outcome="done").exists()


@pytest.mark.django_db
def test_the_same_row_twice_is_refused_and_says_which(max_: Actor) -> None:
    first = do("recordSpend", max_, **BOOTH).payload
    with pytest.raises(SpendIsThere, match=f"number {first.id}"):
        do("recordSpend", max_, **BOOTH)
    assert Spend.objects.count() == 1


@pytest.mark.django_db
def test_overlapping_days_add_up_and_are_told(max_: Actor) -> None:
    first = do("recordSpend", max_, **BOOTH).payload
    other = do("recordSpend", max_, **BOOTH | {"startsOn": "2026-03-15", "endsOn": "2026-04-14"}).payload
    assert other.overlaps == [first.id]
    assert "add up" in other.overlap_note
    march = do("listSpend", max_, **{"from": "2026-03-01", "to": "2026-03-31"}).payload
    assert march.in_period_cents == 310_000 + 310_000 * 17 // 31
    april = do("listSpend", max_, **{"from": "2026-04-01", "to": "2026-04-30"}).payload
    assert march.in_period_cents + april.in_period_cents == 620_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endsOn": "2026-02-28"}, "endsOn"),
        ({"channel": "skywriting"}, "channel"),
        ({"channel": None}, "channel"),
        ({"endsOn": "2036-12-31"}, "endsOn"),
        ({"amountCents": 0}, "amountCents"),
        ({"amountCents": -5}, "amountCents"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(max_: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refused:
        do("recordSpend", max_, **BOOTH | wrong)
    assert field in refused.value.fields


@pytest.mark.django_db
def test_a_source_or_event_that_is_none_is_refused(max_: Actor) -> None:
    with pytest.raises(NotFound):
        do("recordSpend", max_, **BOOTH, sourceId=999_999)
    with pytest.raises(NotFound):
        do("recordSpend", max_, **BOOTH, eventId=999_999)


@pytest.mark.django_db
def test_a_rep_may_look_and_not_enter(rosa: Actor, max_: Actor) -> None:
    do("recordSpend", max_, **BOOTH)
    assert len(do("listSpend", rosa).payload.items) == 1
    with pytest.raises(Forbidden):
        do("recordSpend", rosa, **BOOTH)


@pytest.mark.django_db
def test_an_event_brings_its_source_campaign_and_channel(max_: Actor) -> None:
    fair = journeys.event("MATS 2026", journeys.source("mats"), campaign="Spring")
    given = {name: value for name, value in BOOTH.items() if name != "channel"}
    row = do("recordSpend", max_, **given, eventId=fair.pk).payload
    assert (row.channel, row.source, row.campaign, row.event) == ("event", "Mats", "Spring", "MATS 2026")


@pytest.mark.django_db
def test_a_correction_is_taken_back_to_the_former_values(max_: Actor) -> None:
    web = journeys.source("website", medium="web")
    row = do("recordSpend", max_, **BOOTH, campaign="Spring").payload
    changed = do(
        "updateSpend", max_, spendId=row.id, version=1, sourceId=web.pk, campaign=None, amountCents=1, note="Wrong bill"
    )
    assert (changed.payload.channel, changed.payload.source, changed.payload.amount_cents) == ("web", "Website", 1)
    with pytest.raises(StaleVersion):
        do("updateSpend", max_, spendId=row.id, version=1, amountCents=2)
    do("undoAction", max_, undoId=changed.undo_id)
    back = do("listSpend", max_).payload.items[0]
    assert (back.channel, back.source, back.campaign, back.amount_cents, back.note) == (
        "event", "", "Spring", 310_000, "",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_null_for_what_must_be_is_refused(max_: Actor) -> None:
    row = do("recordSpend", max_, **BOOTH).payload
    with pytest.raises(InvalidData) as refused:
        do("updateSpend", max_, spendId=row.id, startsOn=None)
    assert "startsOn" in refused.value.fields


@pytest.mark.django_db
def test_what_was_removed_comes_back_unless_the_same_is_there(max_: Actor) -> None:
    row = do("recordSpend", max_, **BOOTH).payload
    gone = do("removeSpend", max_, spendId=row.id)
    again = do("recordSpend", max_, **BOOTH)
    with pytest.raises(Conflict, match="is there already"):
        do("undoAction", max_, undoId=gone.undo_id)
    do("removeSpend", max_, spendId=again.payload.id)
    do("undoAction", max_, undoId=gone.undo_id)
    assert [each.id for each in do("listSpend", max_).payload.items] == [row.id]


@pytest.mark.django_db
def test_a_renamed_source_keeps_its_spend(max_: Actor) -> None:
    fair = journeys.source("mats", name="MATS")
    do("recordSpend", max_, **BOOTH, sourceId=fair.pk)
    fair.name = "Mid-America"
    fair.save()
    [row] = do("listSpend", max_, sourceId=fair.pk).payload.items
    assert row.source == "Mid-America"
