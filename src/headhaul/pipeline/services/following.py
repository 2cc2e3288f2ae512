"""What a change brings with it: a line on the timeline, the account's standing, and whatever rules make of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from headhaul import preferences
from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.models import FieldChange
from headhaul.accounts.services import editing
from headhaul.activities.choices import ActivityType
from headhaul.activities.services import logging
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.services import putting_back, stops
from headhaul.outreach.services.putting_back import Back
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.preferences import Closing
from headhaul.pipeline.services import events

if TYPE_CHECKING:
    from headhaul.pipeline.services.changing import Made

_BEFORE_PROSPECTING = frozenset({AccountStatus.TARGET})


def follow(
    *, made: Made, at: datetime, by: Actor, batch_id: str, valid_from: datetime, ends_sequences: bool = True
) -> None:
    """Everything that follows from a change."""
    if made.went_to is not None:
        _tell_timeline(made, at=at, by=by, valid_from=valid_from)
        if made.came_from is not None and ends_sequences:
            why = f"{made.opportunity.name} went to {made.went_to.label}."
            stops.stop_for_stage(
                account_id=made.opportunity.account_id, at=at, why=why, by=by, cause=cause_of(made.opportunity)
            )
        if made.went_to.kind == StageKind.WON:
            raise_status(made.opportunity, AccountStatus.CLIENT, at=at, by=by)
    events.changed(made, at=at, by=by)


def cause_of(opportunity: Opportunity, version: int | None = None) -> str:
    """What outreach calls the change that made a version, by default the present one, when it ends sequences."""
    return f"opportunity:{opportunity.pk}:{version or opportunity.version}"


def go_on_again(opportunity: Opportunity, *, made: int, changed_at: datetime, at: datetime, by: Actor) -> Back:
    """The change that made version `made`, at `changed_at`, was taken back: so are the account's status and what it
    did to sequences.

    What it had ended goes on; what had come back by it, because it took back a move itself, ends again.
    """
    undone, now = cause_of(opportunity, made), cause_of(opportunity)
    why = f"{opportunity.name} went to another stage again."
    stops.stop_again(returned_by=undone, cause=now, at=at, why=why, by=by)
    causes = [undone, *_lower_status(opportunity.account_id, raised_at=changed_at, at=at, by=by)]
    why = f"The move of {opportunity.name} was taken back."
    return putting_back.put_back(causes=causes, returned_by=now, why=why, at=at, by=by)


def follow_removal(opportunity: Opportunity, *, at: datetime, by: Actor) -> Back:
    """It should never have been entered: what it made of its account by that, and of sequences there, is taken back."""
    causes = _lower_status(opportunity.account_id, raised_at=opportunity.created_at, at=at, by=by)
    now, why = f"opportunity:{opportunity.pk}:removed", f"{opportunity.name} was removed."
    return putting_back.put_back(causes=causes, returned_by=now, why=why, at=at, by=by)


def raise_status(opportunity: Opportunity, status: AccountStatus, *, at: datetime, by: Actor) -> None:
    """Let the account follow, unless it stands further already or the firm does not want that."""
    if preferences.get(Closing).status_follows == "no":
        return
    account = editing.lock(opportunity.account_id, by=SYSTEM)
    if status == AccountStatus.PROSPECTING and account.status not in _BEFORE_PROSPECTING:
        return
    editing.apply(account=account, values={"status": status}, at=at, by=by)


def _lower_status(account_id: int, *, raised_at: datetime, at: datetime, by: Actor) -> list[str]:
    """Take back what an opportunity made of its account, unless somebody has said something else since. As what cause
    outreach knows the status that goes.
    """
    latest = FieldChange.objects.filter(account_id=account_id, field="status").order_by("-recorded_at", "-pk").first()
    if latest is None or latest.recorded_at != raised_at or latest.old is None:
        return []
    account = editing.lock(account_id, by=SYSTEM)
    if account.status != latest.new:
        return []
    editing.apply(account=account, values={"status": AccountStatus(latest.old)}, at=at, by=by)
    return [stops.cause_of_status(account_id, raised_at)]


def _tell_timeline(made: Made, *, at: datetime, by: Actor, valid_from: datetime) -> None:
    before, after = made.came_from, made.went_to
    opportunity = made.opportunity
    said = f"{opportunity.name}: {before.label if before else '–'} → {after.label if after else '–'}"
    note = opportunity.close_note if opportunity.kind != StageKind.OPEN else ""
    body = "\n".join(part for part in (opportunity.lost_reason, note) if part)
    logging.log(
        account_id=opportunity.account_id,
        type=ActivityType.STAGE_CHANGE,
        at=at,
        by=by,
        happened_at=valid_from,
        opportunity_id=opportunity.pk,
        subject=said,
        body=body,
    )
