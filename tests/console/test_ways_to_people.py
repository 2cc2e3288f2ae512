"""Pages that name a number or an address: who may call or write does so by what asks the judge, others read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import preflight, suppression
from headhaul.kernel import SYSTEM
from headhaul.outreach.models import Sender
from tests.accounts.people import account, contact
from tests.cast import user_named
from tests.console.conftest import SignedIn
from tests.factories import outreach

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NUMBER, MAIL = "+12145550111", "dana@ace.example"


@pytest.fixture
def ace(db: None) -> Account:
    values: dict[str, Any] = {"phone": "2145550100", "phone_key": "+12145550100", "email": "office@ace.example"}
    return account("Ace Trucking", owner_id=user_named("rosa").pk, state="TX", **values)


@pytest.fixture
def dana(ace: Account) -> Contact:
    return contact(ace, "Dana Reyes", phones=(NUMBER,), emails=(MAIL,))


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Wednesday at noon in Dallas; the database's clock does not travel along."""
    monkeypatch.setattr(preflight.known, "clock_skew", lambda: 0.0)
    with time_machine.travel(datetime(2026, 11, 18, 18, tzinfo=UTC), tick=False):
        yield


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def sandbox(channel: str) -> Sender:
    return outreach.sender(channel=channel, gateway="sandbox", is_default=True)


def test_a_call_is_offered_without_any_provider(signed_in: SignedIn, dana: Contact) -> None:
    page = shown(signed_in("rosa"), f"/accounts/{dana.account_id}/")
    assert page.count(f'hx-post="/outreach/call/{dana.pk}"') == 2  # at the number, and beside the name
    assert f"/outreach/write/{dana.pk}" not in page
    assert f'hx-post="/quick/{dana.account_id}?contact={dana.pk}"' in page  # their own mail program, asked and logged
    assert "sandbox" not in page


def test_what_is_written_in_the_sandbox_says_so(signed_in: SignedIn, dana: Contact) -> None:
    sandbox("email"), sandbox("sms")
    page = shown(signed_in("rosa"), f"/accounts/{dana.account_id}/")
    assert f'href="/outreach/write/{dana.pk}?address=dana%40ace.example"' in page
    assert f'href="/outreach/write/{dana.pk}?channel=sms"' in page
    assert f"Write to Dana Reyes at {MAIL}; the sandbox keeps it" in page
    assert "E-mails and texts stay in the sandbox" in page
    assert signed_in("rosa").get(f"/outreach/write/{dana.pk}?channel=sms").status_code == 200


def test_a_quick_e_mail_to_a_contact_is_judged_and_logged(signed_in: SignedIn, dana: Contact, at_noon: None) -> None:
    client, where = signed_in("rosa"), f"/quick/{dana.account_id}?contact={dana.pk}"
    answer = client.post(where, {"kind": "email"}, headers=HTMX)
    assert f'"href": "mailto:{MAIL}"' in answer.headers["HX-Trigger"]
    suppression.add(
        scope=Scope.ADDRESS, key=MAIL, channel=ConsentChannel.EMAIL, reason=SuppressionReason.COMPLAINT,
        source="provider", at=timezone.now(), by=SYSTEM,
    )  # fmt: skip
    assert client.post(where, {"kind": "email"}, headers=HTMX).status_code == 451
    page = shown(client, f"/accounts/{dana.account_id}/")
    assert where not in page
    assert MAIL in page


PAGES = ("/accounts/{account}/", "/accounts/?columns=name,phone,email", "/contacts/?columns=name,phone,email")


@pytest.mark.parametrize("path", PAGES)
def test_whoever_only_views_reads(signed_in: SignedIn, dana: Contact, path: str) -> None:
    page = shown(signed_in("vera"), path.format(account=dana.account_id))
    assert "(214) 555-01" in page
    assert "data-reach" not in page
    assert "/outreach/" not in page.replace('href="/outreach/"', "")


def test_lists_call_people_and_offices(signed_in: SignedIn, dana: Contact) -> None:
    client = signed_in("rosa")
    assert f'hx-post="/quick/{dana.account_id}"' in shown(client, "/accounts/?columns=name,phone,email")
    assert f'hx-post="/outreach/call/{dana.pk}"' in shown(client, "/contacts/?columns=name,phone,email")
    dana.has_left = True
    dana.save()
    assert "data-reach" not in shown(client, "/contacts/?columns=name,phone,email")


@pytest.mark.usefixtures("small_market")
def test_a_carriers_own_number_is_called_by_its_account(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    for path in ("/carriers/101/", "/?open=101"):
        before = shown(client, path)
        assert "(214) 555-0100" in before
        assert "data-reach" not in before
        assert "/accounts/from-signal/101" in before  # how it becomes one to call
    client.post("/accounts/from-signal/101")
    key = Account.objects.get().pk
    for path in ("/carriers/101/", "/?open=101"):
        assert f'hx-post="/quick/{key}"' in shown(client, path)
    assert "data-reach" not in shown(signed_in("vera"), "/carriers/101/")
