"""Taking a lead down: one transaction in which it is recognised, scored, routed and told; sent twice, it is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from headhaul import preferences
from headhaul.accounts.models import Account
from headhaul.accounts.services import tags
from headhaul.capture.choices import OPEN_STATUSES, CaptureStatus, Grade, LeadDoor
from headhaul.capture.models import Lead
from headhaul.capture.preferences import LeadJoining
from headhaul.capture.schemas.leads import CaptureLead
from headhaul.capture.scoring import Scored
from headhaul.capture.selectors import facts
from headhaul.capture.selectors.facts import Known
from headhaul.capture.services import (
    belonging,
    clocks,
    companies,
    consents,
    following,
    given,
    locking,
    matching,
    people,
    returning,
    sameness,
    scores,
    sources,
    working_hours,
)
from headhaul.capture.services import events as events_
from headhaul.capture.services.consents import Agreed
from headhaul.capture.services.given import Given
from headhaul.capture.services.routing import assigning
from headhaul.capture.services.routing.choosing import Decision
from headhaul.capture.services.taking import Taking, columns, stored
from headhaul.kernel import SYSTEM, Actor

DEFAULT_SOURCE = "other"


@dataclass(frozen=True, slots=True)
class Captured:
    """The lead, and what this call did."""

    lead: Lead
    status: CaptureStatus
    client_id: UUID


def capture(
    *,
    asked: CaptureLead,
    door: LeadDoor,
    at: datetime,
    by: Actor,
    origin: str = "",
    device_now: datetime | None = None,
    released: Lead | None = None,
    rep_id: int | None = None,
    past: str = "",
) -> Captured:
    """Take it down, or answer what was answered to the same client id before. Conflict where that was another lead.

    Two that come at the same moment wait for each other: by the client id, and by whatever their companies share.
    `released` is the row of a lead that was held back as junk: it becomes what it is, under its own id. `rep_id`:
    by whose QR code a form was opened. `past`: from where it was brought as history. Then it counts from when it was,
    however long ago, and nobody is told, given, or pressed for it.
    """
    already = None if released else _already(asked, by=by)
    if already is not None:
        return already
    said = given.read(asked, is_tolerant=asked.was_offline)
    given.check_names_somebody(said)
    locking.hold(locking.keys_of(str(asked.client_id), said))
    already = None if released else _already(asked, by=by)
    if already is not None:
        return already
    taking = _begun(asked, said, door, at=at, by=by, origin=origin, device_now=device_now, past=past)
    taking.rep_id = rep_id
    if released is not None:
        taking.released, taking.when, taking.clock_note = released, released.captured_at, released.clock_note
        taking.agreed = Agreed(released.captured_at)
    _join(taking)
    first = _taken_down_before(taking)
    if first is not None:
        return Captured(returning.again(taking, first), CaptureStatus.JOINED, asked.client_id)
    return Captured(_lead(taking), CaptureStatus.CREATED, asked.client_id)


def lock_for(items: list[CaptureLead]) -> None:
    """Hold what several captures of one transaction need, all at once, so that two batches do not wait crosswise."""
    keys: set[int] = set()
    for item in items:
        keys |= locking.keys_of(str(item.client_id), given.read(item, is_tolerant=True))
    locking.hold(keys)


def _already(asked: CaptureLead, *, by: Actor) -> Captured | None:
    found = Lead.objects.select_related("merged_into").filter(client_id=asked.client_id).first()
    if found is None:
        return None
    sameness.check(found, asked, by=by)
    kept = found
    while kept.merged_into is not None:
        kept = kept.merged_into
    return Captured(kept, CaptureStatus.ALREADY, asked.client_id)


def _begun(
    asked: CaptureLead,
    said: Given,
    door: LeadDoor,
    *,
    at: datetime,
    by: Actor,
    origin: str,
    device_now: datetime | None,
    past: str,
) -> Taking:
    event = events_.find(asked.event_id) if asked.event_id is not None else None
    if asked.source:
        source = sources.named(asked.source, may_be_closed=bool(past))
    else:
        source = event.source if event else sources.usual(DEFAULT_SOURCE, at=at)
    shown = asked.device_now or device_now
    when, note = clocks.happened(said=asked.captured_at, device_now=shown, at=at)
    agreed_at, doubt = clocks.agreed(said=asked.captured_at, device_now=shown, at=at)
    if past:
        when = agreed_at = min(asked.captured_at or at, at)
        note = doubt = ""
    spelled, unread = _tags(asked)
    return Taking(
        asked=asked,
        said=said,
        door=LeadDoor.OFFLINE if asked.was_offline and door is not LeadDoor.FORM else door,
        event=event,
        source=source,
        medium=asked.medium or source.medium,
        campaign=asked.campaign or (event.campaign if event else ""),
        when=when,
        agreed=Agreed(agreed_at, asked.captured_at, doubt),
        clock_note=note,
        at=at,
        by=by,
        origin=origin,
        tags=spelled,
        match={"differs": [*said.unread, *unread]},
        past=past,
    )


def _tags(asked: CaptureLead) -> tuple[list[str], list[str]]:
    """In the one spelling of tags; from a device that waited, what is no tag is kept as it is said."""
    found: list[str] = []
    unread: list[str] = []
    for tag in asked.tags:
        try:
            found.append(tags.normal(tag))
        except Exception:
            if not asked.was_offline:
                raise
            unread.append(f"“{tag}” is no tag; it is kept with the lead.")
    return list(dict.fromkeys(found)), unread


def _join(taking: Taking) -> None:
    """The account and the contact, found or made, with consent and tags."""
    said, at, by, source = taking.said, taking.at, taking.by, taking.door.value
    match = matching.account_of(said, event=taking.event)
    owners = people.owners_of(said)
    company = companies.join(match=match, given=said, at=at, by=by, source=source)
    person = people.join(account=company.account, given=said, at=at, by=by, source=source)
    account = taking.account = company.account
    taking.contact = person.contact
    taking.is_new, taking.is_filled = company.is_new, company.is_filled or person.is_filled
    taking.match = {
        "by": match.by.value,
        "joined": " ".join(part for part in (match.words, person.words) if part),
        "differs": [*taking.match["differs"], *company.differs, *person.differs],
        "isNew": company.is_new,
        **({"past": taking.past} if taking.past else {}),
    }
    taking.consent = consents.note(
        said=taking.asked.consent,
        given=said,
        event=taking.event,
        door=taking.door,
        agreed=taking.agreed,
        at=at,
        by=SYSTEM if taking.released is not None else by,  # it stays their own word, whoever looked it through
        origin=taking.origin,
        past=taking.past,
        is_own=taking.by.user_id is None and not taking.past,  # whoever lets junk go has a hand in it
        owners={key: ids & {taking.contact.pk} for key, ids in owners.items()} if taking.contact else {},
    )
    tags.add_many(pairs=[(account.pk, tag) for tag in taking.tags], at=at, by=by)


def _taken_down_before(taking: Taking) -> Lead | None:
    """The lead of the same person at the same event not long ago; without a person on either side, of the company.

    Only one that is still open: whoever comes again after it was settled is a new lead.
    """
    window = timedelta(days=preferences.get(LeadJoining).window_days)
    found = Lead.objects.counted().filter(account=taking.account, event=taking.event)
    found = found.filter(status__in=OPEN_STATUSES, outcome__isnull=True)
    if taking.event is None:
        found = found.filter(source=taking.source)
    found = found.filter(captured_at__gte=taking.when - window, captured_at__lte=taking.when + window)
    for lead in found.order_by("pk").select_for_update(of=("self",)):
        if lead.contact_id is None or taking.contact is None or lead.contact_id == taking.contact.pk:
            return lead
    return None


def _lead(taking: Taking) -> Lead:
    """The lead itself: scored on what is known now, routed, with what follows."""
    account = taking.account
    assert account is not None
    known = facts.known(account_id=account.pk, dot_number=taking.said.dot_number)
    numbers, scored, model_id = scores.judge(_facts(taking, known))
    if taking.past:
        decision, version = assigning.of_history(account, at=taking.at), None
    else:
        decision, version = _decided(taking, account, known, scored)
        account = belonging.inherit(account, decision.owner_id, at=taking.at, source=taking.door.value)
        account = companies.raise_to(
            account=account, is_hot=scored.grade is Grade.HOT, at=taking.at, by=taking.by, source=taking.door.value
        )
    lead = _row(taking, account, scored, numbers, model_id, decision)
    following.follow(taking=taking, lead=lead, known=known, scored=scored, decision=decision, version=version)
    return lead


def _decided(taking: Taking, account: Account, known: Known, scored: Scored) -> tuple[Decision, int | None]:
    case = assigning.case_of(
        subject=assigning.subject_of(
            account=account,
            state=known.state,
            segment=known.segment,
            grade=scored.grade,
            source=taking.source.key,
            event=taking.event,
        ),
        account=account,
        event=taking.event,
        capturer_id=taking.capturer_id,
        is_present=taking.is_present,
    )
    return assigning.decide(case, at=taking.at)


def _facts(taking: Taking, known: Known) -> Any:
    contact = taking.contact
    said = taking.said
    return facts.facts_of(
        known,
        source_quality=taking.source.quality,
        source_name=taking.source.name,
        person={
            "has_contact_name": bool(said.contact_name),
            "has_email": bool(said.emails),
            "has_phone": bool(said.phones),
            "has_role": bool(said.role or said.title or (contact and contact.title)),
        },
    )


def _row(
    taking: Taking,
    account: Account,
    scored: Scored,
    numbers: dict[str, float],
    model_id: int | None,
    decision: Decision,
) -> Lead:
    return stored(
        taking,
        **columns(taking),
        score=scored.score,
        grade=scored.grade,
        p_convert=scored.p_convert,
        score_model_id=model_id,
        scored_at=taking.at,
        features=numbers,
        **scores.told(scored),
        owner_id=decision.owner_id,
        routed_by=decision.rule_key or decision.by.value,
        due_at=None if taking.past else working_hours.due_at(grade=scored.grade, at=taking.at),
    )
