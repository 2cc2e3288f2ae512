"""Proposals and facts to judge, each as it would be allowed; a test changes the one thing that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.words import Content, Facts, Proposal, Said, Verdict

NOON = datetime(2026, 12, 8, 18, 0, tzinfo=UTC)  # a Tuesday, noon in Dallas
LONG_AGO = NOON - timedelta(days=400)
DALLAS, DENVER, NEW_YORK = "America/Chicago", "America/Denver", "America/New_York"
ADDRESS = "Freight Firm, 1 Dock Street, Dallas, TX 75201"
NUMBER, MAIL = "+12145550100", "joe@carrier.example"


def said(status: str = "opted_in", channel: str = "sms", **changes: Any) -> Said:
    """A yes that counts, unless changed."""
    event = Said(1, channel, status, "express_written", "web form", LONG_AGO, None, has_evidence=True)
    return replace(event, **changes)


def text(words: str = "Hi Joe, drivers near Dallas? Reply STOP to end", **changes: Any) -> Content:
    """A text message."""
    return replace(Content(text=words, body_hash="1", approved_hash="1"), **changes)


def mail(**changes: Any) -> Content:
    """An e-mail with all that it needs."""
    body = f"Hi Joe, we have drivers near Dallas.\n{ADDRESS}"
    content = Content("Reefer drivers near Dallas", body, f"<p>Hi Joe</p><p>{ADDRESS}</p>", "1", "1", True)
    return replace(content, **changes)


def proposal(channel: str = "sms", purpose: Purpose = Purpose.OUTREACH, **changes: Any) -> Proposal:
    """Something to say to Joe in Dallas."""
    contents = {"email": mail(), "sms": text()}
    address = MAIL if channel == "email" else NUMBER
    return replace(Proposal(channel, address, purpose, content=contents.get(channel)), **changes)


def facts(**changes: Any) -> Facts:
    """Joe in Dallas, who agreed to everything."""
    agreed = (said(), said(channel="call", basis="express_written_ai", id=2))
    settings = {"postal_address": ADDRESS, "allow_ai_calls": True}
    return replace(Facts((DALLAS,), ("TX",), "US", said=agreed, settings=settings), **changes)


def judged(channel: str = "sms", purpose: Purpose = Purpose.OUTREACH, at: datetime = NOON, **known: Any) -> Verdict:
    """The verdict on something to say to Joe, with these facts changed. `content`, `address` are the proposal's.

    Unless they say otherwise, the number was found to be his still.
    """
    of_proposal = {name: known.pop(name) for name in ("content", "address") if name in known}
    known = {"still_theirs_at": at} | known
    return decide(proposal(channel, purpose, **of_proposal), facts(**known), at=at)


def rules_of(verdict: Verdict) -> list[str]:
    """The rules that spoke, in order."""
    return [reason.rule for reason in verdict.reasons]
