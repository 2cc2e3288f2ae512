"""What is said by one's own mail program or telephone passes the same rules, and leaves the same proof."""

from __future__ import annotations

import pytest

from headhaul.activities.models import Activity
from headhaul.compliance.models import CapUse, Receipt
from headhaul.kernel import Actor, ComplianceRefused, Forbidden
from headhaul.outreach.models import Call
from tests.outreach.calls.doing import WEEKDAY, do, someone, told, undo

pytestmark = pytest.mark.django_db

NIGHT = WEEKDAY.replace(hour=8)  # three in the morning in New York
WAYS = [("recordEmail", "email"), ("recordSms", "sms"), ("recordCall", "call"), ("quickAction", "call")]


def given(name: str, person: object, **more: object) -> dict[str, object]:
    key = {"contactId": person.pk}  # type: ignore[attr-defined]
    if name == "quickAction":
        key |= {"accountId": person.account_id, "kind": "call"}  # type: ignore[attr-defined]
    return key | more


@pytest.mark.parametrize(("name", "channel"), WAYS)
def test_it_leaves_its_proof_and_uses_up_the_limits(rosa: Actor, name: str, channel: str) -> None:
    done = told(name, rosa, **given(name, someone()))
    receipt = Receipt.objects.get()
    assert (receipt.outcome, receipt.channel, receipt.action) == ("allow", channel, name)
    assert CapUse.objects.filter(bucket=f"firm:{channel}").get().used == 1
    if name != "quickAction":
        assert done.payload.receipt_id == receipt.pk


@pytest.mark.parametrize(("name", "channel"), WAYS)
def test_a_refusal_leaves_nothing_but_its_proof(rosa: Actor, name: str, channel: str) -> None:
    silent = someone(yes=False)
    with pytest.raises(ComplianceRefused):
        do(name, rosa, at=NIGHT, **given(name, silent))
    assert not Activity.objects.exists()
    assert not Call.objects.exists()
    assert Receipt.objects.get().outcome != "allow"


def test_an_email_stands_on_the_timeline_and_can_be_taken_off_it(rosa: Actor) -> None:
    done = told("recordEmail", rosa, contactId=someone().pk, subject="Drivers", text="Hello")
    line = Activity.objects.get(pk=done.payload.activity_id)
    assert (line.type, line.direction, line.subject, line.data["receiptId"]) == (
        "email", "out", "Drivers", done.payload.receipt_id,
    )  # fmt: skip
    undo(done, rosa)
    assert not Activity.objects.exists()
    assert Receipt.objects.exists()


def test_a_call_is_noted_with_how_it_ended_or_without(rosa: Actor) -> None:
    open_call = told("recordCall", rosa, contactId=someone().pk)
    assert Call.objects.get(pk=open_call.payload.call_id).disposition == ""
    undo(open_call, rosa)
    assert not Call.objects.exists()
    ended = do("recordCall", rosa, contactId=someone().pk, disposition="connected", seconds=90, text="Lanes")
    assert (Activity.objects.get(type="call").body, ended.activity_id) == ("Lanes", Activity.objects.get().pk)


def test_a_viewer_notes_nothing(vera: Actor) -> None:
    with pytest.raises(Forbidden):
        do("recordSms", vera, contactId=someone().pk)
