"""Mailboxes are read over IMAP from a real server: each mail once, from where it stopped, whatever happens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from headhaul.outreach.gateways.imap import CannotRead, Mailbox, Place, is_sent, read_new
from headhaul.outreach.models import InboundMessage, Sender
from headhaul.outreach.services import mailboxes, secrets
from tests.factories import outreach as made
from tests.fakes.imap_server import Store, imap_server
from tests.outreach.inbound.mails import AT, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Iterator[Store]:
    """The server's mails; its port is beside them."""
    with imap_server() as (held, port):
        held.port = port  # type: ignore[attr-defined]
        yield held


@pytest.fixture
def sender(store: Store) -> Sender:
    """A mailbox whose answers are read there."""
    inbox = {"host": "127.0.0.1", "port": store.port, "security": "none", "username": "rosa"}  # type: ignore[attr-defined]
    kept = made.sender(inbox=inbox)
    kept.inbox_secret = secrets.seal("secret", place=f"outreach_sender:{kept.pk}:inbox_secret")
    kept.save(update_fields=["inbox_secret"])
    return kept


def fill(store: Store, count: int) -> None:
    """Mails arrive."""
    for _ in range(count):
        number = len(store.folders["INBOX"]) + 1
        store.put(mail("gmail", "", "Re: Drivers", f"Answer {number}", number))


def test_each_mail_is_taken_once_and_reading_goes_on_where_it_stopped(store: Store, sender: Sender) -> None:
    fill(store, 3)
    assert mailboxes.poll_all(at=AT) == {"mails": 3, "unread": 0}
    assert mailboxes.poll_all(at=AT) == {"mails": 0, "unread": 0}
    fill(store, 1)
    assert mailboxes.poll_all(at=AT) == {"mails": 1, "unread": 0}
    assert store.fetched == [1, 2, 3, 4]
    assert InboundMessage.objects.count() == 4


def test_a_connection_that_breaks_loses_nothing(store: Store, sender: Sender) -> None:
    fill(store, 5)
    store.hangs_up_after = 2
    assert mailboxes.poll_all(at=AT)["unread"] == 1
    assert InboundMessage.objects.count() == 2
    assert Sender.objects.get(pk=sender.pk).inbox_seen["error"]
    store.hangs_up_after = None
    assert mailboxes.poll_all(at=AT) == {"mails": 3, "unread": 0}
    assert InboundMessage.objects.count() == 5


def test_a_mailbox_that_is_numbered_anew_brings_nothing_twice(store: Store, sender: Sender) -> None:
    fill(store, 3)
    mailboxes.poll_all(at=AT)
    store.uidvalidity = 8
    fill(store, 1)
    assert mailboxes.poll_all(at=AT)["mails"] == 4
    assert InboundMessage.objects.count() == 4


def test_a_huge_mailbox_is_read_in_portions(store: Store, sender: Sender) -> None:
    fill(store, 12)
    assert [mailboxes.poll(sender=sender, at=AT, limit=5) for _ in range(3)] == [5, 5, 2]


def test_a_wrong_password_or_folder_is_said(store: Store) -> None:
    port = store.port  # type: ignore[attr-defined]
    with pytest.raises(CannotRead):
        list(read_new(Mailbox("127.0.0.1", port, "none", "rosa", "wrong"), since=Place(), today=AT.date()))
    with pytest.raises(CannotRead, match="no folder Nope"):
        list(read_new(Mailbox("127.0.0.1", port, "none", "rosa", "secret", "Nope"), since=Place(), today=AT.date()))


def test_the_sent_folder_says_whether_it_left(store: Store) -> None:
    box = Mailbox("127.0.0.1", store.port, "none", "rosa", "secret")  # type: ignore[attr-defined]
    store.put(b"Message-ID: <one@headhaul.example>\r\n\r\nhi", folder="Sent")
    assert is_sent(box, rfc_id="<one@headhaul.example>") is True
    assert is_sent(box, rfc_id="<two@headhaul.example>") is False
    del store.folders["Sent"]
    assert is_sent(box, rfc_id="<one@headhaul.example>") is None


def keep_out(kind: str) -> None:
    """The database refuses to store mails, as it does in a deadlock or for a fault of ours."""
    code = {"deadlock": "40P01", "fault": "22000"}[kind]
    with connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.keep_out() returns trigger language plpgsql as "
            f"$$ begin raise exception 'not now' using errcode = '{code}'; end $$"
        )
        cursor.execute(
            "create trigger keep_out before insert on outreach_inboundmessage "
            "for each row when (new.text like '%Answer 2%') execute function pg_temp.keep_out()"
        )


def let_in() -> None:
    """It takes them again."""
    with connection.cursor() as cursor:
        cursor.execute("drop trigger keep_out on outreach_inboundmessage")


def test_a_mail_that_the_database_refuses_for_a_moment_is_read_again(store: Store, sender: Sender) -> None:
    fill(store, 3)
    keep_out("deadlock")
    assert mailboxes.poll_all(at=AT) == {"mails": 0, "unread": 1}
    assert InboundMessage.objects.count() == 1
    let_in()
    assert mailboxes.poll_all(at=AT) == {"mails": 2, "unread": 0}
    assert InboundMessage.objects.count() == 3


def test_a_mail_that_stops_the_reading_again_and_again_is_passed_by(store: Store, sender: Sender) -> None:
    fill(store, 3)
    keep_out("deadlock")
    stopped = [mailboxes.poll_all(at=AT)["unread"] for _ in range(mailboxes.MOST_STOPS)]
    assert stopped == [1] * (mailboxes.MOST_STOPS - 1) + [0]
    assert InboundMessage.objects.count() == 2


def test_what_was_passed_by_is_tried_again_every_hour_until_it_is_taken_in(store: Store, sender: Sender) -> None:
    fill(store, 3)
    keep_out("fault")
    assert mailboxes.poll_all(at=AT) == {"mails": 2, "unread": 0}
    assert mailboxes.poll_all(at=AT + timedelta(hours=1)) == {"mails": 0, "unread": 0}
    let_in()
    assert mailboxes.poll_all(at=AT + timedelta(hours=1, minutes=59)) == {"mails": 0, "unread": 0}
    assert mailboxes.poll_all(at=AT + timedelta(hours=2)) == {"mails": 1, "unread": 0}
    assert InboundMessage.objects.count() == 3
    assert Sender.objects.get(pk=sender.pk).inbox_seen["passed_by"] == {}


def test_what_was_passed_by_and_is_gone_is_not_asked_for_for_ever(store: Store, sender: Sender) -> None:
    fill(store, 2)
    keep_out("fault")
    mailboxes.poll_all(at=AT)
    del store.folders["INBOX"][2]
    assert mailboxes.poll_all(at=AT + timedelta(hours=2)) == {"mails": 0, "unread": 0}
    assert Sender.objects.get(pk=sender.pk).inbox_seen["passed_by"] == {}


def test_the_address_that_was_vetted_is_the_one_that_is_read(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time it is asked for reaches nobody else."""
    port, host = store.port, "mail.carrier.example"  # type: ignore[attr-defined]
    settings.INTERNAL_HOSTS = [host, "127.0.0.1"]
    asked: list[str] = []

    def rebound(name: str, *rest: Any, **more: Any) -> list[Any]:
        if name != host:
            return look_up(name, *rest, **more)
        asked.append(name)
        where = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    fill(store, 1)
    found = list(read_new(Mailbox(host, port, "none", "rosa", "secret"), since=Place(), today=AT.date()))
    assert (len(found), asked) == (1, [host])
