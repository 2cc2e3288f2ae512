"""Who said stop by text asks for texts again, by a text too. It gives back what had been agreed, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from headhaul.accounts.models import Contact
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Purpose
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.selectors.folded import folded, runs_out_at
from headhaul.compliance.selectors.suppression import hits
from headhaul.compliance.services import consent, suppression
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import LIVE_ENROLMENTS, WENT_OUT, Channel, InboundKind
from headhaul.outreach.inbound.classifying import MAY_COME_BACK, Judged
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Enrolment, InboundMessage, Message
from headhaul.outreach.services.matching import RECENT

BY_TEXT = f"inbound {Channel.SMS} "
"""How the source of what was said in a text begins."""
_SENT = [str(state) for state in WENT_OUT]
_LIVE = sorted(str(state) for state in LIVE_ENROLMENTS)
_BY_ITSELF = Q(purpose=Purpose.NOTICE) | Q(purpose=Purpose.REPLY, user=None)  # the confirmation, and what HELP gets
_OF_TEXTS = (ConsentChannel.SMS, ConsentChannel.ALL)


def as_meant(judged: Judged, incoming: Incoming, people: Sequence[Contact], *, at: datetime) -> Judged:
    """START undoes an opt-out where one stands, YES only one that came by text and where nothing else asked for it.

    Everywhere else both are what people answer, and end a sequence as any answer does. Hold people and number before.
    """
    if judged.kind is InboundKind.START and not _stopped(incoming.from_address, at=at):
        return Judged(InboundKind.REPLY, judged.signs)
    if judged.signs == (MAY_COME_BACK,):
        is_back = _stopped(incoming.from_address, at=at, said_by=BY_TEXT) and not _waits(incoming, people)
        return Judged(InboundKind.START if is_back else InboundKind.REPLY, ("keyword",))
    return judged


def bring_back(row: InboundMessage, people: Sequence[Contact], *, at: datetime) -> bool:
    """Give the number the consent back that held before it refused, until the day it was given for; whether it had one.

    What a file claimed, what has run out since and what was never written down is not given back: START alone is no
    agreement. Calls come back only where texts alone had ended them: a word typed to a machine does not undo what was
    said otherwise. Whoever wants no contact of any kind needs more than a word.
    """
    if folded(row.from_address, ConsentChannel.ALL, at=at).denial is not None:
        return False
    if not _give_back(row, people, ConsentChannel.SMS, at=at):
        return False
    _give_back(row, people, ConsentChannel.CALL, at=at)
    return True


def _stopped(address: str, *, at: datetime, said_by: str = "") -> bool:
    """Whether an opt-out of texts stands; `said_by`: one whose source begins so."""
    found = [each for channel in _OF_TEXTS for each in folded(address, channel, at=at).standing]
    return any(each.source.startswith(said_by) for each in found)


def _waits(incoming: Incoming, people: Sequence[Contact]) -> bool:
    """Whether something of ours may be what they answer: a sequence that goes on, or a text since they last wrote."""
    if Enrolment.objects.filter(contact__in=people, state__in=_LIVE).exists():
        return True
    of_number = InboundMessage.objects.filter(from_address=incoming.from_address, channel=incoming.channel)
    last = of_number.order_by("-received_at", "-pk").first()
    since = last.received_at if last else incoming.received_at - RECENT
    texts = Message.objects.filter(address=incoming.from_address, channel=incoming.channel, state__in=_SENT)
    return texts.filter(Q(sent_at__gt=since) | Q(sent_at=None, updated_at__gt=since)).exclude(_BY_ITSELF).exists()


def _give_back(row: InboundMessage, people: Sequence[Contact], channel: ConsentChannel, *, at: datetime) -> bool:
    found, is_call = folded(row.from_address, channel, at=at), channel is ConsentChannel.CALL
    refused, given = found.denial, found.before
    if refused is None or refused.at >= row.received_at or given is None or not given.has_evidence:
        return False
    ends = runs_out_at(given)
    if ends is not None and ends <= at:
        return False
    if is_call and not all(each.source.startswith(BY_TEXT) for each in found.standing):
        return False
    ended = suppression.welcome_back(
        address=row.from_address,
        channel=channel,
        evidence=row.text,
        source=f"{BY_TEXT}{row.pk}",
        said_by=BY_TEXT if is_call else "",
        contact_ids=[person.pk for person in people],
        at=at,
        by=SYSTEM,
    )
    if is_call and (not ended or hits(Proposal(channel=channel, address=row.from_address), at=at)):
        return False
    word = Word(
        address=row.from_address,
        channel=channel,
        status=ConsentStatus.OPTED_IN,
        basis=given.basis,
        source=f"{BY_TEXT}{row.pk}",
        evidence=row.text,
        captured_at=row.received_at,
        expires_at=ends,
    )
    consent.record(words=[word], at=at, by=SYSTEM)
    return True
