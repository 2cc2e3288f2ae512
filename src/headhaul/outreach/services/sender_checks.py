"""Looking whether a mailbox or number is fit to send, and keeping what was found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.base import Refused
from headhaul.outreach.gateways.resolver import Names
from headhaul.outreach.models import Sender
from headhaul.outreach.services import senders
from headhaul.outreach.services.domain_checks import BLOCK, GOOD, NOTE, WARN, Finding, look_at
from headhaul.outreach.services.domain_checks.finding import Subject
from headhaul.outreach.services.sender_readiness import NOT_REGISTERED, blocking_of, is_registered

_WORST = (BLOCK, WARN, NOTE, GOOD)


def look(*, sender_id: int) -> list[Finding]:
    """Ask name servers and the provider. It takes as long as they do: never within a transaction."""
    sender = senders.find(sender_id)
    return _of_mailbox(sender) if sender.channel == Channel.EMAIL else _of_number(sender)


def keep(*, sender_id: int, findings: list[Finding], at: datetime) -> Sender:
    """Keep what was found with the sender."""
    kept = senders.lock(sender_id)
    kept.checked_at = at
    kept.health = {"findings": [each.as_json() for each in findings], "worst": worst_of(findings)}
    kept.health |= {"blocking": blocking_of(kept)}
    kept.save(update_fields=["checked_at", "health"])
    return kept


def subject_of(sender: Sender) -> Subject:
    """The mailbox as the checks need it."""
    given: dict[str, Any] = sender.options
    return Subject(
        domain=sender.address.rpartition("@")[2],
        host=str(given.get("host", "")),
        service=str(given.get("esp", "")),
        bounce_domain=sender.reply_domain,
        selectors=tuple(given.get("dkim_selectors", ())),
    )


def worst_of(findings: list[Finding]) -> str:
    """The grade that counts."""
    grades = {each.grade for each in findings}
    return next((grade for grade in _WORST if grade in grades), GOOD)


def _of_mailbox(sender: Sender) -> list[Finding]:
    return [_sign_in(sender), *look_at(subject_of(sender), Names())]


def _of_number(sender: Sender) -> list[Finding]:
    found = [_sign_in(sender)]
    if sender.channel == Channel.SMS and sender.gateway == GatewayKind.TWILIO:
        title = "10DLC: registration of the number"
        is_fine = is_registered(sender)
        sentence = "The number is registered, or needs no registration." if is_fine else NOT_REGISTERED
        found.append(Finding("registration", title, GOOD if is_fine else BLOCK, sentence))
    return found


def _sign_in(sender: Sender) -> Finding:
    """Whether the gateway lets us in. Nothing is sent."""
    title = "Sign-in"
    try:
        sentence = let_in(sender)
    except Refused as refusal:
        return Finding("sign_in", title, BLOCK, refusal.text)
    return Finding("sign_in", title, GOOD, sentence)


def let_in(sender: Sender) -> str:
    """Try to sign in, in a sentence. Raises Refused."""
    options = senders.options_of(sender)
    if sender.gateway == GatewayKind.SMTP:
        from headhaul.outreach.gateways.smtp import check_sign_in

        check_sign_in(options)
        return f"{options.options['host']} lets us in."
    if sender.gateway == GatewayKind.TWILIO:
        from headhaul.outreach.gateways.twilio import check_account

        return f"Twilio lets us in, as {check_account(options)}."
    if sender.gateway == GatewayKind.ESP:
        return "The key is there; the first message shows whether it is right."
    return "A sandbox: everything is kept here, nothing leaves."
