"""The dashboard's queue of next actions and its controls."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from headhaul.accounts.models import Account
from tests.accounts.people import account, contact
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
    for words in ("Call Dana Reyes", "nobody has been in touch", "tel:+12145550111", " there"):
        assert words in page


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
