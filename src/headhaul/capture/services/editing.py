"""What people do with a lead: work on it, hand it over, go on no further, take it up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.services import tags
from headhaul.accounts.services.ownership import check_can_own
from headhaul.actions.services.undoing import is_taking_back
from headhaul.activities.choices import ActivityType, NotificationKind
from headhaul.activities.models import Activity
from headhaul.activities.schemas.activities import UpdateActivity
from headhaul.activities.services import editing as activities
from headhaul.activities.services import live, notifying
from headhaul.capture.choices import LeadOutcome, LeadStatus, RoutedBy
from headhaul.capture.errors import LeadState, StaleLead
from headhaul.capture.models import Lead
from headhaul.capture.selectors.seen import visible
from headhaul.capture.services import belonging
from headhaul.capture.services.following import TOPIC, name_of
from headhaul.capture.services.routing import assigning
from headhaul.capture.services.routing.choosing import Decision
from headhaul.carriers.selectors.written import read
from headhaul.kernel import SYSTEM, Actor, AppError, Forbidden, NotFound, Role
from headhaul.security.models import User

SETTLED = frozenset({LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED})


def lock(lead_id: int, *, by: Actor, version: int | None = None) -> Lead:
    """The lead, held until the transaction ends, if this actor sees it. StaleLead when the version is not current."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    joined = "(select l.*) l left join accounts_account a on a.id = l.account_id"
    seen = f"exists (select from {joined} where {narrowed.where})"
    found = read(Lead, f"l.id = %s and {seen} for update of l", [lead_id, *narrowed.parameters], alias="l")
    if not found:
        raise NotFound(f"There is no lead {lead_id}.", fields={"leadId": "see getLeadQueue"})
    lead = found[0]
    if version is not None and lead.version != version:
        raise StaleLead("Somebody changed this lead meanwhile. Look at it again.", current=lead.version)
    return lead


def update(
    *, lead_id: int, version: int, values: Mapping[str, Any], at: datetime, by: Actor
) -> tuple[Lead, dict[str, Any]]:
    """Write what differs; the lead, and under wire names what the changed fields were before."""
    lead = lock(lead_id, by=by, version=version)
    _check_is_lead(lead)
    given = {name: value for name, value in values.items() if value is not None or name == "owner_id"}
    if "tags" in given:
        given["tags"] = list(dict.fromkeys(tags.normal(tag) for tag in given["tags"]))
    before = {name: getattr(lead, name) for name, value in given.items() if getattr(lead, name) != value}
    if not before:
        return lead, {}
    if "status" in before and lead.status in SETTLED:
        raise LeadState(f"This lead is {lead.status}. Reopen it first.", fields={"status": "see reopenLead"})
    for name in before:
        setattr(lead, name, given[name])
    if "tags" in before and lead.account_id is not None:
        tags.add_many(pairs=[(lead.account_id, tag) for tag in lead.tags], at=at, by=by)
    if "owner_id" in before:
        _hand_over(lead, before["owner_id"], at=at, by=by)
    _save(lead, [*before], at=at)
    return lead, {"ownerId" if name == "owner_id" else name: value for name, value in before.items()}


def disqualify(*, lead_id: int, version: int | None, reason: str, at: datetime, by: Actor) -> Lead:
    """Nobody goes on with it."""
    lead = lock(lead_id, by=by, version=version)
    _check_is_lead(lead)
    if lead.status in SETTLED:
        raise LeadState(f"This lead is {lead.status} already.")
    lead.match = {**lead.match, "before": lead.status}
    lead.status, lead.status_reason = LeadStatus.DISQUALIFIED, reason
    lead.outcome, lead.outcome_at = LeadOutcome.LOST, at
    _save(lead, ["status", "status_reason", "match", "outcome", "outcome_at"], at=at)
    return lead


def reopen(*, lead_id: int, version: int | None, at: datetime, by: Actor) -> tuple[Lead, str]:
    """Take it up again where it was; and why nobody went on with it."""
    lead = lock(lead_id, by=by, version=version)
    if lead.status != LeadStatus.DISQUALIFIED:
        raise LeadState("Only a lead that was disqualified can be reopened.")
    reason, lead.status_reason = lead.status_reason, ""
    lead.status = LeadStatus(lead.match.get("before", LeadStatus.NEW))
    lead.outcome = lead.outcome_at = None
    _save(lead, ["status", "status_reason", "outcome", "outcome_at"], at=at)
    return lead, reason


def _check_is_lead(lead: Lead) -> None:
    if lead.is_spam:
        raise LeadState("This was held back as junk. Release it first.", fields={"leadId": "see releaseLead"})
    if lead.merged_into_id is not None:
        raise LeadState(
            f"They were taken down before: work on lead {lead.merged_into_id}.",
            fields={"leadId": str(lead.merged_into_id)},
        )


def _hand_over(lead: Lead, before: int | None, *, at: datetime, by: Actor) -> None:
    """Managers give leads to anybody; a rep gives away their own and takes what nobody has, and takes that back."""
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    if not is_manager and not is_taking_back() and before not in (None, by.user_id):
        raise Forbidden("Somebody else has this lead. Ask a manager to reassign it.", fields={"ownerId": "no"})
    owner = None if lead.owner_id is None else check_can_own(User.objects.filter(pk=lead.owner_id).first())
    who = owner.get_full_name() if owner else "nobody"
    decision = Decision(lead.owner_id, RoutedBy.PERSON, f"{by.label} gave it to {who}.")
    lead.routed_by = RoutedBy.PERSON
    belonging.go_along(lead, before, at=at, by=by)
    lead.save(update_fields=["routed_by", "match"])
    assigning.keep(lead=lead, decision=decision, version=None, at=at, by=by)
    move_tasks(lead, before, at=at)
    if lead.owner_id is not None and lead.owner_id != by.user_id:
        notifying.notify(
            user_ids=[lead.owner_id],
            kind=NotificationKind.LEAD,
            text=f"{by.label} gave you a lead: {name_of(lead)}, {lead.score} of 100.",
            at=at,
            account_id=lead.account_id,
            target=("lead", lead.pk),
            key=f"lead:{lead.pk}:v{lead.version + 1}",
        )


def move_tasks(lead: Lead, before: int | None, *, at: datetime) -> None:
    """The follow-ups go along, unless somebody else took them or they are done."""
    if lead.account_id is None or lead.owner_id is None:
        return
    tasks = Activity.objects.filter(account_id=lead.account_id, type=ActivityType.TASK, data__lead=lead.pk)
    for task in tasks.filter(completed_at__isnull=True, owner_id=before).order_by("pk"):
        try:
            held = activities.lock(task.pk, by=SYSTEM)
            asked = UpdateActivity(activity_id=task.pk, version=held.version, owner_id=lead.owner_id)
            activities.change(activity=held, asked=asked, at=at, by=SYSTEM)
        except AppError:  # the new owner does not see the account: the task stays where it is
            continue


def _save(lead: Lead, changed: list[str], *, at: datetime) -> None:
    lead.version += 1
    lead.updated_at = at
    names = [name.removesuffix("_id") if name == "owner_id" else name for name in changed]
    lead.save(update_fields=[*names, "version", "updated_at"])
    live.publish(TOPIC, {"lead": lead.pk, "grade": lead.grade, "owner": lead.owner_id})
