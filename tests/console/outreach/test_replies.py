"""Replies in the panel: read beside their list, taken care of, called what they are, attached, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Contact
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.preferences import Firm
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM
from headhaul.outreach.models import InboundMessage, Message
from headhaul.preferences.services.values import save
from headhaul.security.actors import actor_of
from tests.cast import user_named
from tests.console.conftest import SignedIn
from tests.factories import outreach

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(db: None) -> Contact:
    where = outreach.account("LONE STAR REEFER LLC", owner=actor_of(user_named("rosa")), at=timezone.now())
    return outreach.contact(where, name="Dana Diaz", at=timezone.now())


@pytest.fixture
def firm(db: None) -> None:
    values = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
    save(section=Firm, values=values, expected_version=0, by=SYSTEM, at=timezone.now())


def came_in(person: Contact | None, **fields: Any) -> InboundMessage:
    """A mail that came in an hour ago."""
    at = timezone.now() - timedelta(hours=1)
    known = {"contact": person, "account_id": person.account_id, "is_certain": True} if person else {}
    values = {
        "channel": "email", "source": "webhook:test", "key": str(InboundMessage.objects.count()), "kind": "reply",
        "from_address": outreach.address_of(person, "email") if person else "office@unknown.example",
        "subject": "Re: Drivers", "text": "Send me three profiles, please.", "received_at": at, "stored_at": at,
    }  # fmt: skip
    return InboundMessage.objects.create(**values | known | fields)


def shown(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_replies_are_read_beside_their_list_and_done_with_a_way_back(signed_in: SignedIn, dana: Contact) -> None:
    reply, client = came_in(dana), signed_in("rosa")
    assert "Send me three profiles" in shown(client, "/outreach/replies/")
    page = shown(client, f"/outreach/replies/{reply.pk}/")
    assert page.count("Dana Diaz") >= 2
    done = client.post(f"/outreach/replies/{reply.pk}/handling", {"handled": "1", "version": reply.version})
    assert "/undo/" in done.cookies["toast"].value
    assert "Nothing is open" in shown(client, "/outreach/replies/")
    assert "Send me three profiles" in shown(client, "/outreach/replies/?which=handled")


def test_a_reply_is_called_what_it_is(signed_in: SignedIn, dana: Contact) -> None:
    reply, client = came_in(dana), signed_in("rosa")
    client.post(f"/outreach/replies/{reply.pk}/kind", {"kind": "auto_reply", "version": reply.version})
    reply.refresh_from_db()
    assert reply.kind == "auto_reply"
    assert "Automatic answer" in shown(client, f"/outreach/replies/{reply.pk}/")


def test_what_came_from_a_stranger_is_attached_to_somebody(signed_in: SignedIn, dana: Contact) -> None:
    reply, client = (
        came_in(None, from_address=f"other@{outreach.address_of(dana, 'email').partition('@')[2]}"),
        signed_in("rosa"),
    )
    assert "Nobody we know" in shown(client, f"/outreach/replies/{reply.pk}/")
    client.post(f"/outreach/replies/{reply.pk}/sender", {"contact_id": dana.pk, "version": reply.version})
    reply.refresh_from_db()
    assert reply.contact_id == dana.pk


def test_an_answer_goes_into_the_outbox_and_the_reply_is_done(signed_in: SignedIn, dana: Contact, firm: None) -> None:
    reply, client = came_in(dana), signed_in("rosa")
    sent = client.post(f"/outreach/replies/{reply.pk}/answer", {"text": "Gladly, here they are."})
    assert sent["Location"] == "/outreach/replies/"
    assert Message.objects.get().subject == "Re: Drivers"
    reply.refresh_from_db()
    assert reply.handled_at is not None


def test_an_answer_that_a_rule_refuses_keeps_what_was_typed(signed_in: SignedIn, dana: Contact) -> None:
    reply = came_in(dana)
    suppression.add(
        scope=Scope.CONTACT,
        key=str(dana.pk),
        channel=ConsentChannel.ALL,
        reason=SuppressionReason.DNC_REQUEST,
        source="By telephone.",
        at=timezone.now(),
        by=SYSTEM,
    )
    refused = signed_in("rosa").post(f"/outreach/replies/{reply.pk}/answer", {"text": "Gladly, here they are."})
    assert refused.status_code == 451
    assert 'data-tone="warn"' in refused.content.decode()
    assert "Gladly, here they are." in refused.content.decode()
    reply.refresh_from_db()
    assert reply.handled_at is None
