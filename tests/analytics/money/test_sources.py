"""Source performance and costs equal a count in plain Python; drill-downs equal what they stand behind."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.analytics.attribution.touches import CHANNEL_OF_ACCOUNTS
from headhaul.analytics.costs import cost_of, payback_months
from headhaul.analytics.models import Spend
from headhaul.analytics.spreading import in_days
from headhaul.capture.models import Lead
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity
from headhaul.preferences.services.values import save
from tests.analytics.money import journeys
from tests.factories import outreach
from tests.factories.market import NOON

ZONE = ZoneInfo("America/Chicago")
FIRST, LAST = date(2026, 6, 10), date(2026, 11, 9)
DAYS = {"from": FIRST.isoformat(), "to": LAST.isoformat()}


def ask(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, DAYS | data, actor=actor, at=NOON, door="http").payload


def spent(actor: Actor, cents: int, **data: Any) -> None:
    given = {"channel": "event", "startsOn": "2026-07-01", "endsOn": "2026-07-31", "amountCents": cents}
    dispatch("recordSpend", given | data, actor=actor, at=NOON, door="http")


def history(seed: int, owners: list[Actor]) -> None:
    """Leads, deals and spend as chance would have it."""
    dice = random.Random(seed)
    journeys.make(dice, owners, accounts=12, touches=80)
    for lead in Lead.objects.all():
        lead.status = dice.choice(["new", "working", "qualified", "converted", "disqualified"])
        if dice.random() < 0.3:
            lead.outcome, lead.outcome_at = dice.choice(["won", "lost"]), NOON
        lead.save()
    for deal in Opportunity.objects.all():
        deal.source = dice.choice(["", "", "Website", "mats", "somewhere"])
        deal.opened_at = deal.opened_at + timedelta(days=dice.randrange(100))
        deal.save()
    for lead in Lead.objects.filter(account__isnull=False):  # a hot one joins the deal that is open already
        if dice.random() < 0.5:
            lead.opportunity = dice.choice(
                [None, *Opportunity.objects.filter(account_id=lead.account_id).order_by("pk")]
            )
            lead.save()
    mats, website = journeys.source("mats"), journeys.source("website", medium="web")
    for number, (source, campaign, channel) in enumerate(
        [
            (mats, "Spring", "event"),
            (mats, "", "event"),
            (website, "", "web"),
            (None, "", "email"),
            (None, "", "general"),
        ]
    ):
        for month in (5, 7, 10):
            Spend.objects.create(
                channel=channel, source=source, campaign=campaign, amount_cents=100_001 * (number + 1),
                starts_on=date(2026, month, 3 + number), ends_on=date(2026, month + 1, 20), created_at=NOON,
                updated_at=NOON,
            )  # fmt: skip


def by_hand(by: str) -> dict[str, dict[str, Any]]:
    """The same numbers, row by row."""
    lines: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int) | {"days": []})
    leads = [each for each in Lead.objects.select_related("source").order_by("captured_at", "pk") if not each.is_spam]
    for lead in leads:
        if _within(lead.captured_at):
            line = lines[_key_of_lead(lead, by)]
            line["leads"] += 1
            line["qualified"] += lead.status in ("qualified", "converted")
    won = sorted(Opportunity.objects.filter(kind="won"), key=lambda each: (each.closed_at, each.pk))
    first = {}
    for deal in won:
        first.setdefault(deal.account_id, deal.pk)
    for deal in Opportunity.objects.select_related("account"):
        if _within(deal.opened_at):
            lines[_key_of_deal(deal, leads, by, deal.opened_at)]["opportunities"] += 1
        if deal.closed_at and _within(deal.closed_at):
            line = lines[_key_of_deal(deal, leads, by, deal.closed_at)]
            line[deal.kind] += 1
            if deal.kind == "won":
                line["won_cents"] += deal.amount_cents or 0
                line["days"].append((deal.closed_at - deal.opened_at).total_seconds() / 86_400)
                line["clients"] += first[deal.account_id] == deal.pk
    for row in Spend.objects.filter(removed_at__isnull=True).select_related("source"):
        named = {"source": row.source.key if row.source else "", "channel": row.channel, "campaign": row.campaign}
        if row.channel != "general" and by != "month":
            days = {"starts_on": row.starts_on, "ends_on": row.ends_on, "first": FIRST, "last": LAST}
            lines[named.get(by, "")]["spend"] += in_days(row.amount_cents, **days)
    return lines


def _within(at: Any) -> bool:
    return FIRST <= at.astimezone(ZONE).date() <= LAST


def _key_of_lead(lead: Any, by: str) -> str:
    return {
        "source": lead.source.key, "channel": lead.source.medium, "campaign": lead.campaign,
        "event": str(lead.event_id or ""), "month": f"{lead.captured_at.astimezone(ZONE):%Y-%m}",
    }[by]  # fmt: skip


def _key_of_deal(deal: Any, leads: list[Any], by: str, at: Any) -> str:
    if by == "month":
        return f"{at.astimezone(ZONE):%Y-%m}"
    own = [each for each in leads if each.account_id == deal.account_id and each.captured_at <= deal.opened_at]
    own.sort(key=lambda each: (each.opportunity_id != deal.pk, each.captured_at, each.pk))
    if own:
        return _key_of_lead(own[0], by)
    named = {"website": ("website", "web"), "mats": ("mats", "event")}.get(deal.source.lower())
    source, channel = named or (deal.account.source, CHANNEL_OF_ACCOUNTS[deal.account.source])
    return {"source": source, "channel": channel}.get(by, "")


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["source", "channel", "campaign", "event", "month"])
def test_lines_equal_a_count_by_hand(rosa: Actor, max_: Actor, by: str) -> None:
    history(5, [rosa, max_])
    found, wanted = ask("getSourcePerformance", max_, by=by), by_hand(by)
    names = ("leads", "qualified", "opportunities", "won", "lost", "clients", "won_cents")
    told = {line.key: {name: getattr(line, name) for name in names} for line in found.lines}
    assert {key: line for key, line in told.items() if any(line.values())} == {
        key: {name: line[name] for name in names} for key, line in wanted.items() if any(line[name] for name in names)
    }
    for line in found.lines:
        days = wanted[line.key]["days"]
        assert line.cycle_days == (pytest.approx(median(days), abs=0.06) if days else None)
        if by not in ("month", "event"):
            assert line.costs.spend_cents == wanted[line.key]["spend"]


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["source", "channel", "campaign", "event", "month"])
def test_the_whole_is_the_sum_of_its_lines_whatever_they_are(rosa: Actor, max_: Actor, by: str) -> None:
    history(6, [rosa, max_])
    found = ask("getCPA", max_, by=by)
    for name in ("leads", "qualified", "opportunities", "won", "lost", "clients", "won_cents", "client_cents"):
        assert sum(getattr(line, name) for line in found.lines) == getattr(found.total, name)
    days = {"first": FIRST, "last": LAST}
    rows = Spend.objects.all()
    whole = sum(in_days(r.amount_cents, starts_on=r.starts_on, ends_on=r.ends_on, **days) for r in rows)
    assert sum(line.costs.spend_cents for line in found.lines) == found.total.costs.spend_cents
    assert found.total.costs.loaded_cents == whole == found.total.costs.spend_cents + found.general_cents
    assert sum(line.costs.loaded_cents for line in found.lines) == whole


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["source", "channel", "campaign", "event", "month"])
def test_every_number_opens_as_many_rows(rosa: Actor, max_: Actor, by: str) -> None:
    history(7, [rosa, max_])
    found = ask("getSourcePerformance", max_, by=by)
    for line in found.lines:
        for measure in ("leads", "qualified", "opportunities", "won", "lost", "clients"):
            rows = ask("getSourceRows", max_, by=by, key=line.key, measure=measure, limit=100)
            assert rows.total == len(rows.items) == getattr(line, measure), (line.key, measure)
            if measure in ("won", "clients"):
                cents = line.won_cents if measure == "won" else line.client_cents
                assert rows.cents == sum(row.amount_cents or 0 for row in rows.items) == cents
            if measure == "won" and rows.items:
                days = median(row.days for row in rows.items if row.days is not None)
                assert line.cycle_days == pytest.approx(days, abs=0.051)
        spend = ask("listSpend", max_, by=by, key=line.key, limit=100)
        parts = [row.in_period_cents or 0 for row in spend.items]
        assert spend.in_period_cents == sum(parts) == (line.costs.spend_cents if line.costs else 0), line.key
        assert spend.label == line.label
    assert ask("listSpend", max_, by=by).in_period_cents == (found.total.costs.spend_cents if found.total.costs else 0)
    everything = ask("getSourceRows", max_, by=by, measure="won", limit=100)
    assert everything.total == found.total.won
    assert sum(row.amount_cents or 0 for row in everything.items) == found.total.won_cents


@pytest.mark.django_db
def test_a_lead_that_joins_an_open_deal_does_not_become_its_origin(max_: Actor) -> None:
    carrier = outreach.account()
    deal = journeys.deal(carrier, kind="open", source="website", opened=NOON - timedelta(days=60))
    journeys.source("website", medium="web")
    before = {line.key: line.opportunities for line in ask("getSourcePerformance", max_, by="source").lines}
    journeys.lead(journeys.source("mats"), at=NOON - timedelta(days=30), account=carrier, opportunity=deal)
    after = {line.key: line.opportunities for line in ask("getSourcePerformance", max_, by="source").lines}
    assert before == {"website": 1}
    assert after == {"website": 1, "mats": 0}


@pytest.mark.django_db
def test_no_client_is_said_and_is_not_infinite(max_: Actor) -> None:
    spent(max_, 500_000)
    costs = next(line for line in ask("getCPA", max_).lines if line.key == "event").costs
    assert (costs.cpa.cents, costs.cpa.high, costs.cpa.n) == (None, None, 0)
    assert costs.cpa.low == round(500_000 / 3.688879454)
    assert costs.said.startswith("No client came of it: a client costs at least $1,355")
    assert costs.payback_months is None


@pytest.mark.django_db
def test_no_outcome_at_all_is_a_clear_answer(max_: Actor) -> None:
    found = ask("getCPA", max_)
    assert (found.lines, found.total.leads, found.total.costs.cpa.cents) == ([], 0, None)
    assert found.total.win_rate.percent is None


@pytest.mark.django_db
def test_ten_clients_have_a_cost_and_a_payback(max_: Actor) -> None:
    fair = journeys.source("mats")
    spent(max_, 1_000_000, sourceId=fair.pk)
    spent(max_, 200_000, channel="general")
    for _ in range(10):
        home = outreach.account(source="capture")
        journeys.lead(fair, account=home, at=NOON - timedelta(days=100))
        journeys.deal(home, cents=2_400_000, closed=NOON - timedelta(days=40))
    [line] = ask("getCPA", max_, by="source").lines
    costs = line.costs
    assert (costs.cpa.cents, costs.cac.cents, costs.per_lead.cents) == (100_000, 120_000, 100_000)
    assert costs.cpa.low < 100_000 < costs.cpa.high
    assert costs.payback_months == 0.6  # $1,200 at $2,000 a month
    assert costs.said == ""


@pytest.mark.django_db
def test_few_clients_give_a_range_and_no_number(max_: Actor) -> None:
    spent(max_, 300_000, channel="prospecting")
    for _ in range(3):
        journeys.deal(outreach.account(source="signal"), closed=NOON - timedelta(days=40))
    costs = next(line for line in ask("getCPA", max_).lines if line.key == "prospecting").costs
    assert (costs.cpa.cents, costs.cpa.is_enough) == (None, False)
    assert costs.cpa.low < 100_000 < costs.cpa.high
    assert "too few" in costs.said


@pytest.mark.django_db
def test_a_second_deal_is_no_second_client(max_: Actor) -> None:
    home = outreach.account()
    journeys.deal(home, closed=NOON - timedelta(days=300))
    journeys.deal(home, closed=NOON - timedelta(days=30))
    assert (ask("getCPA", max_).total.won, ask("getCPA", max_).total.clients) == (1, 0)


@pytest.mark.django_db
def test_a_renamed_source_stays_one_source(max_: Actor) -> None:
    fair = journeys.source("mats", name="MATS")
    for day, name in ((100, "MATS"), (60, "Mid-America Trucking Show")):
        fair.name = name
        fair.save()
        spent(max_, 1_000 * day, sourceId=fair.pk)
        home = outreach.account(source="capture")
        journeys.lead(fair, account=home, at=NOON - timedelta(days=day))
        journeys.deal(home, closed=NOON - timedelta(days=20))
    [line] = ask("getSourcePerformance", max_).lines
    assert (line.label, line.leads, line.won, line.costs.spend_cents) == ("Mid-America Trucking Show", 2, 2, 160_000)


@pytest.mark.django_db
def test_costs_are_not_held_against_a_part_of_the_firm(rosa: Actor, max_: Actor, ada: Actor) -> None:
    spent(max_, 1_000)
    assert ask("getCPA", max_, owner="me").lines == []
    assert "whole firm" in ask("getCPA", max_, owner="me").costs_note
    assert ask("getSourcePerformance", max_, segment="regional").total.costs is None
    save(section=Visibility, values={"reps": "own"}, expected_version=0, at=NOON, by=ada)
    assert "a part of its accounts" in ask("getCPA", rosa).costs_note


@pytest.mark.django_db
def test_a_rep_who_sees_their_own_is_counted_theirs(rosa: Actor, max_: Actor, ada: Actor) -> None:
    history(8, [rosa, max_])
    save(section=Visibility, values={"reps": "own"}, expected_version=0, at=NOON, by=ada)
    found = ask("getSourcePerformance", rosa)
    for measure in ("leads", "opportunities", "won"):
        rows = ask("getSourceRows", rosa, measure=measure, limit=100)
        assert rows.total == getattr(found.total, measure)
    whole = ask("getSourcePerformance", max_).total
    assert found.total.leads < whole.leads
    assert found.total.won < whole.won


@given(st.integers(1, 10**9), st.integers(0, 2_000), st.integers(1, 30))
def test_a_cost_lies_in_its_range(spend: int, n: int, enough: int) -> None:
    found = cost_of(spend, n, enough=enough)
    assert (found.high is None) == (n == 0)
    assert (found.cents is None) == (n < enough)
    if n:
        assert found.low <= round(spend / n) <= (found.high or 0)


def test_payback_needs_a_cost_and_an_income() -> None:
    usual = {"contract_months": 12, "margin_percent": 50}
    assert payback_months(100_000, won_cents=2_400_000, clients=1, **usual) == 1.0
    assert payback_months(None, won_cents=2_400_000, clients=1, **usual) is None
    assert payback_months(100_000, won_cents=0, clients=1, **usual) is None
