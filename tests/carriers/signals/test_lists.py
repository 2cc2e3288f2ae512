"""Lists of signals: every sort and filter equals the plain way, page by page."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.carriers.choices import Level
from headhaul.carriers.models import Carrier, Signal
from headhaul.carriers.schemas.signals import SignalFilters
from headhaul.carriers.selectors import signals as reads
from headhaul.carriers.services import signals
from headhaul.carriers.services.exports import signal_csv
from headhaul.kernel import SYSTEM, Actor, AppError
from tests.carriers.signals.market_of import by_dice, carrier, driver

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def market() -> None:
    by_dice(carriers=70, drivers=120, seed=8)
    signals.compute_day(day=AT.date(), at=AT)


def ask(name: str, actor: Actor = SYSTEM, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=AT, door="cli").payload


def all_pages(**data: Any) -> list[int]:
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask("listSignals", **data, **cursor)
        found += [row.dot_number for row in page.items]
        if page.next_cursor is None:
            return found
        cursor = {"cursor": page.next_cursor}


ORDERS = {
    "score": lambda row: (-row.score_hundredths, -row.dot_number),
    "drivers": lambda row: (-row.n, -row.dot_number),
    "fleet": lambda row: (row.units is None, -(row.units or 0), -row.dot_number),
    "name": lambda row: (row.name, row.dot_number),
}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_every_sort_pages_through_everything_once(market: None, sort: str, limit: int) -> None:
    expected = [row.dot_number for row in sorted(Signal.objects.all(), key=ORDERS[sort])]
    assert all_pages(sort=sort, limit=limit) == expected
    assert len(expected) > 30


FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({"state": "TX"}, lambda row: row.state == "TX"),
    ({"state": ["TX", "NY"]}, lambda row: row.state in ("TX", "NY")),
    ({"segment": "regional,enterprise"}, lambda row: row.segment in ("regional", "enterprise")),
    ({"equipment": ["reefer", "bus"]}, lambda row: row.equipment_mask & 0b1000000010),
    ({"confidence": "low"}, lambda row: row.confidence == Level.LOW),
    ({"urgency": "medium"}, lambda row: row.urgency == Level.MEDIUM),
    ({"minScore": 33.3}, lambda row: row.score_hundredths >= 3330),
    ({"minDrivers": 9}, lambda row: row.n >= 9),
    ({"isWorthy": False}, lambda row: row.gate_mask),
    ({"isWorthy": True, "isNew": False}, lambda row: not row.gate_mask and not row.is_new),
    ({"isSpike": True}, lambda row: row.is_spike),
    ({"text": "acme bl"}, lambda row: "ACME BL" in row.name),
    ({"text": "70"}, lambda row: row.dot_number == 70),
    ({"text": "100%_"}, lambda row: False),
    (
        {"state": "TX", "equipment": "reefer", "text": "acme"},
        lambda row: row.state == "TX" and row.equipment_mask & 2 and "ACME" in row.name,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "keeps"), FILTERS, ids=[str(data) for data, _ in FILTERS])
@pytest.mark.parametrize("names_are_common", [False, True])
def test_every_filter_keeps_what_it_says(
    market: None, data: dict[str, Any], keeps: Any, names_are_common: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if names_are_common:
        monkeypatch.setattr(reads, "FEW_NAMES", 0)
    assert set(all_pages(**data)) == {row.dot_number for row in Signal.objects.all() if keeps(row)}


def test_the_total_is_counted_up_to_its_limit(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Signal.objects.count()
    page = ask("listSignals", limit=1)
    assert (page.total, page.total_is_exact) == (everything, True)
    monkeypatch.setattr(reads, "COUNT_LIMIT", 10)
    page = ask("listSignals", limit=1)
    assert (page.total, page.total_is_exact) == (10, False)


def test_without_any_day_the_list_is_empty() -> None:
    assert ask("listSignals").items == []


def test_a_cursor_of_another_sort_is_refused(market: None) -> None:
    cursor = ask("listSignals", limit=1).next_cursor
    with pytest.raises(AppError) as refusal:
        ask("listSignals", sort="name", cursor=cursor)
    assert refusal.value.code == "invalid_data"


def test_an_export_is_the_list_and_cannot_run_formulas(market: None) -> None:
    Carrier.objects.filter(pk=Signal.objects.order_by("-score_hundredths")[0].dot_number).update(dba_name="=1+1")
    signals.compute_day(day=AT.date(), at=AT)
    text = "".join(signal_csv(asked=SignalFilters(states=["TX"]), sort="score"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["dot_number"]) for row in rows] == all_pages(state="TX")
    inline = ask("exportSignals", inline=True)
    assert inline.is_complete
    assert ",'=1+1," in inline.csv


def test_a_viewer_may_not_export(market: None, vera: Actor) -> None:
    with pytest.raises(AppError) as refusal:
        ask("exportSignals", vera)
    assert refusal.value.code == "forbidden"


def test_history_is_a_carriers_days_oldest_first(market: None) -> None:
    dot = Signal.objects.order_by("-n")[0].dot_number
    earlier = datetime(2026, 11, 20, 3, tzinfo=UTC)
    driver("early", added_on=datetime(2026, 1, 1).date(), last_active_on=None)
    signals.compute_day(day=earlier.date(), at=earlier)
    points = ask("getSignalHistory", dotNumber=dot).points
    assert [point.day for point in points][-1] == AT.date()
    assert [point.day for point in points] == sorted(point.day for point in points)


def test_spikes_are_the_worthy_ones(market: None) -> None:
    Signal.objects.filter(n__gt=5).update(is_spike=True)
    expected = set(Signal.objects.filter(is_spike=True, gate_mask=0).values_list("dot_number", flat=True))
    assert {row.dot_number for row in ask("getSignalSpikes", limit=100).items} == expected


def test_an_unknown_carrier_is_not_found() -> None:
    for name in ("getCarrier", "getSignal", "getSignalHistory", "explainSignal"):
        with pytest.raises(AppError) as refusal:
            ask(name, dotNumber=99)
        assert refusal.value.code == "not_found"


def test_a_carrier_without_kept_signal_is_explained_all_the_same(market: None) -> None:
    carrier(5_000_000, equipment_primary=0, equipment_secondary=0)
    said = ask("explainSignal", dotNumber=5_000_000)
    assert said.headline == "The census does not say what equipment it runs."
    carrier(5_000_001)
    said = ask("explainSignal", dotNumber=5_000_001)
    assert (said.day, said.score > 0) == (None, True)


def test_base_and_points_add_up_to_the_score(market: None) -> None:
    for row in Signal.objects.order_by("-score_hundredths")[:20]:
        said = ask("explainSignal", dotNumber=row.dot_number)
        assert said.base + sum(reason.points for reason in said.reasons) == pytest.approx(row.score, abs=0.05)


def test_one_carriers_signal_made_anew_equals_the_whole_run(market: None) -> None:
    for row in Signal.objects.order_by("-n")[:10]:
        before = Signal.objects.filter(dot_number=row.dot_number).values().get()
        ask("generateSignals", dotNumber=row.dot_number)
        assert Signal.objects.filter(dot_number=row.dot_number).values().get() == before


def test_a_carriers_page_says_where_its_facts_are_from(market: None) -> None:
    found = ask("getCarrier", dotNumber=7)
    assert (found.source_title, found.worthiness.is_worthy) == (
        "Company Census File (az4n-8mr2)",
        found.signal is None or found.signal.gates == [],
    )
