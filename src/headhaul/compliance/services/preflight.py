"""The pre-flight of every message and call: gather the facts, let them be judged, use up the limits, keep the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from headhaul import preferences
from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentChannel, Outcome, Purpose, SuppressionReason
from headhaul.compliance.judging import rules, windows
from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.words import Cap, Content, Facts, Proposal, Reason, Verdict
from headhaul.compliance.ports import SenderTerms, outreach
from headhaul.compliance.preferences import Channels, Countries, firm_rules
from headhaul.compliance.selectors import caps as limits
from headhaul.compliance.selectors import facts as known
from headhaul.compliance.selectors import holds, suppression
from headhaul.compliance.selectors.caps import Bucket
from headhaul.compliance.services import caps, receipts
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import Recipient

TRIES = 3
LIMITED = frozenset({Purpose.OUTREACH, Purpose.REPLY})  # a test and the confirmation of an opt-out use up nothing


@dataclass(frozen=True, slots=True)
class Admission:
    """What was decided, where that is kept, and what it used up: give `buckets` back if it certainly reached nobody."""

    verdict: Verdict
    receipt_id: int
    buckets: list[str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision that is not kept yet."""

    proposal: Proposal
    facts: Facts
    verdict: Verdict


def look(proposal: Proposal, *, recipient: Recipient, at: datetime) -> Facts:
    """Gather what the decision is made of. Writes nothing."""
    return _look(proposal, recipient, _terms(proposal), at=at)[0]


def _look(
    proposal: Proposal, recipient: Recipient, sender: SenderTerms | None, *, at: datetime
) -> tuple[Facts, list[Bucket]]:
    """The facts, and the counters that a message which may go uses up."""
    counters = _counters(proposal, sender, at=at)
    denied = suppression.hits(proposal, at=at)
    is_mail = proposal.channel == "email"
    scrub = {} if is_mail else known.scrub(proposal.address, at=at)
    room = outreach()
    opt_outs = [each.since for each in denied if each.reason == SuppressionReason.OPT_OUT]
    facts = Facts(
        zones=recipient.zones,
        states=recipient.states,
        country=recipient.country,
        said=known.said(proposal.address, at=at),
        denied=denied,
        held=holds.covering(
            channel=proposal.channel,
            states=recipient.states,
            sequence_id=proposal.sequence_id,
            call_campaign_id=proposal.call_campaign_id,
            sender_id=proposal.sender_id,
            at=at,
        ),
        caps=tuple(_caps(proposal, recipient, sender, counters, at=at)),
        readiness=tuple(_missing(proposal, recipient, sender)),
        invalid_address=not proposal.address or hashing.normal(proposal.address) != proposal.address,
        inbound_at=room.last_inbound_at(proposal.address, proposal.channel, at=at) if room else None,
        own_address=known.address_of_user(proposal.user_id) if proposal.purpose is Purpose.TEST else "",
        opted_out_at=max(opt_outs, default=None),
        texted_before=proposal.channel == "sms" and limits.was_texted(proposal.address, at=at),
        clock_skew_seconds=known.clock_skew(),
        settings=firm_rules(),
        still_theirs_at=None if is_mail else known.still_theirs(proposal.address, at=at),
        **scrub,
    )
    return facts, counters


def judge(
    recipient: Recipient,
    *,
    at: datetime,
    content: Content | None = None,
    user_id: int | None = None,
    sender_id: int | None = None,
    sequence_id: int | None = None,
    call_campaign_id: int | None = None,
) -> Verdict:
    """What would be decided now. Writes nothing and uses up nothing."""
    proposal = proposal_of(
        recipient,
        content=content,
        user_id=user_id,
        sender_id=sender_id,
        sequence_id=sequence_id,
        call_campaign_id=call_campaign_id,
    )
    return decide(proposal, look(proposal, recipient=recipient, at=at), at=at)


def closes_at(recipient: Recipient, *, at: datetime) -> datetime | None:
    """Until when a text that is allowed now may arrive; None where no hours hold for it."""
    if recipient.channel != ConsentChannel.SMS or Purpose(recipient.purpose) not in LIMITED:
        return None
    return windows.closes_at(
        recipient.zones, recipient.states, recipient.channel, at=at, country=recipient.country, settings=firm_rules()
    )


def admit(
    recipient: Recipient,
    *,
    at: datetime,
    message_id: UUID | None = None,
    attempt_id: UUID | None = None,
    content: Content | None = None,
    user_id: int | None = None,
    sender_id: int | None = None,
    sequence_id: int | None = None,
    call_campaign_id: int | None = None,
    action: str = "",
) -> Admission:
    """Decide, use up the limits if it may go, and keep the proof either way; all in the caller's transaction.

    One message a transaction: the address stays locked until it ends, so that no denial comes in between. An attempt's
    number is kept only with a yes.
    """
    proposal = proposal_of(
        recipient,
        content=content,
        user_id=user_id,
        sender_id=sender_id,
        sequence_id=sequence_id,
        call_campaign_id=call_campaign_id,
    )
    weighed, buckets = weigh(proposal, recipient=recipient, at=at)
    receipt_id = receipts.store(
        proposal=weighed.proposal,
        facts=weighed.facts,
        verdict=weighed.verdict,
        message_id=message_id,
        attempt_id=attempt_id,
        action=action,
        buckets=buckets,
    )
    return Admission(weighed.verdict, receipt_id, buckets)


def weigh(
    proposal: Proposal, *, recipient: Recipient, at: datetime, reserves: bool = True
) -> tuple[Weighed, list[str]]:
    """Decide under the address's lock and use up the limits; the decision is yet to be kept."""
    lock_addresses([proposal.address])
    preferences.renew()  # a switch that was thrown while the lock was waited for counts already
    for _ in range(TRIES):
        sender = _terms(proposal)
        facts, counters = _look(proposal, recipient, sender, at=at)
        verdict = decide(proposal, facts, at=at)
        if not verdict.is_allowed or not reserves or proposal.purpose not in LIMITED:
            return Weighed(proposal, facts, verdict), []
        try:
            buckets = caps.reserve(
                buckets=counters,
                channel=proposal.channel,
                address=proposal.address,
                sender=sender,
                counts_recipient=proposal.purpose is Purpose.OUTREACH,
                at=at,
            )
        except caps.UsedUp:
            continue  # the next look finds it used up, and says when it opens again
        return Weighed(proposal, facts, verdict), buckets
    busy = Reason("limit", "L4", Outcome.DEFER, "Others took the last of a limit at this moment. Try again.")
    return Weighed(proposal, facts, replace(verdict, outcome=Outcome.DEFER, until=None, reasons=(busy,))), []


def proposal_of(
    recipient: Recipient,
    *,
    content: Content | None = None,
    user_id: int | None = None,
    sender_id: int | None = None,
    sequence_id: int | None = None,
    call_campaign_id: int | None = None,
) -> Proposal:
    """What is asked for: this recipient, and from whom it would go."""
    return Proposal(
        channel=recipient.channel,
        address=recipient.address,
        purpose=Purpose(recipient.purpose),
        contact_id=recipient.contact_id,
        account_id=recipient.account_id,
        dot_number=recipient.dot_number,
        segment=recipient.segment,
        user_id=user_id,
        sender_id=recipient.sender_id if sender_id is None else sender_id,
        sequence_id=sequence_id,
        call_campaign_id=call_campaign_id,
        content=recipient.content if content is None else content,
    )


def _terms(proposal: Proposal) -> SenderTerms | None:
    if proposal.sender_id is None:
        return None
    room = outreach()
    unknown = SenderTerms(proposal.sender_id, daily_cap=0, missing=("This mailbox or number is not set up.",))
    return (room.terms_of(proposal.sender_id) if room else None) or unknown


def _counters(proposal: Proposal, sender: SenderTerms | None, *, at: datetime) -> list[Bucket]:
    if proposal.purpose not in LIMITED:
        return []
    return limits.buckets(channel=proposal.channel, user_id=proposal.user_id, sender=sender, at=at)


def _caps(
    proposal: Proposal, recipient: Recipient, sender: SenderTerms | None, counters: Sequence[Bucket], *, at: datetime
) -> Iterator[Cap]:
    if proposal.purpose not in LIMITED:
        return
    yield from (cap for bucket in counters if (cap := bucket.cap) is not None)
    pause = limits.spacing(sender, at=at) if sender else None
    if pause is not None:
        yield pause
    if proposal.purpose is Purpose.OUTREACH:
        rolling = rules.current().recipient_caps(recipient.states, proposal.channel)
        yield from limits.of_recipient(
            address=proposal.address, channel=proposal.channel, zones=recipient.zones, rolling=rolling, at=at
        )


def _missing(proposal: Proposal, recipient: Recipient, sender: SenderTerms | None) -> Iterator[str]:
    """What has to be in order before this channel may be used here, in sentences."""
    if recipient.country and recipient.country in preferences.get(Countries).closed:
        yield f"Nobody in {recipient.country} is contacted: see the settings."
    if sender is None:
        return
    yield from sender.missing
    if proposal.channel == "sms" and sender.leaves:
        ready = preferences.get(Channels)
        if not (ready.brand_id and ready.campaign_id and ready.opt_in_url):
            yield "Texts need a registered 10DLC brand, campaign and opt-in page: enter them in the settings."
