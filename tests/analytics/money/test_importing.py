"""Spend and competitor intel from files and the plan's tables: once, with every bad row named; and out again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from headhaul.accounts.choices import RowResult
from headhaul.accounts.plan_tables import tables
from headhaul.accounts.ports.imports import ImportRow, Rules, importers, keepers, outgoing
from headhaul.actions import dispatch
from headhaul.analytics.models import Competitor, CompetitorIntel, CompetitorIntelChange, Spend
from headhaul.kernel import Actor
from tests.analytics.money import journeys
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
MARCH = {"startsOn": date(2026, 3, 1), "endsOn": date(2026, 3, 31)}


def brought(key: str, actor: Actor, *rows: dict[str, Any], writes: bool = True, match: str = "") -> list[Any]:
    importer = importers()[key]
    rules = Rules(by=actor, writes=writes, match_on=(importer.match_keys[0].key,))
    given = [ImportRow(number, dict(values)) for number, values in enumerate(rows, start=1)]
    return importer.session(rules).apply(given, at=NOON)


def test_spend_comes_in_once(max_: Actor) -> None:
    journeys.source("mats", name="MATS")
    rows = [
        {**MARCH, "channel": "Trade show", "source": "MATS", "amount": 310_000, "note": "Booth"},
        {**MARCH, "channel": "Website", "amount": 50_000},
        {**MARCH, "channel": "salaries", "amount": 900_000},
    ]
    assert [each.result for each in brought("spend", max_, *rows)] == [RowResult.CREATED] * 3
    assert [each.result for each in brought("spend", max_, *rows)] == [RowResult.UNCHANGED] * 3
    assert sorted(Spend.objects.values_list("channel", "amount_cents")) == [
        ("event", 310_000), ("general", 900_000), ("web", 50_000),
    ]  # fmt: skip


def test_another_amount_for_the_same_is_a_correction(max_: Actor) -> None:
    brought("spend", max_, {**MARCH, "channel": "event", "amount": 100})
    [done] = brought("spend", max_, {**MARCH, "channel": "event", "amount": 200})
    assert done.result is RowResult.UPDATED
    assert [(row.amount_cents, row.version) for row in Spend.objects.all()] == [(200, 2)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "skywriting"}, "channel"),
        ({"channel": None}, "channel"),
        ({"amount": 0}, "amount"),
        ({"amount": None}, "amount"),
        ({"endsOn": date(2026, 2, 1)}, "endsOn"),
        ({"startsOn": None}, "startsOn"),
        ({"source": "Nobody"}, "source"),
        ({"event": "No such fair"}, "event"),
    ],
)
def test_a_bad_row_of_spend_is_named_and_the_others_come_in(max_: Actor, wrong: dict[str, Any], field: str) -> None:
    good = {**MARCH, "channel": "event", "amount": 100}
    bad, kept = brought("spend", max_, {**good, **wrong}, {**good, "amount": 300})
    assert (bad.result, bad.problems[0].field) == (RowResult.FAILED, field)
    assert kept.result is RowResult.CREATED
    assert [row.amount_cents for row in Spend.objects.all()] == [300]


def test_a_dry_run_writes_nothing(max_: Actor) -> None:
    done = brought("spend", max_, {**MARCH, "channel": "event", "amount": 100}, writes=False)
    assert [each.result for each in done] == [RowResult.CREATED]
    assert not Spend.objects.exists()


def test_an_import_of_spend_is_taken_back(max_: Actor) -> None:
    brought("spend", max_, {**MARCH, "channel": "event", "amount": 100})
    keeper = next(each for each in keepers() if each.entity == "spend")
    assert keeper.remove({Spend.objects.get().pk: 1}, by=max_, at=NOON) == {}
    assert not Spend.objects.exists()


def test_intel_comes_in_once_under_any_name(max_: Actor) -> None:
    row = {"competitor": "Driver Source", "region": "southeast", "offerings": "Leased drivers"}
    other = {"competitor": "driver source", "region": "", "pricingNotes": "$1,200"}
    assert [each.result for each in brought("competitorIntel", max_, row, other)] == [RowResult.CREATED] * 2
    again = brought("competitorIntel", max_, row, {**other, "pricingNotes": "$1,500"})
    assert [each.result for each in again] == [RowResult.UNCHANGED, RowResult.UPDATED]
    assert Competitor.objects.count() == 1
    assert CompetitorIntel.objects.count() == 2
    changes = CompetitorIntelChange.objects.filter(field="pricing_notes").order_by("pk").values_list("old", "new")
    assert list(changes) == [("", "$1,200"), ("$1,200", "$1,500")]


@pytest.mark.parametrize(
    ("wrong", "field"), [({"sourceUrl": "http://example.com"}, "sourceUrl"), ({"competitor": ""}, "competitor")]
)
def test_a_bad_row_of_intel_is_named(max_: Actor, wrong: dict[str, Any], field: str) -> None:
    [done] = brought("competitorIntel", max_, {"competitor": "Rival", "offerings": "x"} | wrong)
    assert (done.result, done.problems[0].field) == (RowResult.FAILED, field)


def test_the_plans_tables_have_a_home_and_leave_by_their_columns(max_: Actor) -> None:
    known = {each.name: each for each in tables()}
    for name, key in (("v2_B2B Spend", "spend"), ("v2_B2B Competitor Intel", "competitorIntel")):
        table = known[name]
        assert table.entity == key
        fields = {field.key for field in importers()[key].fields()}
        assert set(table.columns.values()) <= fields
    brought("spend", max_, {**MARCH, "channel": "event", "amount": 310_005, "note": "Booth"})
    facts = {"competitor": "Rival", "region": "southeast", "sourceUrl": "https://example.com"}
    dispatch("saveCompetitorIntel", facts, actor=max_, at=NOON, door="http")
    [spend] = outgoing()["spend"][1](after=0, limit=10)
    assert spend.columns == {
        "period_start": "2026-03-01", "period_end": "2026-03-31", "channel": "event", "notes": "Booth",
        "amount": "3100.05",
    }  # fmt: skip
    [intel] = outgoing()["competitorIntel"][1](after=0, limit=10)
    assert (intel.columns["competitor_name"], intel.columns["region"]) == ("Rival", "Southeast")
    assert set(spend.columns) == set(known["v2_B2B Spend"].columns)
    assert set(intel.columns) == set(known["v2_B2B Competitor Intel"].columns)
