"""What waited on devices: each lead once, whatever else is in the batch, and with its own time and consent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.capture.models import Lead
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor, InvalidData
from tests.capture.doing import do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "clientId": str(uuid.UUID(int=number)),
        "company": f"Company {number:03} of Amarillo",
        "state": "TX",
        "contactName": f"Person {number}",
        "emails": [f"person{number}@company{number}.example"],
        "wasOffline": True,
        "capturedAt": (NOON - timedelta(hours=3, minutes=number)).isoformat(),
    } | more


def test_twenty_with_a_double_are_nineteen_with_their_times_and_consents(rosa: Actor, fair: Any) -> None:
    items = [item(number, eventId=fair.id, consent={"email": True}) for number in range(19)]
    items.append(items[3] | {"clientId": str(uuid.UUID(int=99)), "note": "Came back."})
    first = do("captureLeads", rosa, items=items, deviceNow=NOON.isoformat())
    assert (first.created, first.joined, first.failed) == (19, 1, 0)
    again = do("captureLeads", rosa, items=items, deviceNow=NOON.isoformat(), at=NOON + timedelta(minutes=1))
    assert (again.already, again.created) == (20, 0)
    assert Lead.objects.counted().count() == 19
    assert Account.objects.count() == 19
    for number in range(19):
        lead = Lead.objects.get(client_id=uuid.UUID(int=number))
        assert lead.captured_at == NOON - timedelta(hours=3, minutes=number)
        event = ConsentEvent.objects.filter(address=f"person{number}@company{number}.example").earliest("pk")
        assert event.captured_at == lead.captured_at
        assert lead.door == "offline"


def test_one_that_cannot_be_taken_stops_no_other(rosa: Actor) -> None:
    items = [
        item(1),
        item(2, company="", contactName="", emails=[]),
        {"clientId": "no uuid", "company": "X"},
        item(3, eventId=999_999),
        item(4, unknownField=1),
        item(5, source="nowhere"),
        item(6),
    ]
    found = do("captureLeads", rosa, items=items)
    assert [bool(one.lead) for one in found.items] == [True, False, False, False, False, False, True]
    codes = [one.fault.code for one in found.items if one.fault]
    assert codes == ["nothing_to_reach", "invalid_data", "not_found", "invalid_data", "invalid_data"]
    assert "clientId" in found.items[2].fault.fields
    assert found.items[2].client_id == "no uuid"
    assert Account.objects.count() == 2


def test_a_wrong_clock_of_the_device_is_put_right_for_all(rosa: Actor) -> None:
    fast = NOON + timedelta(days=2)
    items = [item(1, capturedAt=(fast - timedelta(hours=1)).isoformat())]
    found = do("captureLeads", rosa, items=items, deviceNow=fast.isoformat())
    assert found.items[0].lead.captured_at == NOON - timedelta(hours=1)
    assert found.items[0].lead.clock_note


def test_a_batch_has_a_bound(rosa: Actor) -> None:
    with pytest.raises(InvalidData):
        do("captureLeads", rosa, items=[item(number) for number in range(101)])


def test_consent_without_words_is_refused_and_nothing_of_the_lead_stays(rosa: Actor) -> None:
    found = do("captureLeads", rosa, items=[item(1, consent={"email": True})])
    assert found.items[0].fault.code == "no_wording"
    assert (Lead.objects.count(), Account.objects.count(), ConsentEvent.objects.count()) == (0, 0, 0)
