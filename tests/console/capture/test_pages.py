"""The capture panel's pages: the form, the queue, a lead, events with their codes, routing."""

from __future__ import annotations

import base64
import gzip
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client, override_settings

from headhaul.actions import dispatch
from headhaul.capture.models import CaptureEvent, Lead, OutOfOffice, RoutingVersion
from headhaul.console.capture import sealing
from headhaul.kernel import Actor, Door
from tests.cast import actor_named, user_named
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db
WORDING = "Acme may write, text and call."


def do(action: str, by: Actor, /, **data: Any) -> Any:
    return dispatch(action, data, actor=by, at=datetime.now(UTC), door=Door.HTTP).payload


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def fair(max_: Actor) -> CaptureEvent:
    made = do("saveCaptureEvent", max_, name="Big Fair", state="TX", consentWording=WORDING, formIsOpen=True)
    return CaptureEvent.objects.get(pk=made.id)


def a_lead(by: Actor, event: CaptureEvent, **given: Any) -> Lead:
    given = {"company": "Lone Hauler", "contactName": "Dana Ruiz", "phones": ["(512) 555-0199"]} | given
    taken = do("captureLead", by, clientId=str(uuid.uuid4()), eventId=event.pk, **given)
    return Lead.objects.get(pk=taken.lead_id)


def test_nobody_sees_the_panel_without_signing_in() -> None:
    for path in ("/capture/", "/capture/events/", "/capture/routing/", "/leads/", "/leads/1/", "/leads/away"):
        assert Client().get(path).headers["Location"].startswith("/auth/login/")
    for path in ("/capture/state", "/capture/look?dot=101", "/capture/extract/1"):
        assert Client().get(path).status_code == 401
    assert Client().post("/capture/leads", "{}", content_type="application/json").status_code == 401


def test_the_form_works_without_scripts(signed_in: SignedIn, fair: CaptureEvent, rosa: Actor) -> None:
    client = signed_in("rosa")
    assert "Big Fair" in text(client.get("/capture/"))
    sent = {
        "eventId": str(fair.pk),
        "company": "Prairie Freight",
        "contactName": "Dana Ruiz",
        "phone": "(512) 555-0199",
        "email": "dana@example.com",
        "tags": "reefer, urgent,",
        "note": "Wants ten drivers",
        "agreed_email": "1",
        "followUp": "3",
    }
    page = text(client.post("/capture/", sent))
    assert "Saved." in page
    lead = Lead.objects.get()
    assert (lead.event_id, lead.note, lead.tags) == (fair.pk, "Wants ten drivers", ["reefer", "urgent"])
    assert lead.consent["channels"] == ["email"]
    assert lead.consent["wording"] == WORDING
    assert lead.captured_by_id == rosa.user_id


def test_what_cannot_be_taken_stays_in_the_form(signed_in: SignedIn, fair: CaptureEvent) -> None:
    page = text(signed_in("rosa").post("/capture/", {"eventId": str(fair.pk), "note": "Only a note"}), 422)
    assert "Only a note" in page
    assert 'data-tone="bad"' in page
    assert not Lead.objects.exists()


def test_a_script_in_a_field_is_only_text(signed_in: SignedIn, fair: CaptureEvent, rosa: Actor) -> None:
    bad = "<script>alert(1)</script>"
    lead = a_lead(rosa, fair, company=f"Evil {bad}", contactName=bad, note=bad)
    client = signed_in("rosa")
    for path in ("/leads/", f"/leads/{lead.pk}/"):
        page = client.get(path).content.decode()
        assert bad not in page
        assert "&lt;script&gt;" in page


def test_the_device_is_told_who_it_is_and_gets_its_secret_alone(signed_in: SignedIn) -> None:
    first = signed_in("rosa").get("/capture/state")
    said, other = first.json(), signed_in("max").get("/capture/state").json()
    assert first.headers["Cache-Control"] == "no-store"
    assert said["user"]["name"] == "Rosa"
    assert said["keys"] != other["keys"]
    assert said["keys"] == signed_in("rosa").get("/capture/state").json()["keys"]
    assert Client().get("/capture/state").content == b'{"message": "Sign in first."}'


def test_former_secrets_still_open_what_they_sealed() -> None:
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        (old,) = sealing.secrets_of(7)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        new, kept = sealing.secrets_of(7)
    assert kept == old
    assert new.id != old.id


def test_a_pair_is_two_halves_of_one_key_and_always_the_same() -> None:
    (secret, *_), (again, *_), (other, *_) = (sealing.secrets_of(user) for user in (7, 7, 8))
    pair = secret.pair
    numbers = {name: int.from_bytes(base64.urlsafe_b64decode(pair[name] + "=")) for name in ("x", "y", "d")}
    open_half = ec.derive_private_key(numbers["d"], ec.SECP256R1()).public_key().public_numbers()
    assert (open_half.x, open_half.y) == (numbers["x"], numbers["y"])
    assert pair == again.pair != other.pair


def test_leads_of_somebody_who_is_no_longer_signed_in_are_not_taken_for_another(
    signed_in: SignedIn, fair: CaptureEvent, rosa: Actor
) -> None:
    lead = {"clientId": str(uuid.uuid4()), "eventId": fair.pk, "company": "Rosa's Hauler"}
    sent = json.dumps({"userId": rosa.user_id, "items": [lead]})
    answer = signed_in("max").post("/capture/leads", sent, content_type="application/json")
    assert answer.status_code == 409
    assert not Lead.objects.exists()
    assert signed_in("rosa").post("/capture/leads", sent, content_type="application/json").status_code == 200
    assert Lead.objects.get().captured_by_id == rosa.user_id


def test_leads_that_waited_are_taken_one_by_one_and_only_once(signed_in: SignedIn, fair: CaptureEvent) -> None:
    client, ahead = signed_in("rosa"), timedelta(hours=3)
    now = datetime.now(UTC)
    good = {
        "clientId": str(uuid.uuid4()),
        "eventId": fair.pk,
        "company": "Late Hauler",
        "capturedAt": (now + ahead - timedelta(minutes=40)).isoformat(),
        "wasOffline": True,
    }
    bad = {"clientId": str(uuid.uuid4()), "eventId": fair.pk, "note": "nobody"}
    sent = json.dumps({"deviceNow": (now + ahead).isoformat(), "items": [good, bad]})
    for _ in range(2):
        answer = client.post("/capture/leads", sent, content_type="application/json")
        first, second = answer.json()["items"]
        assert first["lead"]["leadId"] == Lead.objects.get().pk
        assert second["lead"] is None
        assert second["reason"]
    lead = Lead.objects.get()
    assert abs(lead.captured_at - (now - timedelta(minutes=40))) < timedelta(seconds=30)
    assert (lead.door, lead.clock_note != "") == ("offline", True)


@pytest.mark.parametrize("body", ["", "[", "[]", "{}", '{"items": []}', '{"items": "x"}'])
def test_what_is_no_batch_is_refused_in_words(signed_in: SignedIn, body: str) -> None:
    answer = signed_in("rosa").post("/capture/leads", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_a_viewer_takes_nothing(signed_in: SignedIn, fair: CaptureEvent) -> None:
    client = signed_in("vera")
    sent = json.dumps({"items": [{"clientId": str(uuid.uuid4()), "company": "X"}]})
    assert client.post("/capture/leads", sent, content_type="application/json").status_code == 403
    assert client.get(f"/capture/extract/{fair.pk}").status_code == 403
    assert client.post("/capture/", {"company": "X"}).status_code == 403
    assert "Take" not in text(client.get("/leads/"))


@pytest.mark.usefixtures("small_market")
def test_the_extract_is_packed_and_a_number_is_looked_up(signed_in: SignedIn, fair: CaptureEvent) -> None:
    client = signed_in("rosa")
    answer = client.get(f"/capture/extract/{fair.pk}", headers={"accept-encoding": "gzip"})
    body = gzip.decompress(answer.content) if answer.headers.get("Content-Encoding") == "gzip" else answer.content
    extract = json.loads(body)
    dots = [row[extract["columns"].index("dotNumber")] for row in extract["rows"]]
    assert 101 in dots
    found = client.get("/capture/look?dot=102").json()["found"]
    assert (found["name"], found["state"], found["score"]) == ("PRAIRIE FREIGHT INC", "OK", 56)
    assert client.get("/capture/look?dot=99999999").json() == {"found": None}
    assert client.get("/capture/look?dot=x").json() == {"found": None}


def test_the_worker_knows_every_file_and_reaches_only_its_own_page(signed_in: SignedIn) -> None:
    worker = Client().get("/capture/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in worker.headers
    assert "'unsafe-inline'" not in worker.headers["Content-Security-Policy"]
    files = json.loads(re.search(r"const SHELL = (\[.*\]);", worker.content.decode())[1])  # type: ignore[index]
    page = signed_in("rosa").get("/capture/").content.decode()
    for asked in re.findall(r'(?:src|href)="(/static/[^"#]+)', page):
        assert asked in files
    said = Client().get("/capture/manifest.webmanifest").json()
    assert (said["start_url"], said["display"]) == ("/capture/", "standalone")


def test_the_queue_is_filtered_by_its_address(signed_in: SignedIn, fair: CaptureEvent, rosa: Actor) -> None:
    lead = a_lead(rosa, fair)
    client = signed_in("rosa")
    assert "Dana Ruiz" in text(client.get("/leads/"))
    assert "Dana Ruiz" in text(client.get(f"/leads/?eventId={fair.pk}&which=mine"))
    assert "Dana Ruiz" not in text(client.get("/leads/?status=disqualified"))
    assert "Dana Ruiz" not in text(client.get("/leads/?grade=hot"))
    assert client.get("/leads/?grade=lukewarm").status_code == 422
    rows = text(client.get("/leads/", headers={"hx-request": "true"}))
    assert f'data-key="{lead.pk}"' in rows
    assert "<html" not in rows


def test_a_lead_is_taken_worked_noted_disqualified_and_opened_again(
    signed_in: SignedIn, fair: CaptureEvent, rosa: Actor, max_: Actor
) -> None:
    lead = a_lead(rosa, fair)
    client = signed_in("max")
    there = f"/leads/{lead.pk}/"
    page = text(client.get(there))
    assert "Why this score" in page
    assert "(512) 555-0199" in page
    assert client.post(f"{there}owner?back=/leads/", {"owner": "me"}).headers["Location"] == "/leads/"
    assert client.post(f"{there}status", {"status": "working"}).headers["Location"] == there
    version = Lead.objects.get().version
    assert client.post(f"{there}note", {"note": "Called", "tags": "a, b", "version": version}).status_code == 302
    lead.refresh_from_db()
    assert (lead.owner_id, lead.status, lead.note, lead.tags) == (max_.user_id, "working", "Called", ["a", "b"])
    assert client.post(f"{there}note", {"note": "x", "tags": "", "version": 1}).status_code == 409
    assert client.post(f"{there}disqualification", {"reason": ""}).status_code == 422
    assert client.post(f"{there}disqualification", {"reason": "Sold the trucks"}).status_code == 302
    assert "Sold the trucks" in text(client.get(there))
    client.post(f"{there}reopening")
    lead.refresh_from_db()
    assert lead.status in ("new", "working")
    assert client.get("/leads/999999/").status_code == 404


def test_a_manager_makes_and_changes_an_event_and_prints_its_codes(signed_in: SignedIn, max_: Actor) -> None:
    client = signed_in("max")
    sent = {"name": "Truck Days", "kind": "job_fair", "state": "KY", "starts_on": "2026-12-01", "ends_on": "2026-12-03"}
    sent |= {"consent_wording": WORDING, "follow_up_days": "1", "is_active": "1"}
    answer = client.post("/capture/events/new", sent)
    event = CaptureEvent.objects.get()
    assert answer.headers["Location"] == f"/capture/events/{event.pk}/"
    assert (event.kind, event.follow_up_days, event.form_is_open) == ("job_fair", 1, False)
    there = f"/capture/events/{event.pk}/"
    changed = sent | {"version": "1", "form_is_open": "1", "ends_on": "", "state": ""}
    assert client.post(there, changed).status_code == 302
    event.refresh_from_db()
    assert (event.form_is_open, event.ends_on, event.state) == (True, None, "")
    assert client.post(there, changed).status_code == 409
    page = text(client.post(there, changed | {"version": "2", "ends_on": "2026-11-01"}), 422)
    assert "Truck Days" in page
    assert event.form_sites is None
    wrong = changed | {"version": "2", "sites_are": "own", "sites": "https://a.example\nb.example"}
    page = text(client.post(there, wrong), 422)
    assert "Each is https:// and a host" in page
    assert "b.example</textarea>" in page
    assert client.post(there, wrong | {"sites": "https://a.example, https://b.example"}).status_code == 302
    event.refresh_from_db()
    assert event.form_sites == ["https://a.example", "https://b.example"]
    assert "It may be shown by https://a.example, https://b.example." in text(client.get(f"{there}codes"))
    assert client.post(there, wrong | {"version": "3", "sites_are": "none"}).status_code == 302
    event.refresh_from_db()
    assert event.form_sites == []
    codes = text(client.get(f"{there}codes"))
    assert "No other site may show it now." in codes
    assert f"/f/{event.public_key}/" in codes
    assert f"?r={max_.user_id}" not in codes  # it is in the picture alone
    assert codes.count('class="qr"') == 2
    assert "&lt;iframe src=" in codes
    old = event.public_key
    client.post(f"{there}key")
    event.refresh_from_db()
    assert event.public_key != old
    assert "Truck Days" in text(client.get("/capture/events/"))
    assert client.get("/capture/events/999999/").status_code == 404


def test_of_many_events_those_of_now_stand_first_and_every_other_can_be_found(signed_in: SignedIn, max_: Actor) -> None:
    today = datetime.now(UTC).date()
    for number in range(120):
        day = today + timedelta(days=number + 2)
        do("saveCaptureEvent", max_, name=f"Fair {number:03}", startsOn=day.isoformat(), endsOn=day.isoformat())
    all_year = do("saveCaptureEvent", max_, name="Referrals")  # without dates: the last of all by the day it began
    first = CaptureEvent.objects.get(name="Fair 000")
    client = signed_in("rosa")
    page = text(client.get("/capture/"))
    assert f'<option value="{all_year.id}" data-wording="" data-days="2" selected>Referrals' in page
    assert page.index("Referrals") < page.index("Fair 119")
    assert "Fair 000" not in page
    assert "Another event" in page
    assert "Fair 000" in text(client.get(f"/capture/?event={first.pk}"))
    found = client.get("/capture/find?q=fair 00").json()
    assert {each["name"] for each in found["items"]} == {f"Fair {n:03}" for n in range(120) if "00" in f"{n:03}"}
    assert "Fair 000" in text(client.get("/capture/events/?search=fair 000"))
    assert "No event has that" in text(client.get("/capture/events/?search=nothing"))
    assert Client().get("/capture/find?q=fair").status_code == 401


def test_an_event_without_a_place_takes_no_carriers_along_and_that_is_no_fault(
    signed_in: SignedIn, max_: Actor
) -> None:
    nowhere = do("saveCaptureEvent", max_, name="Referrals")
    assert signed_in("rosa").get(f"/capture/extract/{nowhere.id}").status_code == 204


def test_a_closed_event_cannot_be_chosen(signed_in: SignedIn, fair: CaptureEvent, max_: Actor) -> None:
    do("saveCaptureEvent", max_, name="Another")
    do("saveCaptureEvent", max_, eventId=fair.pk, version=1, isActive=False)
    assert "Big Fair" not in text(signed_in("rosa").get(f"/capture/?event={fair.pk}"))


def test_a_rep_reads_events_and_changes_none(signed_in: SignedIn, fair: CaptureEvent) -> None:
    client = signed_in("rosa")
    assert WORDING in text(client.get(f"/capture/events/{fair.pk}/"))
    assert "New event" not in text(client.get("/capture/events/"))
    assert client.post(f"/capture/events/{fair.pk}/", {"name": "Mine"}).status_code == 403
    assert client.get("/capture/routing/").status_code == 403


def test_a_source_is_added_and_renamed(signed_in: SignedIn, max_: Actor) -> None:
    client = signed_in("max")
    sent = {"key": "radio_spot", "name": "Radio", "medium": "radio", "quality": "40"}
    assert client.post("/capture/sources/", sent).status_code == 302
    assert "Radio" in text(client.get("/capture/sources/"))
    renamed = sent | {"name": "Radio and podcasts", "version": "1", "isActive": "1"}
    assert client.post("/capture/sources/", renamed).status_code == 302
    assert "Radio and podcasts" in text(client.get("/capture/sources/"))
    assert client.post("/capture/sources/", renamed).status_code == 409
    assert "Radio" in text(client.post("/capture/sources/", {"key": "Bad Key"}), 422)


def test_rules_are_written_tried_and_saved(signed_in: SignedIn, fair: CaptureEvent, rosa: Actor, max_: Actor) -> None:
    a_lead(rosa, fair, state="TX")
    client = signed_in("max")
    assert "There is no rule yet" in text(client.get("/capture/routing/"))
    more = text(client.post("/capture/routing/", {"do": "add", "count": "0", "version": "0"}))
    assert 'name="name-0"' in more
    rules = {"count": "1", "version": "0", "key-0": "", "name-0": "Texas", "states-0": "tx", "isActive-0": "1"}
    rules |= {"takers-0": [str(max_.user_id)], "perDay-0": "5", "mostOpen-0": ""}
    page = text(client.post("/capture/routing/", rules | {"do": "try"}))
    assert "What these rules would have done" in page
    assert not RoutingVersion.objects.exists()
    assert client.post("/capture/routing/", rules | {"do": "save"}).status_code == 302
    (rule,) = RoutingVersion.objects.get().rules
    assert (rule["key"], rule["states"], rule["takers"][0]["userId"]) == ("texas", ["TX"], max_.user_id)
    assert "Texas" in text(client.get("/capture/routing/"))
    nobody = rules | {"takers-0": [], "version": "1", "key-0": "texas"}
    assert "Texas" in text(client.post("/capture/routing/", nobody), 422)


def test_a_rep_says_when_they_are_away(signed_in: SignedIn, rosa: Actor) -> None:
    client, other = signed_in("rosa"), actor_named("max")
    day = datetime.now(UTC).date()
    sent = {"from": str(day), "to": str(day + timedelta(days=7)), "stand_in": str(other.user_id)}
    assert client.post("/leads/away", sent).status_code == 302
    page = text(client.get("/leads/away"))
    assert "Max stands in" in page
    assert client.post("/leads/away", {"remove": str(OutOfOffice.objects.get().pk)}).status_code == 302
    assert not OutOfOffice.objects.exists()
    assert user_named("rosa").is_active
