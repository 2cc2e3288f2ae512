"""Shares of deals: the SQL equals the pure functions, everything sums to what was won, every number opens its rows."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.analytics.attribution.weights import ONE, Model
from headhaul.analytics.preferences import Crediting
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.pipeline.models import Opportunity
from headhaul.preferences.services.values import save
from tests.analytics.money import journeys
from tests.factories import outreach
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
BY = ("source", "medium", "campaign", "channel", "event")


def ask(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, journeys.DAYS | data, actor=actor, at=NOON, door="http").payload


def table(found: Any) -> dict[str | None, dict[tuple[Model, str], int]]:
    """The answer as the count by hand has it."""
    return {
        None if line.is_unattributed else line.key: {
            **{(each.model, "deals"): each.deals_millionths for each in line.credits},
            **{(each.model, "cents"): each.amount_cents for each in line.credits},
        }
        for line in found.lines
    }


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_report_equals_the_count_by_hand(rosa: Actor, max_: Actor, by: str, seed: int) -> None:
    journeys.make(random.Random(seed), [rosa, max_])
    found = ask("getAttribution", max_, by=by)
    assert table(found) == journeys.credited(Opportunity.objects.filter(kind="won"), by=by)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    days=st.integers(1, 400),
    half=st.integers(1, 60),
    out=st.sampled_from(["", "automatic", "origin,message", "automatic,meeting,capture"]),
)
def test_shares_sum_to_what_was_won(max_: Actor, seed: int, days: int, half: int, out: str) -> None:
    Account.objects.all().delete()
    journeys.make(random.Random(seed), [max_], accounts=3, touches=25)
    found = ask("getAttribution", max_, by="channel", lookBackDays=days, halfLifeDays=half, leaveOut=out)
    won = Opportunity.objects.filter(kind="won")
    for model in Model:
        given = [next(each for each in line.credits if each.model == model) for line in found.lines]
        assert sum(each.deals_millionths for each in given) == won.count() * ONE
        assert sum(each.amount_cents for each in given) == sum(one.amount_cents or 0 for one in won)
    assert table(found) == journeys.credited(
        won, by="channel", look_back=timedelta(days=days), half_life=timedelta(days=half),
        leave_out=tuple(out.split(",")) if out else (),
    )  # fmt: skip


def test_a_large_amount_is_shared_to_the_cent(max_: Actor) -> None:
    home = outreach.account(source="capture")
    for day in range(7):
        journeys.lead(journeys.source("mats"), account=home, at=NOON - timedelta(days=day, minutes=day))
    journeys.deal(home, cents=10**15 - 1)
    found = ask("getAttribution", max_)
    assert table(found) == journeys.credited(Opportunity.objects.all(), by="source")
    assert [each.amount_cents for each in found.lines[0].credits] == [10**15 - 1] * 5


def test_a_deal_that_nobody_touched_is_said_to_be_unattributed(max_: Actor) -> None:
    journeys.deal(outreach.account(source="capture"), cents=5_000)
    found = ask("getAttribution", max_)
    assert [(line.label, line.is_unattributed, line.deals) for line in found.lines] == [("Unattributed", True, 1)]
    assert (found.unattributed_deals, found.unattributed_cents) == (1, 5_000)
    behind = ask("getAttributedDeals", max_, unattributed=True)
    assert [(row.touches, row.amount_cents) for row in behind.items] == [(0, 5_000)]


def test_without_any_deal_there_is_nothing_to_share(max_: Actor) -> None:
    found = ask("getAttribution", max_)
    assert (found.deals, found.amount_cents, found.lines) == (0, 0, [])


def test_opens_and_machines_never_count(max_: Actor) -> None:
    person = outreach.contact(outreach.account(source="capture"))
    sent = outreach.message(person, state="delivered", at=NOON - timedelta(days=3))
    outreach.event(sent, "opened", at=NOON - timedelta(days=2))
    outreach.event(sent, "clicked", grade="machine", at=NOON - timedelta(days=2))
    won = journeys.deal(person.account)
    [touch] = ask_touches(max_, won.pk).touches
    assert touch.kind == "message"


def ask_touches(actor: Actor, key: int, **data: Any) -> Any:
    asked = {"opportunityId": key} | data
    return dispatch("getOpportunityTouches", asked, actor=actor, at=NOON, door="http").payload


def test_what_no_person_did_is_said_apart_and_can_be_left_out(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(source="capture"))
    step = outreach.enrolment(outreach.sequence(owner=rosa), person)
    outreach.message(of=step, state="delivered", at=NOON - timedelta(days=3))
    outreach.message(person, state="delivered", at=NOON - timedelta(days=2), by=rosa)
    journeys.deal(person.account)
    found = ask("getAttribution", max_)
    assert (found.touches, found.automatic_touches) == (2, 1)
    assert ask("getAttribution", max_, leaveOut="automatic").touches == 1


@pytest.mark.parametrize("by", BY)
def test_a_line_opens_as_many_deals_as_it_says(rosa: Actor, max_: Actor, by: str) -> None:
    journeys.make(random.Random(11), [rosa, max_], accounts=10, touches=90)
    found = ask("getAttribution", max_, by=by)
    for line in found.lines:
        which = {"unattributed": True} if line.is_unattributed else {"key": line.key}
        behind = ask("getAttributedDeals", max_, by=by, **which)
        assert behind.total == len(behind.items) == line.deals
        assert sum(row.touches for row in behind.items) == line.touches
        for place, each in enumerate(line.credits):
            assert sum(row.credits[place].amount_cents for row in behind.items) == each.amount_cents
            assert sum(row.credits[place].deals_millionths for row in behind.items) == each.deals_millionths


def test_all_deals_are_paged(rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(12), [rosa, max_], accounts=12)
    ids, cursor = [], None
    while True:
        page = ask("getAttributedDeals", max_, limit=3, **({"cursor": cursor} if cursor else {}))
        ids += [row.opportunity_id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(ids) == sorted(Opportunity.objects.filter(kind="won").values_list("pk", flat=True))


def test_the_touches_of_a_deal_carry_what_its_line_sums(rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(13), [rosa, max_])
    for row in ask("getAttributedDeals", max_).items:
        found = ask_touches(max_, row.opportunity_id)
        assert found.total == row.all_touches
        for place in range(len(Model)):
            given = sum(each.credits[place].amount_cents for each in found.touches)
            assert given == (row.amount_cents or 0 if found.touches else 0)


def test_a_renamed_source_is_one_source_under_its_new_name(max_: Actor) -> None:
    fair = journeys.source("mats", name="MATS")
    for day in (20, 1):
        home = outreach.account(source="capture")
        journeys.lead(fair, account=home, at=NOON - timedelta(days=day + 5))
        journeys.deal(home, closed=NOON - timedelta(days=day))
        fair.name = "Mid-America Trucking Show"
        fair.save()
    found = ask("getAttribution", max_)
    assert [(line.key, line.label, line.deals) for line in found.lines] == [("mats", "Mid-America Trucking Show", 2)]


def test_owner_team_and_segment_narrow(rosa: Actor, max_: Actor) -> None:
    for owner, segment in ((rosa, "regional"), (max_, "enterprise")):
        home = outreach.account(segment=segment, at=NOON - timedelta(days=30))
        journeys.deal(home, owner=owner)
    assert ask("getAttribution", max_).deals == 2
    assert ask("getAttribution", max_, owner="me").deals == 1
    assert ask("getAttribution", max_, segment="enterprise").deals == 1
    assert ask("getAttribution", max_, owner=rosa.user_id, segment="enterprise").deals == 0


def test_what_somebody_may_not_see_is_not_shared_out(rosa: Actor, max_: Actor, ada: Actor) -> None:
    save(section=Visibility, values={"reps": "own"}, expected_version=0, at=NOON, by=ada)
    hers = journeys.deal(outreach.account(owner=rosa), owner=rosa)
    other = journeys.deal(outreach.account(owner=max_), owner=max_)
    assert ask("getAttribution", rosa).deals == 1
    assert [row.opportunity_id for row in ask("getAttributedDeals", rosa).items] == [hers.pk]
    with pytest.raises(NotFound):
        ask_touches(rosa, other.pk)


def test_days_that_run_backwards_are_refused(max_: Actor) -> None:
    with pytest.raises(InvalidData, match="backwards"):
        ask("getAttribution", max_, **{"from": "2026-05-02", "to": "2026-05-01"})


def test_settings_say_how_far_back_and_how_fast(max_: Actor, ada: Actor) -> None:
    save(section=Crediting, values={"lookBackDays": 10, "halfLifeDays": 3}, expected_version=0, at=NOON, by=ada)
    home = outreach.account(source="capture")
    journeys.lead(journeys.source("mats"), account=home, at=NOON - timedelta(days=11))
    journeys.deal(home)
    found = ask("getAttribution", max_)
    assert (found.look_back_days, found.half_life_days, found.unattributed_deals) == (10, 3, 1)
