"""Competitor intel: noted with its history, met in deals, told once to whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.activities.models import Notification
from headhaul.analytics.models import CompetitorSighting
from headhaul.analytics.services import sightings
from headhaul.analytics.services.competitors import IntelIsThere, NameIsTaken
from headhaul.kernel import Actor, Forbidden, InvalidData, StaleVersion
from headhaul.preferences.services.values import save
from tests.analytics.money import journeys
from tests.factories import outreach
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "competitor": "Driver Source", "region": "southeast", "offerings": "Leased drivers",
    "pricingNotes": "$1,200 a hire", "sourceUrl": "https://example.com/prices",
}  # fmt: skip


def do(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def intel(actor: Actor, **data: Any) -> Any:
    return do("getCompetitorIntel", actor, **data).payload


def met(rival: str, kind: str = "lost", *, region: str = "southeast", owner: Actor | None = None, **more: Any) -> Any:
    home = outreach.account(region=region, owner=owner)
    return journeys.deal(home, kind=kind, competitor=rival, owner=owner, **more)


def test_what_is_known_is_kept_with_its_history(rosa: Actor, vera: Actor) -> None:
    row = do("saveCompetitorIntel", rosa, **FACTS).payload
    do("saveCompetitorIntel", rosa, intelId=row.id, version=1, pricingNotes="$1,500 a hire")
    [shown] = intel(vera).items
    assert [(each.pricing_notes, each.version) for each in shown.intel] == [("$1,500 a hire", 2)]
    history = intel(vera, key=shown.key).history
    assert ("pricing_notes", "$1,200 a hire", "$1,500 a hire") in [(each.field, each.old, each.new) for each in history]
    assert history[0].by == "Rosa"


def test_a_change_is_taken_back_and_a_stale_one_refused(rosa: Actor) -> None:
    row = do("saveCompetitorIntel", rosa, **FACTS).payload
    changed = do("saveCompetitorIntel", rosa, intelId=row.id, version=1, competitor="DriverSource", offerings="")
    with pytest.raises(StaleVersion):
        do("saveCompetitorIntel", rosa, intelId=row.id, version=1, offerings="More")
    do("undoAction", rosa, undoId=changed.undo_id)
    [shown] = intel(rosa).items
    assert (shown.name, shown.intel[0].offerings) == ("Driver Source", "Leased drivers")


def test_a_note_goes_and_comes_back(rosa: Actor) -> None:
    row = do("saveCompetitorIntel", rosa, **FACTS).payload
    gone = do("removeCompetitorIntel", rosa, intelId=row.id)
    assert intel(rosa).items == []
    do("undoAction", rosa, undoId=gone.undo_id)
    assert [each.id for each in intel(rosa).items[0].intel] == [row.id]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com", "javascript:alert(1)", "https://", "https://user:secret@example.com", "https://x",
        "ftp://example.com", "https://exa mple.com", 'https://example.com/"><script>', "//example.com",
    ],
)  # fmt: skip
def test_a_source_is_an_https_address(rosa: Actor, address: str) -> None:
    with pytest.raises(InvalidData) as refused:
        do("saveCompetitorIntel", rosa, **FACTS | {"sourceUrl": address})
    assert "sourceUrl" in refused.value.fields


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"region": "moon"}, "region"), ({"competitor": None}, "competitor"), ({"competitor": " "}, "competitor")],
)
def test_what_cannot_be_is_refused_by_its_field(rosa: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refused:
        do("saveCompetitorIntel", rosa, **FACTS | wrong)
    assert field in refused.value.fields


def test_a_note_says_something(rosa: Actor) -> None:
    with pytest.raises(InvalidData, match="Say what is known"):
        do("saveCompetitorIntel", rosa, competitor="Driver Source", region="southeast")


def test_one_note_for_a_region(rosa: Actor) -> None:
    do("saveCompetitorIntel", rosa, **FACTS)
    with pytest.raises(IntelIsThere):
        do("saveCompetitorIntel", rosa, **FACTS | {"competitor": "driver source"})
    do("saveCompetitorIntel", rosa, **FACTS | {"competitor": "driver source", "region": ""})
    [shown] = intel(rosa).items
    assert [each.region_label for each in shown.intel] == ["Everywhere", "Southeast"]


def test_a_name_belongs_to_one(rosa: Actor) -> None:
    do("saveCompetitorIntel", rosa, **FACTS)
    other = do("saveCompetitorIntel", rosa, **FACTS | {"competitor": "Haulers"}).payload
    with pytest.raises(NameIsTaken):
        do("saveCompetitorIntel", rosa, intelId=other.id, alsoCalled=["DRIVER SOURCE"])


def test_a_viewer_may_look_and_not_write(vera: Actor) -> None:
    assert intel(vera).items == []
    with pytest.raises(Forbidden):
        do("saveCompetitorIntel", vera, **FACTS)


def test_deals_are_counted_under_every_name_it_has(rosa: Actor) -> None:
    row = do("saveCompetitorIntel", rosa, **FACTS, alsoCalled=["DSI"]).payload
    for name, kind in (("driver source ", "lost"), ("DSI", "won"), ("Driver Source", "open"), ("Other", "lost")):
        met(name, kind)
    do("saveCompetitorIntel", rosa, intelId=row.id, competitor="Driver Source Inc")
    known, other = intel(rosa).items
    assert (known.name, known.deals, known.open, known.won, known.lost) == ("Driver Source Inc", 3, 1, 1, 1)
    assert known.also_called == ["driver source", "dsi"]
    assert (known.win_rate.part, known.win_rate.n, known.win_rate.percent) == (1, 2, None)
    assert known.win_rate.low < 50 < known.win_rate.high
    assert (other.name, other.competitor_id, other.lost) == ("Other", None, 1)


@pytest.mark.parametrize("state", ["all", "open", "won", "lost"])
def test_numbers_open_their_deals(rosa: Actor, state: str) -> None:
    do("saveCompetitorIntel", rosa, **FACTS, alsoCalled=["DSI"])
    for name, kind, region in (
        ("DSI", "lost", "southeast"), ("driver source", "won", "mountain"), ("DSI", "open", ""), ("Else", "lost", ""),
        ("DSI", "lost", "southeast"),
    ):  # fmt: skip
        met(name, kind, region=region)
    for row in intel(rosa).items:
        found = do("getCompetitorDeals", rosa, key=row.key, state=state).payload
        assert found.total == len(found.items) == (row.deals if state == "all" else getattr(row, state))
        assert found.name.lower() == row.name.lower()
        cents = sum(each.amount_cents or 0 for each in found.items)
        assert found.cents == cents == (getattr(row, f"{state}_cents") if state != "all" else cents)
        for place in row.regions:
            if place.region:
                here = do("getCompetitorDeals", rosa, key=row.key, region=place.region).payload
                assert here.total == place.open + place.won + place.lost


def test_only_deals_of_the_days_and_of_whom_are_counted(rosa: Actor, max_: Actor) -> None:
    met("Rival", closed=NOON - timedelta(days=500), opened=NOON - timedelta(days=600))
    met("Rival", owner=rosa)
    assert intel(max_).items[0].lost == 1
    assert intel(max_, owner="me").items == []
    assert intel(max_, **{"from": "2020-01-01"}).items[0].lost == 2


def test_lists_are_paged_and_searched(rosa: Actor) -> None:
    for number in range(7):
        met(f"Rival {number}")
    met("Rival 3")
    first = intel(rosa, limit=3)
    assert first.items[0].name == "Rival 3"
    rest = intel(rosa, limit=10, cursor=first.next_cursor)
    assert len({row.key for row in [*first.items, *rest.items]}) == 7
    assert [row.name for row in intel(rosa, q="rival 5").items] == ["Rival 5"]
    assert intel(rosa, q="100%_").items == []


def told(actor: Actor) -> list[str]:
    return list(Notification.objects.filter(user_id=actor.user_id).order_by("pk").values_list("text", flat=True))


def test_managers_and_the_owner_hear_once_of_a_loss_and_of_a_region(rosa: Actor, max_: Actor, vera: Actor) -> None:
    lost = met("Rival", owner=rosa, name="12 reefer seats")
    assert sightings.watch(at=NOON + timedelta(minutes=1)) == 2
    assert sightings.watch(at=NOON + timedelta(minutes=6)) == 0
    for person in (rosa, max_):
        said = told(person)
        assert len(said) == 2
        assert f"Lost against Rival: 12 reefer seats, {lost.account.name} (Price)" in said
        assert any("Rival met in Southeast for the first time" in each for each in said)
    assert told(vera) == []
    assert set(CompetitorSighting.objects.values_list("told", flat=True)) == {2}


def test_the_second_deal_of_a_region_is_no_news_and_another_region_is(max_: Actor) -> None:
    met("Rival", "open")
    sightings.watch(at=NOON)
    met("rival", "open")
    met("Rival", "open", region="mountain")
    assert sightings.watch(at=NOON) == 1
    assert [("Mountain" in each) for each in told(max_)] == [False, True]


def test_another_name_of_the_same_competitor_is_no_news(rosa: Actor, max_: Actor) -> None:
    met("DSI", "open")
    sightings.watch(at=NOON)
    do("saveCompetitorIntel", rosa, **FACTS, alsoCalled=["DSI"])
    met("Driver Source", "open")
    assert sightings.watch(at=NOON) == 0


def test_what_lies_far_back_is_noted_and_told_to_nobody(max_: Actor) -> None:
    met("Rival", closed=NOON - timedelta(days=30))
    assert sightings.watch(at=NOON) == 2
    assert told(max_) == []


def test_a_manager_hears_only_of_what_they_see(rosa: Actor, max_: Actor, ada: Actor) -> None:
    save(section=Visibility, values={"managers": "own"}, expected_version=0, at=NOON, by=ada)
    met("Rival", owner=rosa)
    sightings.watch(at=NOON)
    assert told(max_) == []
    assert len(told(rosa)) == 2


def test_many_at_once_are_told_in_one_line(max_: Actor) -> None:
    for number in range(12):
        met(f"Rival {number}", "open")
    sightings.watch(at=NOON)
    assert told(max_) == ["Competitors were met in 12 deals: Rival 0, Rival 1, Rival 2 and others"]
