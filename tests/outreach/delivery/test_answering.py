"""What counts as an answer, and so may leave at night: only to somebody who wrote, and not long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul.compliance.choices import Purpose
from headhaul.kernel import Actor
from headhaul.outreach.choices import MessageState
from headhaul.outreach.models import InboundMessage, Message
from tests.factories import outreach as made
from tests.outreach.sequences.doing import do
from tests.outreach.sequences.travelling import turn

NIGHT = datetime.fromisoformat("2026-11-17T09:00:00+00:00")  # three in the morning in Dallas
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "days", "purpose"),
    [
        ("reply", 1, Purpose.REPLY),
        ("other", 29, Purpose.REPLY),
        ("reply", 31, Purpose.OUTREACH),
        ("auto_reply", 1, Purpose.OUTREACH),
        ("bounce", 1, Purpose.OUTREACH),
    ],
)
def test_only_a_person_who_wrote_lately_is_answered(rosa: Actor, kind: str, days: int, purpose: Purpose) -> None:
    home = made.account("LONE STAR REEFER LLC", owner=rosa, state="TX", zip="75201", city="DALLAS")
    dana = made.contact(home, phone="+12145550142", email="dana@bigrig.example")
    made.says_yes(dana, "email", at=NIGHT - 3 * DAY)
    made.sender("email")
    wrote = InboundMessage.objects.create(
        channel="email", source="imap:1", key="1:1", from_address="dana@bigrig.example", subject="Drivers", text="Hm",
        kind=kind, contact=dana, account=home, received_at=NIGHT - days * DAY, stored_at=NIGHT - days * DAY,
    )  # fmt: skip
    do("sendEmail", rosa, at=NIGHT, contactId=dana.pk, subject="Drivers", text="Two are free.", inboundId=wrote.pk)
    turn(NIGHT)
    sent = Message.objects.get()
    left = MessageState.ACCEPTED if purpose is Purpose.REPLY else MessageState.QUEUED
    assert (sent.purpose, sent.state) == (purpose, left)
