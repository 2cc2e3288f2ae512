"""The public form: without scripts, cookies or sign-in; what machines send is held back; who may show it in a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from headhaul.actions import dispatch
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.preferences import PublicForms
from headhaul.capture.services import tickets
from headhaul.kernel import SYSTEM, Actor, Door, InvalidData
from headhaul.preferences.services import values

pytestmark = pytest.mark.django_db
WORDING = "I agree that Acme may reach me by the ways I ticked."
FILLED = {
    "name": "Dana Ruiz",
    "company": "Lone Star Reefer",
    "phone": "(512) 555-0199",
    "email": "dana@lonestar.example",
    "message": "Ten reefer drivers",
    "agreesEmail": "1",
}


def do(action: str, by: Actor, /, **data: Any) -> Any:
    return dispatch(action, data, actor=by, at=datetime.now(UTC), door=Door.HTTP).payload


@pytest.fixture
def event(max_: Actor) -> CaptureEvent:
    made = do("saveCaptureEvent", max_, name="Big Fair", consentWording=WORDING, formIsOpen=True)
    return CaptureEvent.objects.get(pk=made.id)


def opened(event: CaptureEvent, query: str = "") -> dict[str, str]:
    """The hidden fields of a page that was opened a while ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=2), tick=False):
        page = Client().get(f"/f/{event.public_key}/{query}").content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_a_form_is_filled_in_and_is_a_lead(event: CaptureEvent) -> None:
    browser = Client()
    page = browser.get(f"/f/{event.public_key}/")
    text = page.content.decode()
    assert WORDING in text
    assert "<script" not in text
    assert not browser.cookies
    answer = browser.post(f"/f/{event.public_key}/", FILLED | opened(event))
    assert answer.headers["Location"] == f"/f/{event.public_key}/thanks"
    assert "It has arrived" in browser.get(answer.headers["Location"]).content.decode()
    lead = Lead.objects.get()
    assert (lead.door, lead.event_id, lead.is_spam) == ("form", event.pk, False)
    assert lead.consent["channels"] == ["email"]
    assert (lead.consent["wording"], lead.consent["isWritten"]) == (WORDING, True)
    assert not browser.cookies


def test_the_same_page_sent_twice_is_one_lead(event: CaptureEvent) -> None:
    sent = FILLED | opened(event)
    for _ in range(2):
        assert Client().post(f"/f/{event.public_key}/", sent).status_code == 302
    assert Lead.objects.count() == 1


def test_by_the_code_of_a_rep_it_is_known_to_be_theirs(event: CaptureEvent, rosa: Actor) -> None:
    assert rosa.user_id is not None
    hidden = opened(event, f"?r={tickets.code_of_rep(rosa.user_id)}")
    Client().post(f"/f/{event.public_key}/", FILLED | hidden)
    assert Lead.objects.get().owner_id == rosa.user_id


@pytest.mark.parametrize("code", ["1-0000000000", "<script>", "x" * 500, "7"])
def test_a_code_of_nobody_does_not_stand_in_the_way(event: CaptureEvent, code: str) -> None:
    hidden = opened(event) | {"rep": code[:600]}
    assert Client().post(f"/f/{event.public_key}/", FILLED | hidden).status_code in (302, 422)
    assert not Lead.objects.filter(captured_by__isnull=False).exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phone": "", "email": ""}, "phone"),
        ({"dotNumber": "abc"}, "dotNumber"),
        ({"fleetSize": "many"}, "fleetSize"),
        ({"name": "x" * 300}, "name"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(
    event: CaptureEvent, changed: dict[str, str], field: str
) -> None:
    answer = Client().post(f"/f/{event.public_key}/", FILLED | opened(event) | changed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="form-{field}-note"' in text
    assert "Ten reefer drivers" in text
    assert 'name="agreesEmail" value="1" checked' in text
    assert not Lead.objects.exists()


@pytest.mark.parametrize("trap", [{"website": "https://spam.example"}, {"ticket": ""}, {"ticket": "forged"}])
def test_what_a_machine_sends_is_thanked_for_and_held_back(event: CaptureEvent, trap: dict[str, str]) -> None:
    answer = Client().post(f"/f/{event.public_key}/", FILLED | opened(event) | trap)
    assert answer.status_code == 302
    assert Lead.objects.get().is_spam


def test_a_flood_from_one_place_is_slowed_down_in_words(event: CaptureEvent) -> None:
    values.save(section=PublicForms, values={"suspiciousAnHour": 0}, expected_version=0, by=SYSTEM, at=timezone.now())
    with time_machine.travel(timezone.now().replace(minute=30), tick=False):  # all of it within one hour
        for number in range(14):
            sent = FILLED | opened(event) | {"email": f"d{number}@lonestar.example", "name": f"Dana {number}"}
            answer = Client().post(f"/f/{event.public_key}/", sent)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please try again" in answer.content.decode()


def test_a_closed_form_says_so_and_takes_nothing(event: CaptureEvent, max_: Actor) -> None:
    hidden = opened(event)
    do("saveCaptureEvent", max_, eventId=event.pk, version=1, formIsOpen=False)
    for answer in (
        Client().get(f"/f/{event.public_key}/"),
        Client().post(f"/f/{event.public_key}/", FILLED | hidden),
        Client().get("/f/no-such-key/"),
    ):
        assert answer.status_code == 404
        assert "This form is closed" in answer.content.decode()
    assert not Lead.objects.exists()


def test_a_script_in_a_field_comes_back_as_text(event: CaptureEvent) -> None:
    bad = '"><script>alert(1)</script>'
    sent = FILLED | opened(event) | {"name": bad, "message": bad, "dotNumber": "no"}
    text = Client().post(f"/f/{event.public_key}/", sent).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_only_named_sites_may_show_it_and_only_the_form(event: CaptureEvent, ada: Actor) -> None:
    place = f"/f/{event.public_key}/?embed=1"
    before = Client().get(place)
    assert "frame-ancestors 'none'" in before.headers["Content-Security-Policy"]
    settings = do("getSettings", ada)
    version = next(each.version for each in settings.sections if each.section == "form_frames")
    do(
        "saveSettings",
        ada,
        section="form_frames",
        expectedVersion=version,
        values={"sites": ["https://www.acme.example", "https://*.acme.example"]},
    )
    after = Client().get(place)
    policy = after.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://www.acme.example https://*.acme.example" in policy
    assert "script-src 'self'" in policy
    assert "X-Frame-Options" not in after.headers
    assert 'class="embedded"' in after.content.decode()
    assert "frame-ancestors 'none'" in Client().get("/auth/login/").headers["Content-Security-Policy"]
    thanked = Client().get(f"/f/{event.public_key}/thanks?embed=1")
    assert "https://www.acme.example" in thanked.headers["Content-Security-Policy"]
    sent = Client().post(place, FILLED | opened(event, "?embed=1"))
    assert sent.headers["Location"].endswith("/thanks?embed=1")


def ancestors(path: str) -> str:
    """Who may show the page within theirs, as the browser is told."""
    policy = Client().get(path).headers["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors")).partition(" ")[2]


def test_an_event_with_sites_of_its_own_goes_by_these_alone(event: CaptureEvent, ada: Actor, max_: Actor) -> None:
    place = f"/f/{event.public_key}/?embed=1"
    general = {"sites": ["https://www.acme.example"]}
    do("saveSettings", ada, section="form_frames", expectedVersion=0, values=general)
    other = do("saveCaptureEvent", max_, name="Other", formIsOpen=True, formSites=["https://Partner.example:8443"])
    assert other.form_sites == ["https://partner.example:8443"]
    assert ancestors(place) == "'self' https://www.acme.example"
    assert ancestors(f"/f/{other.public_key}/") == "'self' https://partner.example:8443"
    assert ancestors(f"/f/{other.public_key}/thanks") == "'self' https://partner.example:8443"
    do("saveCaptureEvent", max_, eventId=event.pk, version=1, formSites=[])
    assert ancestors(place) == "'none'"
    do("saveCaptureEvent", max_, eventId=event.pk, version=2, formSites=None)
    assert ancestors(place) == "'self' https://www.acme.example"


@pytest.mark.parametrize(
    "site",
    ["http://acme.example", "https://acme.example/form", "*", "https://a.example; script-src *", "https://", "data:"],
)
def test_what_is_no_site_is_refused(event: CaptureEvent, max_: Actor, site: str) -> None:
    with pytest.raises(InvalidData):
        do("saveCaptureEvent", max_, eventId=event.pk, version=1, formSites=[site])


def test_taking_back_the_sites_of_an_event_brings_the_former_ones(event: CaptureEvent, max_: Actor) -> None:
    data = {"eventId": event.pk, "version": 1, "formSites": ["https://a.example"]}
    reply = dispatch("saveCaptureEvent", data, actor=max_, at=datetime.now(UTC), door=Door.HTTP)
    dispatch("undoAction", {"undoId": reply.undo_id}, actor=max_, at=datetime.now(UTC), door=Door.HTTP)
    event.refresh_from_db()
    assert event.form_sites is None
