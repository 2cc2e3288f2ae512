"""The daily mail: in each reader's own morning, once a day, whatever happens to the server or to us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from headhaul.accounts.models import Account
from headhaul.activities.choices import DigestState, NotificationKind
from headhaul.activities.gateways import mail
from headhaul.activities.models import Digest, Notification
from headhaul.activities.services import digests
from headhaul.activities.services.digests import send_due
from headhaul.activities.services.notifying import notify
from headhaul.kernel import Actor
from tests.activities.conftest import account_named, do
from tests.activities.test_tasks import task
from tests.fakes.mail_server import Box, mail_server

pytestmark = pytest.mark.django_db(transaction=True)

SEVEN = datetime(2026, 11, 18, 13, 0, tzinfo=UTC)  # in Chicago, where Rick is


@pytest.fixture
def rick(db: None) -> Actor:
    """A rep in Chicago."""
    from headhaul.kernel import Role
    from tests.factories.market import person

    return person("Rick", Role.REP, timezone="America/Chicago")


@pytest.fixture
def account(db: None) -> Account:
    return account_named("Lone Star Reefer")


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A real server that settings name."""
    with mail_server() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.PUBLIC_URL = "https://crm.example.com/"
        settings.DEFAULT_FROM_EMAIL = "Headhaul <crm@example.com>"
        yield box


@pytest.fixture
def busy(rick: Actor, account: Account) -> Actor:
    """Rick has something to read and something to do."""
    notify(user_ids=[rick.user_id], kind=NotificationKind.MENTION, text="Rosa mentioned you <b>", at=SEVEN,
           account_id=account.pk)  # fmt: skip
    task(account, rick, subject="Send rates", due_on=date(2026, 11, 18))
    task(account, rick, subject="Sign", due_at=SEVEN - timedelta(days=2))
    task(account, rick, subject="Later", due_on=date(2026, 11, 19))
    return rick


def test_it_comes_at_seven_of_the_readers_clock_and_says_what_there_is(busy: Actor, box: Box) -> None:
    assert send_due(at=SEVEN - timedelta(seconds=1)) == {}
    assert send_due(at=SEVEN) == {"sent": 1}
    (mail_,) = box.mails
    assert (mail_["To"], mail_["Subject"]) == ("rick@example.com", "Your day: 1 overdue, 1 due today, 1 unread")
    text = mail_.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Send rates · Lone Star Reefer" in text
    assert "Sign" in text
    assert "Later" not in text
    assert "mentioned you <b>" in text
    html = mail_.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "mentioned you &lt;b&gt;" in html
    links = set(re.findall(r"https?://\S+", text))
    assert links
    assert all(link.startswith("https://crm.example.com/") for link in links)


def test_the_links_open_pages_of_ours(busy: Actor, box: Box) -> None:
    from django.test import Client

    from headhaul.security.models import User

    send_due(at=SEVEN)
    client = Client()
    client.force_login(User.objects.get(pk=busy.user_id))
    text = box.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for link in re.findall(r"https://crm\.example\.com(\S+)", text):
        assert client.get(link, follow=True).status_code == 200, link
    assert Notification.objects.get().read_at is not None


def test_it_comes_once_a_day_and_says_nothing_twice(busy: Actor, box: Box) -> None:
    for minute in (0, 1, 30, 600):
        send_due(at=SEVEN + timedelta(minutes=minute))
    assert len(box.mails) == 1
    send_due(at=SEVEN + timedelta(days=1))
    second = box.mails[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "mentioned" not in second
    assert box.mails[0]["Message-ID"] != box.mails[1]["Message-ID"]


def test_who_has_nothing_to_read_or_do_gets_no_mail(rick: Actor, box: Box) -> None:
    assert send_due(at=SEVEN) == {"nothing": 1}
    assert box.mails == []


def test_everybody_chooses_for_themselves(busy: Actor, box: Box) -> None:
    do("saveDigest", busy, isOn=False)
    assert send_due(at=SEVEN) == {}
    do("saveDigest", busy, isOn=True, hour=9)
    assert send_due(at=SEVEN) == {}
    assert send_due(at=SEVEN + timedelta(hours=2)) == {"sent": 1}
    assert do("getDigest", busy).timezone == "America/Chicago"


def test_a_kill_between_taking_up_and_settling_sends_no_second_mail(
    busy: Actor, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(digests, "_settle", kill)
        with pytest.raises(KeyboardInterrupt):
            send_due(at=SEVEN)
    assert len(box.mails) == 1
    assert Digest.objects.get().state == DigestState.SENDING
    send_due(at=SEVEN + timedelta(minutes=20))
    assert len(box.mails) == 1


def kill(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_a_kill_kept_back_is_said_the_next_day(busy: Actor, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(mail.Postman, "send", kill)
        with pytest.raises(KeyboardInterrupt):
            send_due(at=SEVEN)
    send_due(at=SEVEN + timedelta(days=1))
    assert "mentioned" in box.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_refused_mail_is_tried_again_later_but_not_for_ever(busy: Actor, box: Box) -> None:
    box.answer = "451 try later"
    assert send_due(at=SEVEN) == {"refused": 1}
    assert send_due(at=SEVEN + timedelta(minutes=5)) == {}
    assert "451" in Digest.objects.get().error
    for again in range(1, 8):
        send_due(at=SEVEN + timedelta(minutes=10 * again))
    assert Digest.objects.get().attempts == digests.MOST_ATTEMPTS
    assert Notification.objects.get().mailed_at is None


def test_one_refused_address_does_not_keep_the_mail_from_others(
    busy: Actor, rosa: Actor, account: Account, box: Box
) -> None:
    task(account, rosa, due_on=date(2026, 11, 18))
    box.refuses = {"rick@example.com"}
    assert send_due(at=SEVEN) == {"refused": 1, "sent": 1}
    assert len(box.to("rosa@example.com")) == 1
    box.refuses = set()
    assert send_due(at=SEVEN + timedelta(minutes=15)) == {"sent": 1}


def test_a_server_that_is_not_there_is_asked_again(busy: Actor, box: Box, settings: Settings) -> None:
    open_port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    assert send_due(at=SEVEN) == {"refused": 1}
    settings.EMAIL_PORT = open_port
    assert send_due(at=SEVEN + timedelta(minutes=10)) == {"sent": 1}


def test_a_server_that_falls_silent_after_taking_it_gets_no_second_one(
    busy: Actor, box: Box, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    box.is_silent = True
    assert send_due(at=SEVEN) == {"unknown": 1}
    box.is_silent = False
    assert send_due(at=SEVEN + timedelta(minutes=30)) == {}
    assert len(box.mails) == 1


def test_no_transaction_is_open_while_mail_leaves(busy: Actor, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    real = mail.Postman.send

    def send(self: mail.Postman, letter: mail.Letter) -> None:
        seen.append(connection.in_atomic_block)
        real(self, letter)

    monkeypatch.setattr(mail.Postman, "send", send)
    send_due(at=SEVEN)
    assert seen == [False]


def test_without_a_server_nothing_is_taken_up(busy: Actor, settings: Settings) -> None:
    settings.EMAIL_BACKEND = mail.DUMMY
    assert send_due(at=SEVEN) == {}
    assert not Digest.objects.exists()
