"""The dashboard's queue of next actions and its controls."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.services import preflight
from headhaul.outreach.models import Call
from tests.accounts.people import account, contact
from tests.accounts.test_merging import activity
from tests.cast import user_named
from tests.factories.outreach import says_yes

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rosa() -> Client:
    client = Client()
    client.force_login(user_named("rosa"))
    return client


@pytest.fixture
def fresh() -> Account:
    since = datetime.now(UTC) - timedelta(days=2)
    made = account("Ace Trucking", owner_id=user_named("rosa").pk, created_at=since, state="TX")
    dana = contact(made, "Dana Reyes", phones=("+12145550111",), timezone="America/Chicago", timezone_source="zip",
            timezone_confidence="high", is_decision_maker=True)  # fmt: skip
    says_yes(dana, "call", at=since)
    return made


def test_the_dashboard_says_whom_to_contact_why_and_how(rosa: Client, fresh: Account) -> None:
    page = rosa.get("/").content.decode()
    assert page.index("Next actions") < page.index("Top prospects")
    for words in ("Call Dana Reyes", "nobody has been in touch", "(214) 555-0111", " there"):
        assert words in page


@pytest.fixture
def one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock does not travel along."""
    monkeypatch.setattr(preflight.known, "clock_skew", lambda: 0.0)


NOON_IN_DALLAS, NIGHT_IN_DALLAS = datetime(2026, 11, 18, 18, tzinfo=UTC), datetime(2026, 11, 18, 9, tzinfo=UTC)


def queue_at(moment: datetime, name: str, dana: Contact) -> tuple[Client, str]:
    since = moment - timedelta(days=2)
    Account.objects.update(created_at=since)
    says_yes(dana, "call", at=since)
    client = Client()
    client.force_login(user_named(name))
    return client, client.get("/next?all=1", headers=HTMX).content.decode()


@pytest.mark.usefixtures("one_clock")
def test_a_line_calls_by_the_page_that_asks_the_judge(fresh: Account) -> None:
    dana = Contact.objects.get()
    with time_machine.travel(NOON_IN_DALLAS, tick=False):
        client, page = queue_at(NOON_IN_DALLAS, "rosa", dana)
        assert f'hx-post="/outreach/call/{dana.pk}"' in page
        answer = client.post(f"/outreach/call/{dana.pk}", {"address": "+12145550111"}, headers=HTMX)
        assert '"reach": {"href": "tel:+12145550111"}' in answer.headers["HX-Trigger"]
        assert Call.objects.get().receipt_id is not None


@pytest.mark.usefixtures("one_clock")
def test_at_night_a_line_says_from_when_on_instead(fresh: Account) -> None:
    dana = Contact.objects.get()
    with time_machine.travel(NIGHT_IN_DALLAS, tick=False):
        _, page = queue_at(NIGHT_IN_DALLAS, "rosa", dana)
        assert "/outreach/call/" not in page
        found = re.search(r'<span title="([^"]+)">Call from 18 Nov 2026, (\d\d:\d\d) UTC<', page)
        assert found
        assert "It is 03:00 in Chicago" in found[1]
        assert found[2] >= "14:00"  # 08:00 in Dallas
        assert "(214) 555-0111" in page


@pytest.mark.usefixtures("one_clock")
def test_whoever_only_views_sees_the_number_alone(fresh: Account) -> None:
    Account.objects.update(owner=user_named("vera"))
    with time_machine.travel(NOON_IN_DALLAS, tick=False):
        _, page = queue_at(NOON_IN_DALLAS, "vera", Contact.objects.get())
    assert "(214) 555-0111" in page
    assert "/outreach/" not in page
    assert "/quick/" not in page


def test_tasks_of_today_are_of_the_day_where_the_reader_is(rosa: Client, fresh: Account) -> None:
    at = datetime(2026, 11, 21, 1, tzinfo=UTC)  # 17:00 of the day before in Los Angeles
    with time_machine.travel(at, tick=False):
        rosa.force_login(user_named("rosa"))
        Account.objects.update(created_at=at - timedelta(days=2))
        activity(fresh, "Send terms", type="task", owner_id=user_named("rosa").pk, due_on=date(2026, 11, 20))
        rosa.cookies["zone"] = "America%2FLos_Angeles"
        assert "Task “Send terms” is due today" in rosa.get("/next", headers=HTMX).content.decode()
        del rosa.cookies["zone"]
        assert "Task “Send terms” was due yesterday" in rosa.get("/next", headers=HTMX).content.decode()


@pytest.mark.parametrize(("control", "said"), [("snooze", "Back tomorrow."), ("skip", "Skipped."), ("done", "Done.")])
def test_a_line_leaves_and_can_be_brought_back(rosa: Client, fresh: Account, control: str, said: str) -> None:
    answer = rosa.post(f"/next/new_account:{fresh.pk}/{control}", {"until": "tomorrow"}, headers=HTMX)
    assert said in answer.headers["HX-Trigger"]
    assert "Dana Reyes" not in answer.content.decode()
    undo = re.search(r"/undo/\d+", answer.headers["HX-Trigger"])
    assert undo
    rosa.post(undo[0])
    assert "Dana Reyes" in rosa.get("/next", headers=HTMX).content.decode()


def test_without_scripts_the_controls_lead_back(rosa: Client, fresh: Account) -> None:
    assert rosa.post(f"/next/new_account:{fresh.pk}/skip").headers["Location"] == "/"


def test_a_viewer_sees_no_controls() -> None:
    client = Client()
    client.force_login(user_named("vera"))
    account("Ace Trucking", owner_id=user_named("vera").pk, created_at=datetime.now(UTC) - timedelta(days=2))
    page = client.get("/").content.decode()
    assert "nobody has been in touch" in page
    assert "/skip" not in page
