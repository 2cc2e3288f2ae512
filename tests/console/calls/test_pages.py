"""The calls panel: take, dial, say how it went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Contact
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor
from headhaul.outreach.models import Call, CallCampaign, CallTarget
from tests.cast import user_named
from tests.outreach.calls.doing import campaign_of, do, someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon_in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The hour where the number is counts as well; the database's clock does not travel along."""
    monkeypatch.setattr(preflight.known, "clock_skew", lambda: 0.0)
    with time_machine.travel(datetime(2026, 11, 18, 17, tzinfo=UTC), tick=True):
        yield


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


def test_a_campaign_shows_its_people_by_state_and_lets_the_untouched_go(
    manager: Client, rep: Client, max_: Actor
) -> None:
    people = [at_hour(12) for _ in range(27)]
    key = campaign_of(max_, *people)
    CallTarget.objects.filter(contact=people[0]).update(
        state="callback", last_disposition="callback", tries=1, due_at=timezone.now() + timedelta(days=2)
    )
    here = f"/calls/campaigns/{key}/"
    page = text(manager.get(here))
    assert page.count("<tr data-row") == 25
    more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
    assert more
    rest = text(manager.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}))
    assert rest.count("<tr data-row") == 2
    back = text(manager.get(f"{here}?state=callback"))
    assert people[0].name in back
    assert back.count("<tr data-row") == 1
    assert 'name="contactId"' not in back  # has been tried
    answer = manager.post(f"{here}targets/removal", {"contactId": [people[0].pk, people[1].pk], "back": "state=queued"})
    assert answer["Location"] == f"{here}?state=queued"
    assert set(CallTarget.objects.values_list("contact_id", flat=True)) == {each.pk for each in people} - {people[1].pk}
    assert 'name="contactId"' not in text(rep.get(here))
    assert rep.post(f"{here}targets/removal", {"contactId": [people[2].pk]}).status_code == 403
    assert manager.post(f"{here}removal").status_code == 409


def test_an_unused_campaign_is_removed(manager: Client, max_: Actor) -> None:
    key = campaign_of(max_)
    page = text(manager.get(f"/calls/campaigns/{key}/"))
    assert f'formaction="/calls/campaigns/{key}/removal"' in page
    assert manager.post(f"/calls/campaigns/{key}/removal")["Location"] == "/calls/campaigns/"
    assert not CallCampaign.objects.exists()


def test_the_queue_goes_on_behind_its_first_page(rep: Client, max_: Actor) -> None:
    campaign_of(max_, *[at_hour(12) for _ in range(30)])
    page = text(rep.get("/calls/"))
    link = re.search(r'href="([^"]*cursor=[^"]*)">Next page', page)
    assert link
    after = text(rep.get("/calls/" + link[1].replace("&amp;", "&").removeprefix("/calls/")))
    names = [set(re.findall(r'<span class="strong">([^<]+)</span>', each)) for each in (page, after)]
    assert after.count("<tr data-row") == 5
    assert "Next page" not in after
    assert not names[0] & names[1]


def test_a_transcript_is_shown_with_the_call_and_on_the_timeline(rep: Client, max_: Actor, rosa: Actor) -> None:
    who = someone()
    campaign_of(max_, who)
    target = CallTarget.objects.get().pk
    do("takeCall", rosa, targetId=target)
    begun = do("startCall", rosa, targetId=target)
    said = "We need three reefer drivers."
    do("logCallOutcome", rosa, callId=begun.call_id, disposition="connected", transcript=said)
    assert said in text(rep.get("/calls/made"))
    timeline = text(rep.get(f"/timeline?account={who.account_id}"))
    assert "<summary>Transcript</summary>" in timeline
    assert said in timeline
