"""What people send us by way of a provider: taken when it is signed, once, and a STOP counts before the answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from headhaul.api import forgeries as forgeries_module
from headhaul.api.webhooks import forgeries
from headhaul.compliance.models import Suppression
from headhaul.outreach.models import InboundMessage
from headhaul.outreach.services import webhook_addresses
from tests.fakes import signing
from tests.fakes.signing import with_password
from tests.fakes.twilio_server import ACCOUNT, TOKEN
from tests.outreach.webhooks import posting
from tests.outreach.webhooks.posting import post, post_form, sent

pytestmark = pytest.mark.django_db
MAIL = "From: Joe <joe@carrier.example>\r\nTo: rosa@hire.example\r\nSubject: Re: Drivers\r\n"
MAIL += "Message-ID: <1@carrier.example>\r\n\r\nYes, call me on Monday.\r\n"


@pytest.fixture(autouse=True)
def _public(settings: Settings) -> Iterator[None]:
    settings.PUBLIC_URL = "https://hire.example"
    forgeries._counts.clear()
    yield
    forgeries._counts.clear()


def test_a_stop_by_text_closes_the_number_at_once_and_once() -> None:
    sender = posting.by_twilio()
    message, _ = sent(sender)
    url = webhook_addresses.inbound_text_url(sender_id=sender.pk)
    form = {"MessageSid": "SM9", "AccountSid": ACCOUNT, "From": message.address, "To": sender.address, "Body": "STOP"}
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    assert [post_form(url, form, signature) for _ in range(3)] == [200, 200, 200]
    assert InboundMessage.objects.get().kind == "opt_out"
    assert Suppression.objects.filter(key=message.address, is_lift=False).exists()


def test_a_forged_stop_closes_nothing() -> None:
    sender = posting.by_twilio()
    message, _ = sent(sender)
    url = webhook_addresses.inbound_text_url(sender_id=sender.pk)
    form = {"MessageSid": "SM9", "AccountSid": ACCOUNT, "From": message.address, "Body": "STOP"}
    assert post_form(url, form, RequestValidator("0" * 32).compute_signature(url, form)) == 401
    assert (InboundMessage.objects.count(), Suppression.objects.count()) == (0, 0)


def test_whoever_posts_rubbish_shuts_no_address_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgeries_module, "_key", lambda place, at: (place, 0))  # all of it within one minute
    sender = posting.by_twilio()
    message, _ = sent(sender)
    url = webhook_addresses.inbound_text_url(sender_id=sender.pk)
    form = {"MessageSid": "SM9", "AccountSid": ACCOUNT, "From": message.address, "To": sender.address, "Body": "STOP"}
    guessed = url.replace(webhook_addresses.token_of(sender.pk), f"{sender.pk}-{'0' * 32}")
    found = [post_form(guessed, form, "") for _ in range(forgeries_module.PER_MINUTE + 1)]
    assert found == [404] * forgeries_module.PER_MINUTE + [429]
    assert {post_form(url, form, "forged") for _ in range(forgeries_module.PER_MINUTE + 1)} == {401}
    assert not Suppression.objects.exists()
    assert post_form(url, form, RequestValidator(TOKEN).compute_signature(url, form)) == 200
    assert Suppression.objects.filter(key=message.address, is_lift=False).exists()


def mailgun_post(url: str, mail: str, *, token: str, as_form: bool) -> int:
    """As Mailgun posts a whole mail, in one of the two kinds of forms."""
    stamp = str(int(datetime.now(UTC).timestamp()))
    signature = hmac.new(signing.MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    form = {"timestamp": stamp, "token": token, "signature": signature, "body-mime": mail}
    if as_form:
        return post_form(url, form, "")
    return post(url, urlencode(form).encode(), {}, kind="application/x-www-form-urlencoded")


@pytest.mark.parametrize("as_form", [True, False])
def test_a_refusal_with_a_large_attachment_counts(as_form: bool) -> None:
    sender = posting.by_service("mailgun")
    url = webhook_addresses.inbound_email_url(sender_id=sender.pk)
    mail = MAIL.replace("Yes, call me on Monday.", "Please take me off your list, señor.")
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; '
    head += "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    tail = "\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
    tail += "Content-Transfer-Encoding: base64\r\n\r\n" + ("QUFB" * 19 + "\r\n") * 40_000 + "--b--\r\n"
    whole = mail.replace("\r\n\r\n", f"\r\n{head}", 1) + tail
    assert len(whole) > 3_000_000
    assert mailgun_post(url, whole, token="large", as_form=as_form) == 200
    kept = InboundMessage.objects.get()
    assert (kept.kind, kept.text) == ("opt_out", "Please take me off your list, señor.")


def test_what_is_larger_than_any_mail_is_refused(settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = 50_000
    sender = posting.by_service("postmark")
    url = webhook_addresses.inbound_email_url(sender_id=sender.pk)
    assert post(url, *with_password({"RawEmail": MAIL + "x" * 50_000})) == 413
    assert not InboundMessage.objects.exists()


def test_a_whole_mail_by_each_service_that_hands_it_over_is_stored_once() -> None:
    at = datetime.now(UTC)
    stamp, token = str(int(at.timestamp())), "once"
    signature = hmac.new(signing.MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    relayed = {"email_rfc822": base64.b64encode(MAIL.encode()).decode(), "email_rfc822_is_base64": True}
    posts = {
        "postmark": with_password({"RawEmail": MAIL}),
        "sparkpost": with_password([{"msys": {"relay_message": {"content": relayed}}}]),
    }
    for service, signed in posts.items():
        sender = posting.by_service(service)
        url = webhook_addresses.inbound_email_url(sender_id=sender.pk)
        assert [post(url, *signed), post(url, *signed)] == [200, 200]
    sender = posting.by_service("mailgun")
    url = webhook_addresses.inbound_email_url(sender_id=sender.pk)
    form = {"timestamp": stamp, "token": token, "signature": signature, "body-mime": MAIL}
    assert [post_form(url, form, ""), post_form(url, form, "")] == [200, 200]
    assert post_form(url, form | {"body-mime": MAIL.replace("Monday", "never")}, "") == 401
    assert {each.from_address for each in InboundMessage.objects.all()} == {"joe@carrier.example"}
    assert len({each.text for each in InboundMessage.objects.all()}) == 1


def test_a_mail_that_is_not_signed_or_not_whole_is_refused() -> None:
    sender = posting.by_service("postmark")
    url = webhook_addresses.inbound_email_url(sender_id=sender.pk)
    assert post(url, *with_password({"RawEmail": MAIL}, password="guessed")) == 401
    assert post(url, *with_password({"TextBody": "Yes", "From": "joe@carrier.example"})) == 401
    body = json.dumps({"RawEmail": ""}).encode()
    assert post(url, body, with_password({})[1]) == 401
    assert not InboundMessage.objects.exists()
