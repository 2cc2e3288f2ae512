"""What Twilio tells of texts and calls, signed for the address that we gave it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from headhaul.api.webhooks import forgeries
from headhaul.compliance.models import Suppression
from headhaul.outreach.choices import Channel
from headhaul.outreach.models import ProviderEvent
from headhaul.outreach.services import provider_events
from tests.fakes.twilio_server import ACCOUNT, TOKEN
from tests.outreach.webhooks import posting
from tests.outreach.webhooks.posting import post_form, sent, status_url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings: Settings) -> Iterator[None]:
    settings.PUBLIC_URL = "https://hire.example"
    forgeries._counts.clear()
    yield
    forgeries._counts.clear()


def tell(url: str, form: dict[str, str], *, token: str = TOKEN) -> int:
    given = {"AccountSid": ACCOUNT} | form
    return post_form(url, given, RequestValidator(token).compute_signature(url, given))


@pytest.mark.parametrize(
    ("status", "code", "state", "denied"),
    [
        ("delivered", "", "delivered", 0),
        ("sent", "", "accepted", 0),
        ("undelivered", "30003", "failed", 0),
        ("undelivered", "30005", "bounced", 1),
        ("failed", "30007", "failed", 0),
        ("failed", "21610", "accepted", 2),  # the number, and whose it is
    ],
)
def test_how_a_text_goes(status: str, code: str, state: str, denied: int) -> None:
    sender = posting.by_twilio()
    message, attempt = sent(sender)
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": message.address}
    assert tell(status_url(sender, attempt.pk), form | ({"ErrorCode": code} if code else {})) == 200
    provider_events.apply_waiting(at=datetime.now(UTC))
    message.refresh_from_db()
    assert (message.state, Suppression.objects.count()) == (state, denied)


def test_a_status_that_comes_late_does_not_go_back() -> None:
    sender = posting.by_twilio()
    message, attempt = sent(sender)
    for status in ("delivered", "sent", "queued", "delivered"):
        tell(status_url(sender, attempt.pk), {"MessageSid": "SM1", "MessageStatus": status, "To": message.address})
        provider_events.apply_waiting(at=datetime.now(UTC))
    message.refresh_from_db()
    assert (message.state, ProviderEvent.objects.count()) == ("delivered", 3)


def test_a_call_is_connected_when_the_contacts_leg_is(settings: Settings) -> None:
    sender = posting.by_twilio(Channel.CALL)
    message, attempt = sent(sender)
    url = status_url(sender, attempt.pk)
    tell(url, {"CallSid": "CA1", "CallStatus": "in-progress", "To": "+19725550177"})
    provider_events.apply_waiting(at=datetime.now(UTC))
    message.refresh_from_db()
    assert message.state == "accepted"
    tell(url, {"CallSid": "CA2", "ParentCallSid": "CA1", "CallStatus": "completed", "To": message.address})
    provider_events.apply_waiting(at=datetime.now(UTC))
    message.refresh_from_db()
    assert message.state == "delivered"


def test_the_signature_is_checked_against_our_own_address_and_not_the_host_that_is_claimed() -> None:
    sender = posting.by_twilio()
    _, attempt = sent(sender)
    url = status_url(sender, attempt.pk)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    elsewhere = url.replace("https://hire.example", "https://localhost")
    assert post_form(url, form, RequestValidator(TOKEN).compute_signature(elsewhere, form)) == 401
    assert post_form(url, form, RequestValidator(TOKEN).compute_signature(url, form)) == 200


def test_what_is_forged_or_moved_to_another_attempt_is_not_believed() -> None:
    sender = posting.by_twilio()
    (message, attempt), (_, another) = sent(sender), sent(sender)
    url, form = status_url(sender, attempt.pk), {"MessageSid": "SM1", "MessageStatus": "failed", "AccountSid": ACCOUNT}
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    assert tell(url, form, token="0" * 32) == 401
    assert post_form(url, form | {"MessageStatus": "delivered"}, signature) == 401
    assert post_form(status_url(sender, another.pk), form, signature) == 401
    assert post_form(url, form, "") == 401
    assert tell(url, form | {"AccountSid": "AC" + "9" * 32}) == 401
    assert tell(url[:-1] + ("0" if url[-1] != "0" else "1"), form) == 404
    assert not ProviderEvent.objects.exists()
    message.refresh_from_db()
    assert message.state == "accepted"


def test_a_post_without_session_needs_no_form_token_here_and_only_here() -> None:
    sender = posting.by_twilio()
    _, attempt = sent(sender)
    strict = Client(enforce_csrf_checks=True)
    path = status_url(sender, attempt.pk).removeprefix("https://hire.example")
    assert strict.post(path, {}).status_code == 401
    assert strict.get(path).status_code == 200
    assert strict.put(path, b"").status_code == 405
