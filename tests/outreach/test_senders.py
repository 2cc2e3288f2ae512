"""Mailboxes and numbers: set up, kept secret, checked, and chosen from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from headhaul.actions import dispatch
from headhaul.actions.models import Reversal
from headhaul.compliance.ports import outreach
from headhaul.kernel import Actor, AppError, Door, Forbidden
from headhaul.outreach.choices import GatewayKind
from headhaul.outreach.models import Message, Sender
from headhaul.outreach.services import secrets, senders
from tests.cast import NOON, user_named
from tests.fakes.dns_server import Zone, dns_server
from tests.fakes.smtp_sink import smtp_sink
from tests.fakes.twilio_server import ACCOUNT, TOKEN, TwilioServer

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture
def zone(settings: Settings) -> Iterator[Zone]:
    with dns_server() as running:
        settings.NAMESERVERS = [running.address]
        yield running


def do(name: str, by: Actor, /, **data: Any) -> dict[str, Any]:
    found: dict[str, Any] = dispatch(name, data, actor=by, at=NOON, door=Door.CONSOLE).payload.model_dump(
        mode="json", by_alias=True
    )
    return found


def mailbox(by: Actor, *, port: int = 2525, **more: Any) -> dict[str, Any]:
    server = {"host": "127.0.0.1", "port": port, "security": "none", "username": ""}
    given = {"channel": "email", "address": "Rosa@Acme.example", "gateway": "smtp", "smtp": server}
    return do("saveSender", by, **given | more)


def test_a_password_goes_in_and_never_comes_out(ada: Actor) -> None:
    saved = mailbox(ada, secret=PASSWORD, webhookKey="signs-notices")
    listed = do("listSenders", ada)["items"][0]
    assert (listed["address"], listed["hasSecret"], listed["hasWebhookKey"]) == ("rosa@acme.example", True, True)
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(s)::text from outreach_sender s")
        stored = cursor.fetchone()[0]
        cursor.execute("select coalesce(string_agg(row_to_json(a)::text, ''), '') from actions_auditentry a")
        audited = cursor.fetchone()[0]
    for text in (json.dumps(saved), json.dumps(listed), stored, audited):
        assert PASSWORD not in text
    row = Sender.objects.get()
    assert senders.options_of(row).secret == PASSWORD
    assert PASSWORD not in repr(senders.options_of(row))


def test_a_change_keeps_what_is_not_given(ada: Actor) -> None:
    made = mailbox(ada, secret=PASSWORD, name="Rosa")
    changed = do("saveSender", ada, senderId=made["id"], version=made["version"], dailyCap=40)
    assert (changed["name"], changed["dailyCap"], changed["hasSecret"]) == ("Rosa", 40, True)
    assert changed["smtp"]["port"] == 2525


def test_a_change_is_taken_back_and_a_new_one_is_removed(ada: Actor) -> None:
    made = mailbox(ada, name="Rosa", dkimSelectors=["s1"], warmUpFrom="2026-11-01")
    do("saveSender", ada, senderId=made["id"], name="Someone", dailyCap=5, dkimSelectors=[], warmUpFrom=None)
    do("undoAction", ada, undoId=Reversal.objects.latest("audit_id").audit_id)
    back = do("listSenders", ada)["items"][0]
    assert (back["name"], back["dailyCap"], back["dkimSelectors"], back["warmUpFrom"]) == (
        "Rosa",
        None,
        ["s1"],
        "2026-11-01",
    )


def test_secrets_survive_a_change_of_the_key_and_are_bound_to_their_row(ada: Actor, settings: Settings) -> None:
    mailbox(ada, secret=PASSWORD)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-of-some-length-0123456789", [old]
    row = Sender.objects.get()
    assert senders.options_of(row).secret == PASSWORD
    assert senders.seal_anew(at=NOON) == 1
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert senders.options_of(row).secret == PASSWORD
    other = Sender.objects.create(
        channel="email", address="b@acme.example", secret=row.secret, created_at=NOON, updated_at=NOON
    )
    with pytest.raises(secrets.SecretLost):
        senders.options_of(other)


def test_a_lost_key_is_said_and_shown_as_no_password(ada: Actor, settings: Settings) -> None:
    mailbox(ada, secret=PASSWORD)
    settings.SECRET_KEY = "a-key-that-nobody-wrote-down-0123456789"
    with pytest.raises(secrets.SecretLost):
        senders.options_of(Sender.objects.get())
    assert do("listSenders", ada)["items"][0]["hasSecret"] is False


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"gateway": "twilio"}, "gateway"),
        ({"gateway": "esp", "smtp": None}, "service"),
        ({"gateway": "esp", "service": {"name": "postmark"}}, "secret"),
        ({"gateway": "esp", "service": {"name": "mailgun"}, "secret": "x"}, "service.sender_domain"),
        ({"smtp": {"host": "127.0.0.1", "username": "rosa"}}, "secret"),
        ({"smtp": {"host": "10.0.0.5"}}, "host"),
        ({"smtp": {"host": "169.254.169.254", "port": 80}}, "port"),
        ({"isDefault": True, "userId": 1}, "isDefault"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(ada: Actor, given: dict[str, Any], field: str) -> None:
    with pytest.raises(AppError) as refused:
        mailbox(ada, **given)
    assert field in refused.value.fields
    assert not Sender.objects.exists()


def test_a_password_does_not_travel_in_the_clear(ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headhaul.outreach.services.sender_options.outside_address", lambda *_, **__: "93.184.215.14")
    server = {"host": "smtp.example.com", "port": 587, "security": "none", "username": "rosa"}
    with pytest.raises(AppError) as refused:
        mailbox(ada, smtp=server, secret=PASSWORD)
    assert "smtp" in refused.value.fields


SERVER = {"host": "127.0.0.1", "port": 2525, "security": "none", "username": "r"}
INBOX = {"host": "127.0.0.1", "port": 993, "username": "r"}
ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "another mail server": ({"smtp": SERVER | {"host": "127.0.0.2"}}, "secret"),
    "another account": ({"smtp": SERVER | {"username": "x"}}, "secret"),
    "a service": ({"gateway": "esp", "service": {"name": "postmark"}}, "secret"),
    "another inbox": ({"inbox": INBOX | {"host": "127.0.0.2"}}, "inboxSecret"),
    "another account of the inbox": ({"inbox": INBOX | {"username": "x"}}, "inboxSecret"),
}


@pytest.mark.parametrize("change", ELSEWHERE)
def test_a_kept_password_is_shown_to_nobody_else(ada: Actor, settings: Settings, change: str) -> None:
    settings.INTERNAL_HOSTS = ["127.0.0.0/8"]
    given, field = ELSEWHERE[change]
    made = mailbox(ada, smtp=SERVER, inbox=INBOX, secret=PASSWORD)
    do("saveSender", ada, senderId=made["id"], smtp=SERVER | {"port": 2526}, inbox=INBOX | {"folder": "Answers"})
    with pytest.raises(AppError) as refused:
        do("saveSender", ada, senderId=made["id"], **given)
    assert field in refused.value.fields
    do("saveSender", ada, senderId=made["id"], **given, **{field: "its own"})
    row = Sender.objects.get()
    own = senders.options_of(row).secret if field == "secret" else senders.reveal_inbox_secret(row)
    assert own == "its own"


@pytest.mark.parametrize(
    ("off", "on", "field"),
    [
        ({"gateway": "sandbox"}, {"gateway": "smtp", "smtp": SERVER | {"host": "127.0.0.2"}}, "secret"),
        ({"inbox": None}, {"inbox": INBOX | {"host": "127.0.0.2"}}, "inboxSecret"),
    ],
)
def test_neither_after_it_was_taken_out_of_use(
    ada: Actor, settings: Settings, off: dict[str, Any], on: dict[str, Any], field: str
) -> None:
    settings.INTERNAL_HOSTS = ["127.0.0.0/8"]
    made = mailbox(ada, smtp=SERVER, inbox=INBOX, secret=PASSWORD, inboxSecret="of the inbox")
    do("saveSender", ada, senderId=made["id"], **off)
    with pytest.raises(AppError) as refused:
        do("saveSender", ada, senderId=made["id"], **on)
    assert field in refused.value.fields


def test_a_mailboxes_password_does_not_open_an_inbox_that_it_was_not_given_for(ada: Actor) -> None:
    made = mailbox(ada, secret=PASSWORD)
    with pytest.raises(AppError) as refused:
        do("saveSender", ada, senderId=made["id"], inbox={"host": "127.0.0.1", "port": 993, "username": "rosa"})
    assert "inboxSecret" in refused.value.fields


def test_only_administrators_set_up_and_reps_see_theirs(ada: Actor, rosa: Actor, max_: Actor) -> None:
    with pytest.raises(Forbidden):
        mailbox(max_)
    mailbox(ada, userId=user_named("max").pk)
    mailbox(ada, address="hello@acme.example", isDefault=True)
    assert [each["address"] for each in do("listSenders", rosa)["items"]] == ["hello@acme.example"]
    assert len(do("listSenders", max_)["items"]) == 2
    assert do("listSenders", max_)["items"][0]["webhooks"] is None


def test_the_reps_own_mailbox_comes_before_the_default_and_a_sandbox_is_last(ada: Actor, rosa: Actor) -> None:
    alone = senders.for_message(user_id=rosa.user_id, channel="email", at=NOON)
    assert alone.gateway == GatewayKind.SANDBOX
    assert senders.for_message(user_id=None, channel="email", at=NOON) == alone
    shared = mailbox(ada, address="hello@acme.example", isDefault=True)["id"]
    assert senders.for_message(user_id=rosa.user_id, channel="email", at=NOON).pk == shared
    own = mailbox(ada, userId=rosa.user_id)
    assert senders.for_message(user_id=rosa.user_id, channel="email", at=NOON).pk == own["id"]
    do("setSenderActive", ada, senderId=own["id"], isActive=False)
    assert senders.for_message(user_id=rosa.user_id, channel="email", at=NOON).pk == shared


def test_a_mailbox_of_everybodys_comes_before_the_sandbox_that_was_there_first(ada: Actor, rosa: Actor) -> None:
    first = senders.for_message(user_id=rosa.user_id, channel="email", at=NOON)
    assert first.gateway == GatewayKind.SANDBOX
    shared = mailbox(ada)["id"]
    assert senders.for_message(user_id=rosa.user_id, channel="email", at=NOON).pk == shared
    do(
        "saveSender",
        ada,
        senderId=None,
        channel="email",
        address="kept@acme.example",
        gateway="sandbox",
        isDefault=True,
    )
    assert senders.for_message(user_id=rosa.user_id, channel="email", at=NOON).pk == shared


def test_where_all_mailboxes_are_paused_nothing_falls_back_to_a_sandbox(ada: Actor, rosa: Actor) -> None:
    senders.for_message(user_id=rosa.user_id, channel="email", at=NOON)
    shared = mailbox(ada, isDefault=True)["id"]
    do("setSenderActive", ada, senderId=shared, isActive=False)
    with pytest.raises(senders.NoneSends, match="No mailbox"):
        senders.for_message(user_id=rosa.user_id, channel="email", at=NOON)
    assert senders.for_message(user_id=rosa.user_id, channel="sms", at=NOON).gateway == GatewayKind.SANDBOX


def test_a_new_default_takes_the_place_of_the_old_one(ada: Actor) -> None:
    mailbox(ada, isDefault=True)
    mailbox(ada, address="hello@acme.example", isDefault=True)
    assert Sender.objects.get(is_default=True).address == "hello@acme.example"


def test_a_mailbox_in_use_is_not_removed(ada: Actor) -> None:
    made = mailbox(ada)
    do("testSender", ada, senderId=made["id"])
    with pytest.raises(senders.SenderInUse):
        do("removeSender", ada, senderId=made["id"])
    Message.objects.update(state="cancelled")
    assert do("removeSender", ada, senderId=made["id"])["address"] == "rosa@acme.example"
    assert Message.objects.get().sender_id is None


def test_nothing_goes_from_a_domain_that_was_not_checked_or_fails(ada: Actor, zone: Zone) -> None:
    with smtp_sink() as sink:
        made = mailbox(ada, port=sink.port)
        assert (made["isReady"], len(made["blocking"])) == (False, 1)
        checked = do("checkSender", ada, senderId=made["id"])
        assert {each["key"] for each in checked["findings"] if each["grade"] == "block"} == {
            "spf", "dkim", "dmarc", "mx",
        }  # fmt: skip
        room = outreach()
        terms = room.terms_of(made["id"]) if room else None
        assert terms is not None
        assert len(terms.missing) == 4
        zone.put("acme.example", "TXT", "v=spf1 mx ~all")
        zone.put("acme.example", "MX", "10 mail.acme.example.")
        zone.put("mail.acme.example", "A", "203.0.113.9")
        zone.put("_dmarc.acme.example", "TXT", "v=DMARC1; p=none; rua=mailto:d@acme.example")
        checked = do("checkSender", ada, senderId=made["id"])
        assert (checked["isReady"], checked["blocking"], checked["worst"]) == (True, [], "warn")
        moved = do("saveSender", ada, senderId=made["id"], address="rosa@other.example")
        assert (moved["isReady"], moved["findings"]) == (False, [])


def test_a_server_that_does_not_let_us_in_blocks(ada: Actor, zone: Zone) -> None:
    made = mailbox(ada, port=1)
    found = {each["key"]: each for each in do("checkSender", ada, senderId=made["id"])["findings"]}
    assert found["sign_in"]["grade"] == "block"


def test_texts_to_the_us_wait_for_the_registration_of_the_number(ada: Actor, settings: Settings) -> None:
    with TwilioServer() as twilio:
        settings.TWILIO_URL = twilio.url
        account = {"accountSid": ACCOUNT}
        number = {"channel": "sms", "address": "(214) 555-0100", "gateway": "twilio", "secret": TOKEN}
        made = do("saveSender", ada, **number, twilio=account)
        assert (made["address"], made["isReady"]) == ("+12145550100", False)
        assert "10DLC" in made["blocking"][0]
        made = do("saveSender", ada, senderId=made["id"], twilio=account | {"isRegistered": True})
        assert made["isReady"]
        assert do("testSender", ada, senderId=made["id"])["sentence"] == "Twilio lets us in, as Test."
        assert twilio.made == []


def test_a_test_mail_goes_to_whoever_asks_by_the_outbox(ada: Actor) -> None:
    made = mailbox(ada)
    tested = do("testSender", ada, senderId=made["id"])
    message = Message.objects.get()
    assert (str(message.pk), message.address, message.purpose) == (tested["messageId"], ada.email, "test")
    assert message.sender_id == made["id"]
