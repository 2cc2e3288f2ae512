"""What follows from a lead: its touch, a line on the timeline, a task, an opportunity, and news to its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from headhaul import preferences
from headhaul.accounts.choices import AccountStatus
from headhaul.activities.choices import ActivityType, NotificationKind, Priority
from headhaul.activities.services import live, logging, notifying
from headhaul.capture.choices import Grade, LeadDoor, TouchKind
from headhaul.capture.models import Lead, LeadTouch
from headhaul.capture.preferences import LeadValue
from headhaul.capture.scoring import Scored
from headhaul.capture.selectors.facts import Known
from headhaul.capture.services import belonging, managers, values
from headhaul.capture.services.routing import assigning
from headhaul.capture.services.routing.choosing import Decision
from headhaul.capture.services.taking import Taking
from headhaul.kernel import AppError, Role
from headhaul.kernel.days import morning_of, zone_named
from headhaul.pipeline.choices import RuleTrigger, StageKind
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.services import creating, events
from headhaul.pipeline.working_days import current

TOPIC = "leads"
AGAIN = "taken down once more"
NO_NEW_BUSINESS = frozenset({AccountStatus.NOT_A_FIT})


def follow(
    *, taking: Taking, lead: Lead, known: Known, scored: Scored, decision: Decision, version: int | None
) -> None:
    """Everything that comes with a lead of its own."""
    touch(lead, taking)
    assigning.keep(lead=lead, decision=decision, version=version, at=taking.at, by=taking.by)
    if scored.grade is Grade.HOT and not taking.past:
        open_deal(lead, known, taking)
    note(lead, taking, said=what_it_is(lead), is_first=True)
    if taking.asked.follow_up:
        lead.follow_up_id = task(lead, taking)
    lead.save(update_fields=["opportunity", "follow_up_id", "match"])
    if taking.past:
        return
    tell(lead, taking)
    events.emit(
        RuleTrigger.LEAD_CAPTURED,
        account_id=lead.account_id,
        record_id=lead.pk,
        key=f"lead:{lead.pk}:captured",
        at=taking.at,
        by=taking.by,
    )


def touch(lead: Lead, taking: Taking) -> None:
    """That they met us, for the attribution of what they may become."""
    LeadTouch.objects.create(
        account_id=_account(lead),
        contact_id=lead.contact_id,
        lead=lead,
        channel=taking.source.medium or "other",
        source=taking.source.key,
        medium=taking.medium,
        campaign=taking.campaign,
        event=taking.event,
        kind=TouchKind.FORM if taking.door is LeadDoor.FORM else TouchKind.CAPTURE,
        at=taking.when,
        recorded_at=taking.at,
    )


def note(lead: Lead, taking: Taking, *, said: str, is_first: bool = False) -> None:
    """A line on the account's timeline, with what was written."""
    place = taking.event.name if taking.event else taking.source.name
    differs = taking.match.get("differs") or []
    body = "\n\n".join(part for part in (taking.asked.note, "\n".join(differs)) if part)
    logging.log(
        account_id=_account(lead),
        contact_id=lead.contact_id,
        opportunity_id=lead.opportunity_id,
        type=ActivityType.NOTE,
        subject=f"Lead at {place}: {said}"[:300],
        body=body,
        data={"lead": lead.pk} | ({"isFirstOfLead": True} if is_first else {}),
        happened_at=taking.when,
        source=taking.door.value,
        at=taking.at,
        by=taking.by,
    )


def what_it_is(lead: Lead) -> str:
    """Its class and score."""
    return f"{Grade(lead.grade).label.lower()}, {lead.score} of 100"


def task(lead: Lead, taking: Taking) -> int:
    """The follow-up, for its owner, who is reminded on the morning of its day; its id."""
    day = due_on(taking)
    made = logging.log(
        account_id=_account(lead),
        contact_id=lead.contact_id,
        opportunity_id=lead.opportunity_id,
        type=ActivityType.TASK,
        subject=f"Follow up with {name_of(lead)}"[:300],
        body=taking.asked.note,
        data={"lead": lead.pk},
        owner_id=lead.owner_id,
        due_on=day,
        remind_at=_morning(day, lead, taking),
        priority=Priority.HIGH if lead.grade == Grade.HOT else Priority.NORMAL,
        source=taking.door.value,
        at=taking.at,
        by=taking.by,
    )
    return made.pk


def _morning(day: date, lead: Lead, taking: Taking) -> datetime | None:
    """Where its owner is; where the firm is while it has none. None when that morning is over."""
    zone = zone_named(lead.owner.timezone) if lead.owner is not None else current().zone
    morning = morning_of(day, zone or UTC)
    return morning if morning > taking.at else None


def due_on(taking: Taking) -> date:
    """So many working days after it happened, and not before today."""
    if taking.asked.follow_up_on is not None:
        return taking.asked.follow_up_on
    calendar = current()
    days = taking.asked.follow_up_days
    if days is None:
        days = taking.event.follow_up_days if taking.event else 2
    return max(calendar.add(calendar.today(taking.when), days), calendar.today(taking.at))


def open_deal(lead: Lead, known: Known, taking: Taking) -> None:
    """The account's open opportunity, or a new one. Where the first stage asks for more than is known, none."""
    account = taking.account
    assert account is not None
    if account.status in NO_NEW_BUSINESS:
        lead.match["opportunity"] = f"{account.name} was found not to fit, so no opportunity was opened."
        return
    found = Opportunity.objects.filter(account_id=account.pk, kind=StageKind.OPEN).order_by("pk").first()
    if found is not None:
        lead.opportunity = belonging.inherit_deal(found, lead.owner_id, at=taking.at, by=taking.by)
        lead.match["opportunity"] = f"{found.name} was open already."
        return
    drivers = int(known.signal["n"]) if known.signal else None
    guess = values.estimate(drivers=drivers, fleet=known.fleet_size)
    close_on = current().today(taking.at) + timedelta(days=preferences.get(LeadValue).close_in_days)
    given: dict[str, Any] = {
        "name": account.name,
        "amount_cents": guess.cents,
        "close_on": close_on,
        "source": taking.source.key,
        "next_step": f"First call about their capture at {taking.event.name if taking.event else taking.source.name}",
        "next_step_on": due_on(taking),
        "owner_id": lead.owner_id,
        "decision_maker_id": lead.contact_id if taking.contact and taking.contact.is_decision_maker else None,
    }
    # Whoever takes down a lead may not see the account it belongs to; the opportunity is opened all the same.
    full = replace(taking.by, role=Role.ADMIN)
    try:
        with transaction.atomic():
            lead.opportunity = creating.create(account_id=account.pk, values=given, at=taking.at, by=full)
        lead.match["opportunity"] = guess.words
    except AppError as fault:
        lead.match["opportunity"] = f"No opportunity was opened: {fault.message}"


def tell(lead: Lead, taking: Taking) -> None:
    """A hot lead is told to its owner at once, or to all managers where it has none; any other to an owner who did not
    take it down."""
    live.publish(TOPIC, {"lead": lead.pk, "grade": lead.grade, "owner": lead.owner_id})
    is_hot = lead.grade == Grade.HOT
    if not is_hot and lead.owner_id in (None, taking.by.user_id):
        return
    place = f" at {taking.event.name}" if taking.event else ""
    word = "Hot lead" if is_hot else "New lead"
    text = f"{word}{place}: {name_of(lead)}, {lead.score} of 100. {taking.asked.note}".strip()
    if lead.owner_id is None:
        text = f"Nobody has it yet. {text}"
    notifying.notify(
        user_ids=managers.of_team(None) if lead.owner_id is None else [lead.owner_id],
        kind=NotificationKind.LEAD,
        text=text,
        at=taking.at,
        account_id=lead.account_id,
        target=("lead", lead.pk),
        key=f"lead:{lead.pk}",
    )


def name_of(lead: Lead) -> str:
    """The person and the company, as far as there are both."""
    person = lead.contact.name if lead.contact else ""
    company = lead.account.name if lead.account else str(lead.as_given.get("company", ""))
    return f"{person} of {company}" if person and company and person != company else person or company


def _account(lead: Lead) -> int:
    assert lead.account_id is not None
    return lead.account_id
