"""What people and providers outside change is in the audit, once each; what they repeat or only look at is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.compliance import hashing
from headhaul.compliance.models import Suppression
from headhaul.kernel import Actor, Forbidden
from headhaul.outreach.choices import Channel, MessageState
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Enrolment, InboundMessage, Message, ProviderEvent, UnsubscribeLink
from headhaul.outreach.services import clicks, fates, provider_events, receiving, unsubscribing
from headhaul.outreach.services.clicks import Fetch
from headhaul.outreach.services.tracking import wrap_links
from tests.factories import outreach as made

pytestmark = pytest.mark.django_db
LATER = made.NOON + timedelta(hours=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent(rosa: Actor) -> Message:
    """A mail that left at noon."""
    person = made.contact(owner=rosa, email="dana@bigrig.example")
    enrolment = made.enrolment(made.sequence(owner=rosa), person, owner=rosa, state="waiting", next_at=LATER)
    return made.message(of=enrolment, sender=made.sender(), state=MessageState.ACCEPTED)


def entries() -> list[tuple[str, str, str, str, str, str]]:
    """Who did what by which door, to what."""
    names = ("action", "outcome", "actor_kind", "actor", "door", "target_id")
    return list(AuditEntry.objects.order_by("pk").values_list(*names))


def pressed(message: Message, *, at: Any = LATER, everything: bool = False) -> None:
    token = unsubscribing.link_of(message=message, at=made.NOON).token
    assert unsubscribing.unsubscribe(token=token, at=at, everything=everything) is not None


def test_unsubscribing_leaves_one_entry_however_often_it_is_pressed(sent: Message) -> None:
    for number in range(3):
        pressed(sent, at=LATER + number * MINUTE)
    one = ("unsubscribeByLink", "done", "system", "Unsubscribe link", "public", str(sent.pk))
    assert entries() == [one]
    pressed(sent, at=LATER + 5 * MINUTE, everything=True)
    pressed(sent, at=LATER + 6 * MINUTE, everything=True)
    assert entries() == [one, one], "that they want nothing at all is something new"
    assert AuditEntry.objects.first().data_keys == ["everything", "token"]  # type: ignore[union-attr]


def test_so_does_whoever_was_forgotten(sent: Message) -> None:
    link = unsubscribing.link_of(message=sent, at=made.NOON)
    forgotten = {"address": "", "address_hash": hashing.hash_of(sent.address)}
    UnsubscribeLink.objects.filter(token=link.token).update(**forgotten)
    for number in range(2):
        unsubscribing.unsubscribe(token=link.token, at=LATER + number * MINUTE)
    assert len(entries()) == 1
    assert Suppression.objects.count() == 1


def test_looking_at_the_page_and_guessing_leave_none(client: Client, sent: Message) -> None:
    link = unsubscribing.link_of(message=sent, at=made.NOON)
    client.get(f"/u/{link.token}")
    assert client.post("/u/guessed").status_code == 404
    assert entries() == []


def told(message: Message, kind: str, *, number: int = 1) -> str:
    """A provider tells of it; what was made of that."""
    attempt = message.attempts.get()
    provider_events.store(
        provider="mailgun", event_id=f"{kind}{number}", kind=kind, attempt_id=attempt.pk, recipient=message.address,
        raw={}, at=LATER,
    )  # fmt: skip
    return provider_events.apply_one(ProviderEvent.objects.latest("pk").pk, at=LATER)


@pytest.mark.parametrize("kind", ["delivered", "hard_bounce", "complaint", "unsubscribed", "failed"])
def test_what_a_provider_tells_and_changes_something_leaves_an_entry(sent: Message, kind: str) -> None:
    assert told(sent, kind) == "applied"
    assert entries() == [("applyProviderEvent", "done", "system", "Provider", "job", str(sent.pk))]


@pytest.mark.parametrize("kind", ["opened", "clicked", "deferred", "soft_bounce"])
def test_what_changes_nothing_leaves_none(sent: Message, kind: str) -> None:
    assert told(sent, kind) == "applied"
    assert entries() == []


def test_nor_does_an_event_of_no_message_of_ours_or_one_that_cannot_be_applied(
    sent: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: dict[str, Any] = {"provider": "mailgun", "kind": "complaint", "raw": {}, "at": LATER}
    provider_events.store(event_id="strange", attempt_id=uuid4(), **store)
    assert provider_events.apply_waiting(at=LATER) == {"unknown_message": 1}
    monkeypatch.setattr(fates, "apply", lambda **_: 1 / 0)
    for _ in range(3):
        assert told(sent, "complaint", number=7) == "failed"
    assert entries() == []


def test_a_stop_by_text_leaves_one_entry_and_the_same_text_again_none() -> None:
    text = Incoming(
        channel=Channel.SMS, source="webhook:twilio", key="SM1", from_address="+12145550111", received_at=LATER,
        text="STOP", fresh="STOP",
    )  # fmt: skip
    rows = [receiving.receive(text, at=LATER) for _ in range(2)]
    assert rows[0].pk == rows[1].pk == InboundMessage.objects.get().pk
    assert entries() == [("receiveMessage", "done", "system", "Provider", "public", str(rows[0].pk))]
    assert Suppression.objects.filter(scope="address", channel="sms").exists()


def test_a_mail_that_was_read_from_a_mailbox_is_told_from_one_that_was_posted() -> None:
    mail = Incoming(channel=Channel.EMAIL, source="imap:1", key="1:1", from_address="a@b.example", received_at=LATER)
    receiving.receive(mail, at=LATER)
    assert entries()[0][3:5] == ("Mailbox", "job")


def test_a_click_leaves_none_whoever_clicked(sent: Message) -> None:
    wrap_links(message=sent, html='<a href="https://headhaul.example/a">A</a></body>', at=made.NOON)
    for agent in ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile", "curl/8"):
        for link in sent.links.all():
            clicks.follow(token=link.token, fetch=Fetch("GET", agent, "192.0.2.1", False), at=LATER)
    assert entries() == []


def test_nobody_who_signs_in_does_it_in_their_name(sent: Message, ada: Actor) -> None:
    token = unsubscribing.link_of(message=sent, at=made.NOON).token
    with pytest.raises(Forbidden):
        dispatch("unsubscribeByLink", {"token": token}, actor=ada, at=LATER, door="http")
    assert [each[1] for each in entries()] == ["refused"]
    assert Enrolment.objects.get().state == "waiting"
