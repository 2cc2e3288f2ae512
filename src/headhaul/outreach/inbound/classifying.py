"""What a message is: a report of a failed delivery, an automatic answer, a refusal, a call for help, or a reply."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.inbound import automatic, refusals
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.inbound.refusals import Refusal
from headhaul.outreach.inbound.returning import returns_on
from headhaul.outreach.inbound.spelling import keyword_form

MAY_COME_BACK = "may ask for texts again"
"""The sign of a "yes": what is known of the number says whether it answers us or undoes an opt-out."""
_ANSWERS = re.compile(r"^\s*(?:re|aw|rv|sv|antw|fw|fwd|wg|tr|res|odp)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """The kind, the signs that led to it, and what it refuses."""

    kind: InboundKind
    signs: tuple[str, ...] = ()
    refusal: Refusal = field(default_factory=Refusal)
    returns_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the message."""
        kept: dict[str, Any] = {"signs": list(self.signs)}
        if self.refusal.is_one:
            kept |= {
                "refusal": list(self.refusal.reasons),
                "says": [refusals.sentence_of(reason) for reason in self.refusal.reasons],
                "words": list(self.refusal.words),
                "channels": list(self.refusal.channels),
                "is_sure": self.refusal.is_sure,
            }
        return kept


def judge(incoming: Incoming, *, longest_absence_days: int = 60) -> Judged:
    """Read one message. The same message is always judged the same."""
    if incoming.channel is Channel.EMAIL:
        return _judge_mail(incoming, longest_absence_days)
    return _judge_text(incoming)


def _judge_text(incoming: Incoming) -> Judged:
    said = keyword_form(incoming.fresh or incoming.text)
    refusal = refusals.refusal_in(incoming.fresh or incoming.text, channel=incoming.channel)
    if refusal.is_one:
        return Judged(InboundKind.OPT_OUT, ("refusal",), refusal)
    if said in refusals.keywords("help"):
        return Judged(InboundKind.HELP, ("keyword",))
    if said in refusals.keywords("start"):
        return Judged(InboundKind.START, ("keyword",))
    if said in refusals.keywords("back"):
        return Judged(InboundKind.REPLY, (MAY_COME_BACK,))
    return Judged(InboundKind.REPLY if said or incoming.text.strip() else InboundKind.OTHER, ())


def _judge_mail(mail: Incoming, longest_absence_days: int) -> Judged:
    if mail.is_report:
        return Judged(InboundKind.BOUNCE, ("complaint" if "feedback-type" in mail.headers else "delivery report",))
    signs = automatic.signs_of(mail)
    refusal = refusals.refusal_in(said_in(mail), channel=Channel.EMAIL)
    if signs.is_one:
        if refusal.is_sure and not _speaks_to_all(mail):
            return Judged(InboundKind.OPT_OUT, signs.reasons, refusal)
        day = returns_on(mail.fresh or mail.text, on=mail.received_at.date(), longest_days=longest_absence_days)
        return Judged(InboundKind.AUTO_REPLY, signs.reasons, returns_on=day)
    if refusal.is_one:
        return Judged(InboundKind.OPT_OUT, (*signs.reasons, "refusal"), refusal)
    return Judged(InboundKind.REPLY, signs.reasons)


def said_in(mail: Incoming) -> str:
    """Their own words; the subject only where it is not an answer to ours."""
    if _ANSWERS.match(mail.subject) or automatic.signs_of(mail).is_one:
        return mail.fresh
    short = mail.subject if len(mail.subject) <= 60 and _is_a_command(mail.subject) else ""
    return f"{short}\n{mail.fresh}".strip()


def _is_a_command(subject: str) -> bool:
    """Whether the subject itself refuses, as mail programs write it for one-click opt-outs."""
    said = keyword_form(subject)
    known = {
        *refusals.keywords("stop"),
        "remove me",
        "take me off",
        "opt out",
        "remove from list",
        "take me off your list",
    }
    return said in known or said.startswith(("unsubscribe", "remove "))


def _speaks_to_all(mail: Incoming) -> bool:
    """Whether an automatic mail explains how its own readers opt out, which is no refusal of ours."""
    words = f"{mail.headers.get('list-unsubscribe', '')} {mail.headers.get('list-id', '')}".strip()
    return bool(words) or bool(re.search(r"\b(?:click|link|here|reply stop|manage)\b", mail.fresh, re.IGNORECASE))
