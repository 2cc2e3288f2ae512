"""Events and sources: saved, changed by one at a time, taken back; a source that is renamed stays the same source."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.capture.errors import StaleEvent
from headhaul.capture.models import CaptureEvent, LeadSource
from headhaul.kernel import Actor, Forbidden, InvalidData
from tests.capture.doing import captured, do, undone

pytestmark = pytest.mark.django_db


def test_an_event_counts_under_the_source_of_its_kind(max_: Actor) -> None:
    for kind, source in (("trade_show", "trade_show"), ("web", "web_form"), ("inbound", "inbound")):
        assert do("saveCaptureEvent", max_, name=f"A {kind}", kind=kind).source.key == source


def test_every_event_has_a_key_of_its_own_and_can_get_another(max_: Actor, fair: Any) -> None:
    other = do("saveCaptureEvent", max_, name="Other")
    assert fair.public_key != other.public_key
    renewed = do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, newKey=True)
    assert renewed.public_key not in (fair.public_key, other.public_key)


def test_the_second_of_two_who_change_an_event_hears_of_the_first(max_: Actor, fair: Any) -> None:
    do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, city="Fort Worth")
    with pytest.raises(StaleEvent):
        do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, city="Plano")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"endsOn": "2026-11-01"}, "endsOn"),
        ({"source": "nowhere"}, "source"),
        ({"kind": "party"}, "kind"),
        ({"timezone": "Texas"}, "timezone"),
        ({"ownerId": 999_999}, "ownerId"),
        ({"followUpDays": 90}, "followUpDays"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(max_: Actor, fair: Any, values: Any, field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, **values)
    assert field in refusal.value.fields


def test_a_change_is_taken_back_and_a_new_event_put_to_rest(max_: Actor, fair: Any) -> None:
    undone("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, campaign="Autumn", endsOn=None)
    event = CaptureEvent.objects.get(pk=fair.id)
    assert (event.campaign, str(event.ends_on)) == ("", "2026-11-21")
    undone("saveCaptureEvent", max_, name="Made by mistake")
    assert not CaptureEvent.objects.get(name="Made by mistake").is_active


def test_a_rep_makes_no_events(rosa: Actor) -> None:
    with pytest.raises(Forbidden):
        do("saveCaptureEvent", rosa, name="Mine")


def test_events_show_how_their_leads_do(rosa: Actor, vera: Actor, fair: Any, hot_carrier: int) -> None:
    captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    captured(rosa, eventId=fair.id)
    row = do("getCaptureEvents", vera, when="now").items[0]
    assert (row.leads, row.hot, row.open, row.is_now) == (2, 1, 2, True)


def test_a_renamed_source_is_the_same_source(rosa: Actor, max_: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id)
    source = LeadSource.objects.get(key="trade_show")
    do("saveLeadSource", max_, key="trade_show", version=source.version, name="Fairs and shows", quality=70)
    captured(rosa, eventId=fair.id, company="Second", contactName="Al")
    row = next(row for row in do("listLeadSources", max_).items if row.key == "trade_show")
    assert (row.name, row.leads) == ("Fairs and shows", 2)
    names = {lead.source_name for lead in do("getLeadQueue", rosa).items}
    assert names == {"Fairs and shows"}


def test_a_source_is_taken_back(max_: Actor) -> None:
    source = LeadSource.objects.get(key="trade_show")
    undone("saveLeadSource", max_, key="trade_show", version=source.version, name="Shows")
    assert LeadSource.objects.get(key="trade_show").name == source.name
    undone("saveLeadSource", max_, key="podcast", name="Podcast")
    assert not LeadSource.objects.get(key="podcast").is_active


def test_a_source_that_is_not_used_any_more_takes_no_leads(rosa: Actor, max_: Actor) -> None:
    source = LeadSource.objects.get(key="partner")
    do("saveLeadSource", max_, key="partner", version=source.version, isActive=False)
    with pytest.raises(InvalidData) as refusal:
        captured(rosa, source="partner")
    assert "trade_show" in refusal.value.fields["source"]


def test_pages_of_events_hold_together(max_: Actor) -> None:
    for number in range(7):
        do("saveCaptureEvent", max_, name=f"E{number}", startsOn=f"2026-1{number % 2}-0{number + 1}")
    seen: list[int] = []
    cursor = None
    while True:
        found = do("getCaptureEvents", max_, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [row.id for row in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.django_db
def test_events_are_found_by_words_of_their_name_or_town_in_any_order(max_: Actor) -> None:
    for name, city in (("Truck Show 2026", "Louisville"), ("Job fair 100%", "Dallas"), ("Truck Show 2027", "Dallas")):
        do("saveCaptureEvent", max_, name=name, city=city)

    def found(words: str) -> set[str]:
        return {each.name for each in do("getCaptureEvents", max_, search=words).items}

    assert found("dallas truck") == {"Truck Show 2027"}
    assert found("100%") == {"Job fair 100%"}
    assert found("_") == set()
    assert len(found("")) == 3
