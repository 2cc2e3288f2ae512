"""The calls panel: take, dial, say how it went."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor
from headhaul.outreach.models import Call, CallCampaign, CallTarget
from tests.cast import user_named
from tests.outreach.calls.doing import campaign_of, do, someone

pytestmark = pytest.mark.django_db


def at_hour(hour: int) -> Contact:
    """Somebody in Ohio's law on whose clock it is about that hour now."""
    ahead = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return someone(zone=f"Etc/GMT{-ahead:+d}" if ahead else "UTC", state="OH", area="614")


@pytest.fixture
def rep(rosa: Actor) -> Client:
    client = Client()
    client.force_login(user_named("rosa"))
    return client


@pytest.fixture
def manager(max_: Actor) -> Client:
    client = Client()
    client.force_login(user_named("max"))
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_call_goes_from_the_queue_to_its_outcome(rep: Client, max_: Actor) -> None:
    campaign_of(max_, at_hour(12))
    assert "May be called now" in text(rep.get("/calls/"))
    card = rep.post("/calls/next", follow=True)
    assert "Call now" in text(card)
    target = CallTarget.objects.get().pk
    page = text(rep.post(f"/calls/targets/{target}/call", follow=True))
    assert "tel:+1" in page
    assert "How did it go?" in page
    call = Call.objects.get()
    answer = rep.post(
        f"/calls/{call.pk}/outcome",
        {
            "disposition": "callback",
            "callbackLocal": f"{timezone.now() + timedelta(days=7):%Y-%m-%d}T12:00",
            "notes": "Likes mornings",
            "minutes": "3",
        },
    )
    assert answer.status_code == 302
    call.refresh_from_db()
    assert (call.disposition, call.seconds, call.notes) == ("callback", 180, "Likes mornings")
    assert "Likes mornings" in text(rep.get("/calls/made"))
    assert "Likes mornings" in text(rep.get(f"/calls/targets/{target}/"))


def test_at_night_the_rule_and_the_next_time_are_said(rep: Client, max_: Actor) -> None:
    campaign_of(max_, at_hour(3))
    page = text(rep.get("/calls/"))
    assert "Nobody may be called now" in page
    assert "Federal law allows calls only" in page
    target = CallTarget.objects.get().pk
    assert "Possible from" in text(rep.get(f"/calls/targets/{target}/"))
    assert rep.post(f"/calls/targets/{target}/taking").status_code == 451
    assert rep.post("/calls/next").status_code == 302


def test_a_manager_writes_a_campaign_and_fills_it(manager: Client, max_: Actor) -> None:
    at_hour(12)
    view = do("saveView", max_, entity="contacts", name="Everybody", filters={})
    answer = manager.post(
        "/calls/campaigns/new", {"name": "Reefers", "script": "Hello", "tries": "2", "hoursBetween": "4"}
    )
    campaign = CallCampaign.objects.get()
    assert answer.headers["Location"] == f"/calls/campaigns/{campaign.pk}/"
    manager.post(f"/calls/campaigns/{campaign.pk}/state", {"state": "active"})
    page = text(manager.post(f"/calls/campaigns/{campaign.pk}/targets", {"viewId": view.id}))
    assert "1 person added" in page
    again = text(manager.post(f"/calls/campaigns/{campaign.pk}/targets", {"viewId": view.id}))
    assert "Is in this campaign already." in again
    assert manager.post(f"/calls/campaigns/{campaign.pk}/", {"name": "", "version": "2"}).status_code in (302, 422)
    stale = manager.post(f"/calls/campaigns/{campaign.pk}/", {"name": "Reefers", "version": "1", "script": "New"})
    assert stale.status_code == 409
    assert "was changed meanwhile" in stale.content.decode()
    assert "Reefers" in text(manager.get("/calls/campaigns/"))


def test_a_viewer_sees_the_queue_and_takes_nothing(vera: Actor, max_: Actor) -> None:
    client = Client()
    client.force_login(user_named("vera"))
    campaign_of(max_, at_hour(12))
    page = text(client.get("/calls/"))
    assert "May be called now" in page
    assert ">Take<" not in page
    assert client.post("/calls/next").status_code == 403
