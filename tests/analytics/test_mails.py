"""The figures by mail: to whom chose them, once a week or month, with what they may see, and links that open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from headhaul.actions import dispatch
from headhaul.activities.models import Digest
from headhaul.activities.services.digests import send_due
from headhaul.kernel import SYSTEM, Actor, Forbidden, Role, StaleVersion
from headhaul.security.models import User
from tests.analytics.test_figures import do
from tests.factories.market import person
from tests.fakes.mail_server import Box, mail_server
from tests.pipeline.histories import account, deal

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = datetime(2026, 11, 10, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)  # seven in Chicago
FIRST = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)


@pytest.fixture
def rick(db: None) -> Actor:
    return person("Rick", Role.REP, timezone="America/Chicago")


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    with mail_server() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.PUBLIC_URL = "https://crm.example.com/"
        settings.DEFAULT_FROM_EMAIL = "Headhaul <crm@example.com>"
        yield box


def text(box: Box, number: int = -1) -> str:
    return str(box.mails[number].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def choose(actor: Actor, rhythm: str, **more: Any) -> Any:
    do("saveDigest", actor, at=CHOSEN, isOn=False)
    return do("saveAnalyticsMail", actor, at=CHOSEN, rhythm=rhythm, **more)


def test_nobody_gets_it_unasked(rick: Actor, box: Box) -> None:
    do("saveDigest", rick, isOn=False)
    assert send_due(at=MONDAY) == {}


def test_the_week_comes_on_monday_with_changes_and_links(rick: Actor, box: Box) -> None:
    choose(rick, "weekly")
    of = account()
    for days in (2, 3, 9):
        deal(of, in_stage="closed_won", amount=100_00, at=MONDAY - timedelta(days=days), owner=rick.user_id)
    assert send_due(at=MONDAY - timedelta(seconds=1)) == {}
    assert send_due(at=MONDAY) == {"sent": 1}
    assert send_due(at=MONDAY + timedelta(hours=3)) == {}
    assert box.mails[0]["Subject"] == "Your week in figures, 9 Nov to 15 Nov 2026: $200 won"
    said = text(box)
    assert "Amount won: $200 (up by 100.0 %, better)" in said
    assert "Win rate: 2 of 2, too few to say" in said
    client = Client()
    client.force_login(User.objects.get(pk=rick.user_id))
    links = re.findall(r"https://crm\.example\.com(\S+)", said)
    assert len(links) > 4
    for link in links:
        assert client.get(link).status_code == 200, link
    assert send_due(at=MONDAY + timedelta(days=7)) == {"sent": 1}
    assert box.mails[0]["Message-ID"] != box.mails[1]["Message-ID"]


def test_the_month_comes_on_the_first(rick: Actor, box: Box) -> None:
    choose(rick, "monthly", whose="me")
    deal(account(), in_stage="closed_won", amount=900_00, at=MONDAY)
    deal(account(), in_stage="closed_won", amount=700_00, at=MONDAY, owner=rick.user_id)
    assert send_due(at=MONDAY) == {}, "chosen after the month began"
    assert send_due(at=FIRST) == {"sent": 1}
    assert box.mails[0]["Subject"] == "Your month in figures, 1 Nov to 30 Nov 2026: $700 won"
    assert "beside 1 Oct to 31 Oct 2026" in text(box)


def test_a_late_start_makes_up_for_some_days_only(rick: Actor, box: Box) -> None:
    choose(rick, "monthly")
    assert send_due(at=FIRST + timedelta(days=9)) == {}
    assert send_due(at=FIRST + timedelta(days=3)) == {"sent": 1}


def test_it_comes_beside_the_daily_mail(rick: Actor, box: Box) -> None:
    choose(rick, "weekly")
    do("saveDigest", rick, isOn=True)
    assert send_due(at=MONDAY) == {"nothing": 1, "sent": 1}
    assert set(Digest.objects.values_list("kind", "state")) == {("daily", "nothing"), ("analytics", "sent")}


def test_who_switches_it_off_or_is_gone_gets_none(rick: Actor, box: Box) -> None:
    choose(rick, "weekly")
    choose(rick, "off")
    assert send_due(at=MONDAY) == {}
    choose(rick, "weekly")
    User.objects.filter(pk=rick.user_id).update(is_active=False)
    assert send_due(at=MONDAY) == {}


def test_a_choice_is_read_saved_undone_and_not_overwritten(rick: Actor) -> None:
    before = do("getAnalyticsMail", rick)
    assert (before.rhythm, before.whose, before.hour, before.version) == ("off", "all", 7, 1)
    reply = dispatch("saveAnalyticsMail", {"rhythm": "weekly", "version": 1}, actor=rick, at=CHOSEN, door="http")
    assert reply.payload.rhythm == "weekly"
    with pytest.raises(StaleVersion):
        do("saveAnalyticsMail", rick, rhythm="monthly", version=1)
    do("undoAction", rick, undoId=reply.undo_id)
    assert do("getAnalyticsMail", rick).rhythm == "off"
    with pytest.raises(Forbidden):
        do("saveAnalyticsMail", SYSTEM, rhythm="weekly")
