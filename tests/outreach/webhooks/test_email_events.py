"""What e-mail services tell is taken when it is theirs, once, and changes only what it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.api.webhooks import forgeries
from headhaul.compliance.models import Suppression
from headhaul.outreach.gateways.webhooks import sns
from headhaul.outreach.models import MessageEvent, ProviderEvent, SendAttempt, Sender
from headhaul.outreach.schemas.posted import Forged
from headhaul.outreach.services import provider_events, webhook_addresses
from headhaul.outreach.services.webhooks import ONCE
from tests.fakes import signing
from tests.fakes.signing import with_password
from tests.outreach.webhooks import posting
from tests.outreach.webhooks.posting import post_events, sent

pytestmark = pytest.mark.django_db
WORDS = ("delivered", "hard_bounce", "complaint")


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    forgeries._counts.clear()
    yield
    forgeries._counts.clear()


def now() -> datetime:
    return datetime.now(UTC)


def told(service: str, word: str, attempt: SendAttempt, to: str, *, number: int = 1) -> tuple[bytes, dict[str, str]]:
    """A notice as the service documents it."""
    key, stamp = str(attempt.pk), int(now().timestamp())
    meta = {"headhaul_attempt": key}
    match service:
        case "postmark":
            kinds = {
                "delivered": {"RecordType": "Delivery", "DeliveredAt": "2026-11-18T12:01:00Z", "Recipient": to},
                "hard_bounce": {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": number, "Email": to},
                "complaint": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": number, "Email": to},
            }
            return with_password(kinds[word] | {"MessageID": f"pm-{key}", "Metadata": meta})
        case "mailgun":
            kinds = {
                "delivered": {"event": "delivered"},
                "hard_bounce": {
                    "event": "failed",
                    "severity": "permanent",
                    "reason": "bounce",
                    "delivery-status": {"code": 550, "message": "5.1.1 The account does not exist"},
                },
                "complaint": {"event": "complained"},
            }
            headers = {"message-id": f"{key}@hire.example"}
            event = {"id": f"mg{number}", "timestamp": stamp, "recipient": to, "user-variables": meta}
            event |= {"message": {"headers": headers}, "tags": []}
            return signing.mailgun(event | kinds[word], now(), token=f"token-{key}-{word}-{number}")
        case "sendgrid":
            kinds = {
                "delivered": {"event": "delivered", "response": "250 OK"},
                "hard_bounce": {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such"},
                "complaint": {"event": "spamreport"},
            }
            event = {"sg_event_id": f"sg{number}", "email": to, "timestamp": stamp, "anymail_id": f"sg-{key}"}
            return signing.sendgrid([event | kinds[word] | meta], now())
        case "resend":
            kinds = {
                "delivered": {"type": "email.delivered", "data": {}},
                "hard_bounce": {"type": "email.bounced", "data": {"bounce": {"message": "550 5.1.1 no such user"}}},
                "complaint": {"type": "email.complained", "data": {}},
            }
            data = {"email_id": f"re-{key}", "to": [to], "created_at": "2026-11-18T12:00:00Z", "subject": "x"}
            data |= {"headers": [{"name": "X-Metadata", "value": json.dumps(meta)}]}
            event = kinds[word] | {"created_at": "2026-11-18T12:01:00.000Z", "data": kinds[word]["data"] | data}
            return signing.resend(event, now(), key_id=f"msg_{number}_{key}")
    raise AssertionError(service)


SERVICES = ("postmark", "mailgun", "sendgrid", "resend")
ENDS = {"delivered": "delivered", "hard_bounce": "bounced", "complaint": "accepted"}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("word", WORDS)
def test_a_notice_finds_its_message_by_the_attempt_that_travelled_along(service: str, word: str) -> None:
    sender = posting.by_service(service)
    message, attempt = sent(sender)
    notice = told(service, word, attempt, message.address)
    assert [post_events(sender, notice) for _ in range(3)] == [200, 200, 200]
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert message.state == ENDS[word]
    assert [str(event.kind) for event in MessageEvent.objects.filter(message=message)] == [word]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_forged_is_not_believed_and_not_kept(service: str) -> None:
    sender = posting.by_service(service)
    message, attempt = sent(sender)
    body, headers = told(service, "hard_bounce", attempt, message.address)
    wrong = {name: value[:-4] + "AAAA" for name, value in headers.items() if "timestamp" not in name.lower()}
    if service == "mailgun":
        changed = json.loads(body)
        changed["signature"]["signature"] = "0" * 64
        body = json.dumps(changed).encode()
    assert post_events(sender, (body, headers | wrong)) == 401
    assert post_events(sender, (body, {})) == 401
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("service", ["mailgun", "sendgrid", "resend"])
def test_what_was_signed_long_ago_is_not_believed(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = posting.by_service(service)
    message, attempt = sent(sender)
    then = now() - timedelta(minutes=6)
    monkeypatch.setattr(f"{__name__}.now", lambda: then)
    notice = told(service, "hard_bounce", attempt, message.address)
    monkeypatch.undo()
    assert post_events(sender, notice) == 401
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("service", ["sendgrid", "resend"])
def test_a_signed_body_cannot_be_swapped(service: str) -> None:
    sender = posting.by_service(service)
    (message, attempt), (other, another) = sent(sender), sent(sender)
    _, headers = told(service, "delivered", attempt, message.address)
    body, _ = told(service, "hard_bounce", another, other.address, number=2)
    assert post_events(sender, (body, headers)) == 401


def test_mailguns_token_counts_once_so_that_its_unsigned_body_cannot_be_swapped() -> None:
    sender = posting.by_service("mailgun")
    (message, attempt), (other, _) = sent(sender), sent(sender)
    body, headers = told("mailgun", "delivered", attempt, message.address)
    assert post_events(sender, (body, headers)) == 200
    swapped = json.loads(body)
    swapped["event-data"] |= {"event": "complained", "recipient": other.address, "id": "another"}
    assert post_events(sender, (json.dumps(swapped).encode(), headers)) == 401
    assert post_events(sender, (body, headers)) == 200
    assert ProviderEvent.objects.exclude(provider=ONCE).count() == 1


def test_an_event_that_names_another_recipient_changes_nothing() -> None:
    sender = posting.by_service("postmark")
    message, attempt = sent(sender)
    assert post_events(sender, told("postmark", "hard_bounce", attempt, "victim@elsewhere.example")) == 200
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert (message.state, MessageEvent.objects.count()) == ("accepted", 0)


def test_one_senders_service_says_nothing_about_another_senders_mail() -> None:
    sender, other = posting.by_service("postmark"), posting.by_service("sendgrid")
    message, attempt = sent(other)
    assert post_events(sender, told("postmark", "hard_bounce", attempt, message.address)) == 200
    assert not ProviderEvent.objects.exists()


@pytest.mark.usefixtures("amazon")
def test_a_notice_by_the_providers_id_says_nothing_about_another_senders_mail_and_reaches_its_own_later() -> None:
    """A topic may have several mailboxes: it tells each of them of every mail, under the same id."""
    sender, other = posting.by_ses(), posting.by_ses(who="max")
    message, _ = sent(sender)
    notice = signing.sns(ses("Bounce", message.address, "0100-ses"), now(), key="m1")
    assert post_events(other, notice) == 200  # even before the answer that says whose it is
    SendAttempt.objects.update(provider_id="0100-ses")
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert (message.state, MessageEvent.objects.count(), Suppression.objects.count()) == ("accepted", 0, 0)
    assert post_events(sender, notice) == 200
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert message.state == "bounced"


def test_a_signed_message_id_of_another_sender_changes_nothing() -> None:
    sender, other = posting.by_service("postmark"), posting.by_service("postmark", who="max")
    message, _ = sent(sender)
    SendAttempt.objects.update(provider_id="pm-1")
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": 1, "Email": message.address}
    assert post_events(other, with_password(bounce | {"MessageID": "pm-1"})) == 200
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert (message.state, Suppression.objects.count()) == ("accepted", 0)


def test_without_a_key_nothing_is_believed() -> None:
    sender = posting.by_service("postmark")
    Sender.objects.update(secret=None)
    message, attempt = sent(sender)
    assert post_events(sender, told("postmark", "delivered", attempt, message.address)) == 401


def test_an_address_that_we_never_made_is_none() -> None:
    sender = posting.by_service("postmark")
    url = webhook_addresses.events_url(sender_id=sender.pk)
    made = url.split("/")[-2]
    for token in (made[:-1] + ("0" if made[-1] != "0" else "1"), "1", "x-y", made.replace(str(sender.pk), "99999", 1)):
        assert posting.post(url.replace(made, token), *with_password({"RecordType": "Delivery"})) == 404


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_nonsense_from_whoever_knows_the_password_is_refused(body: bytes) -> None:
    sender = posting.by_service("postmark")
    _, headers = with_password({})
    assert post_events(sender, (body, headers)) == 401


def test_a_large_body_is_not_read() -> None:
    sender = posting.by_service("postmark")
    assert post_events(sender, (b" " * 1_500_001, {})) == 413


def ses(word: str, to: str, provider_id: str) -> dict[str, Any]:
    part = {
        "Delivery": {"timestamp": "2026-11-18T12:01:00Z", "recipients": [to]},
        "Bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "timestamp": "2026-11-18T12:01:00Z",
            "bouncedRecipients": [{"emailAddress": to, "diagnosticCode": "smtp; 550 5.1.1 no such user"}],
        },
    }[word]
    return {"eventType": word, "mail": {"messageId": provider_id, "destination": [to]}, word.lower(): part}


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon's certificate without the network; everything else is the real check."""
    monkeypatch.setattr(sns, "_certificate", lambda url: signing.sns_pair()[1])


@pytest.mark.usefixtures("amazon")
def test_ses_tells_by_sns() -> None:
    sender = posting.by_ses()
    message, _ = sent(sender)
    SendAttempt.objects.update(provider_id="0100-ses")
    notice = signing.sns(ses("Bounce", message.address, "0100-ses"), now(), key="m1")
    assert [post_events(sender, notice), post_events(sender, notice)] == [200, 200]
    provider_events.apply_waiting(at=now())
    message.refresh_from_db()
    assert (message.state, ProviderEvent.objects.count()) == ("bounced", 1)


@pytest.mark.usefixtures("amazon")
@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "arn:aws:sns:us-east-1:666666666666:mail"},
        {"SignatureVersion": "1"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "http://sns.us-east-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://evil.example/sns.us-east-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://user@sns.us-east-1.amazonaws.com/a.pem"},
    ],
)
def test_what_is_not_amazons_is_not_believed(wrong: dict[str, str]) -> None:
    sender = posting.by_ses()
    message, _ = sent(sender)
    assert post_events(sender, signing.sns(ses("Bounce", message.address, "x"), now(), key="m1", **wrong)) == 401
    assert not ProviderEvent.objects.exists()


@pytest.mark.usefixtures("amazon")
def test_an_old_or_changed_notice_of_amazons_is_not_believed() -> None:
    sender = posting.by_ses()
    old = signing.sns(ses("Bounce", "a@b.example", "x"), now() - timedelta(hours=2), key="m1")
    assert post_events(sender, old) == 401
    body, _ = signing.sns(ses("Bounce", "a@b.example", "x"), now(), key="m1")
    assert post_events(sender, (body.replace(b"a@b.example", b"c@d.example"), {})) == 401


@pytest.mark.usefixtures("amazon")
def test_a_subscription_is_confirmed_at_amazon_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(sns, "_fetch", lambda url: asked.append(url) or b"")
    sns.confirm({"SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"})
    with pytest.raises(Forged):
        sns.confirm({"SubscribeURL": "https://169.254.169.254/latest"})
    assert len(asked) == 1
