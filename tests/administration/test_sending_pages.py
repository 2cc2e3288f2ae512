"""The pages of sending: stops, denials, proofs, other rules and the law, for whom they should be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from headhaul.compliance.models import EmergencyBan, Receipt, SendingHold, Suppression
from headhaul.compliance.services import preflight, sealing
from headhaul.kernel import Recipient
from tests.administration.forms import form_on
from tests.cast import user_named

pytestmark = pytest.mark.django_db

JOE = "joe@fleet.example"
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
FOR = {"/admin/sending/": "vera", "/admin/sending/rules/": "vera", "/admin/sending/denials/": "rosa",
       "/admin/sending/proofs/": "max", "/admin/sending/replay/": "max"}  # fmt: skip


def browser(name: str) -> Client:
    client = Client()
    client.force_login(user_named(name))
    return client


@pytest.fixture
def receipt() -> int:
    mail = Recipient(
        "email", "joe@fleet.example", contact_id=1, zones=("America/Chicago",), states=("TX",), country="US"
    )
    return preflight.admit(mail, at=NOON).receipt_id


@pytest.mark.parametrize(("path", "name"), FOR.items())
def test_whoever_may_sees_the_page(path: str, name: str) -> None:
    assert browser(name).get(path).status_code == 200


def test_reps_see_no_proofs() -> None:
    assert browser("rosa").get("/admin/sending/proofs/").status_code == 403


def test_a_manager_stops_everything_and_lets_it_go_on() -> None:
    manager = browser("max")
    assert manager.post("/admin/sending/", {"scope": "all", "key": "", "reason": ""}).status_code == 422
    assert manager.post("/admin/sending/", {"scope": "all", "key": "", "reason": "A complaint"}).status_code == 302
    assert "A complaint" in manager.get("/admin/sending/").content.decode()
    hold = SendingHold.objects.get()
    assert manager.post(f"/admin/sending/stops/{hold.pk}/lift").status_code == 302
    assert "Nothing is stopped" in manager.get("/admin/sending/").content.decode()


def test_a_denial_is_added_by_a_rep_and_lifted_by_an_administrator() -> None:
    rep, admin = browser("rosa"), browser("ada")
    given = {"scope": "address", "key": "nobody", "channel": "all", "reason": "dnc_request", "source": "call"}
    assert rep.post("/admin/sending/denials/", given).status_code == 422
    assert rep.post("/admin/sending/denials/", {**given, "key": "joe@fleet.example"}).status_code == 302
    page = rep.get("/admin/sending/denials/?search=joe@fleet.example").content.decode()
    assert "joe@fleet.example" in page
    row = Suppression.objects.get()
    where = f"/admin/sending/denials/{row.pk}/lift"
    assert where not in page
    assert where in admin.get("/admin/sending/denials/").content.decode()
    assert admin.get(where).status_code == 200
    assert admin.post(where, {"why": "They asked", "evidence": ""}).status_code == 422
    assert admin.post(where, {"why": "They asked", "evidence": "letter"}).status_code == 302
    assert Suppression.objects.filter(is_lift=True).count() == 1


def test_the_national_lists_answer_is_pasted() -> None:
    answer = browser("max").post("/admin/sending/denials/scrub", {"list_version": "2026-11", "csv": "2145550100,yes"})
    assert "1%20numbers%20kept" in answer.cookies["toast"].value


def test_a_decision_is_found_proved_downloaded_and_judged_again(receipt: int) -> None:
    manager = browser("max")
    sealing.seal_pending(at=NOON)
    assert (
        f"/admin/sending/proofs/{receipt}/"
        in manager.get("/admin/sending/proofs/?search=joe@fleet.example").content.decode()
    )
    assert "The seal holds" in manager.get(f"/admin/sending/proofs/{receipt}/").content.decode()
    saved = manager.get(f"/admin/sending/proofs/{receipt}/?download=1").json()
    assert saved["proofs"][0]["receipt"]["address"] == "joe@fleet.example"
    assert "Intact" in manager.post("/admin/sending/proofs/verification").content.decode()
    assert "0 of 1 send would fail" in manager.post("/admin/sending/replay/", {"rules": ""}).content.decode()
    assert manager.post("/admin/sending/replay/", {"rules": "nonsense ="}).status_code == 422
    assert manager.get("/admin/sending/proofs/999999/").status_code == 404
    assert Receipt.objects.count() == 1


def test_an_administrator_enters_a_ban_and_ends_it() -> None:
    admin = browser("ada")
    given = {"state": "FL", "cite": "Order 26-1", "begins_on": "2026-11-01", "ends_on": "2099-01-01",
             "channels": ["sms", "call"]}  # fmt: skip
    assert admin.post("/admin/sending/rules/", {**given, "begins_on": ""}).status_code == 422
    assert admin.post("/admin/sending/rules/", given).status_code == 302
    assert "Order 26-1" in admin.get("/admin/sending/rules/").content.decode()
    ban = EmergencyBan.objects.get()
    assert admin.post(f"/admin/sending/rules/bans/{ban.pk}/end").status_code == 302
    ban.refresh_from_db()
    assert ban.ended_early_at is not None


def test_where_the_firm_has_no_limit_the_pages_say_so_until_it_has_one() -> None:
    assert browser("max").get("/admin/sending/").content.decode().count("no limit</td>") == 3
    assert "The firm has no limit of its own" in browser("max").get("/outreach/limits").content.decode()
    form = form_on(browser("ada").get("/admin/settings/caps/").content.decode())
    assert form["firmEmail"] == ""
    assert browser("ada").post("/admin/settings/caps/", form | {"firmEmail": "0"}).status_code == 302
    assert browser("max").get("/admin/sending/").content.decode().count("no limit</td>") == 2
    tiles = browser("rosa").get("/outreach/limits").content.decode()
    assert "0 of 0 used by the firm" in tiles
