"""Taking a change back: the columns that it wrote hold again what they held before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor, AppError
from headhaul.outreach.services.putting_back import Back
from headhaul.pipeline.errors import CannotRevert
from headhaul.pipeline.models import Opportunity, OpportunityBefore
from headhaul.pipeline.services import following
from headhaul.pipeline.services.changing import change, lock

# What stands again has stood since it was first said, so that reports know nothing of what was taken back. What nobody
# had said anything of before was so until the change came.
_SINCE = """
select distinct on (field) field, valid_from as since from pipeline_opportunitychange
where opportunity_id = %(id)s and version <= %(made)s order by field, version < %(made)s desc, version desc
"""
KEPT_FOR = timedelta(days=30)  # as long as a write can be taken back
_DATES = frozenset({"close_on", "next_step_on"})
_INSTANTS = frozenset({"stage_entered_at", "closed_at"})


@dataclass(frozen=True, slots=True)
class Reverted:
    """The opportunity as it is again, and what became of the sequences that the change had ended."""

    opportunity: Opportunity
    back: Back


@dataclass(frozen=True, slots=True)
class Returned:
    """Of a batch: how many opportunities went back, and which were changed since and stay."""

    returned: int
    kept: list[int]


def revert(
    *, opportunity_id: int, version: int, at: datetime, by: Actor, made: int | None = None, batch_id: str = ""
) -> Reverted:
    """Take back the change that made version `made`, by default the present one, with what it did to sequences.

    StaleOpportunity when the present version is not `version`: then something was changed since.
    """
    opportunity = lock(opportunity_id, by=by, version=version)
    kept = OpportunityBefore.objects.filter(opportunity_id=opportunity_id, version=made or version).first()
    if kept is None:
        raise CannotRevert("It is no longer known what this opportunity was before.")
    values = {name: _read(name, value) for name, value in kept.before.items()}
    since = {row["field"]: row["since"] for row in fetch(_SINCE, {"id": opportunity_id, "made": made or version})}
    changed = change(opportunity=opportunity, values=values, at=at, by=by, batch_id=batch_id, restores=since)
    if "stage_id" not in values or changed.version == version:
        return Reverted(changed, Back())
    back = following.go_on_again(changed, made=made or version, changed_at=kept.at, at=at, by=by)
    return Reverted(changed, back)


def revert_batch(*, batch_id: str, at: datetime, by: Actor) -> Returned:
    """Take back all changes of a batch, each unless something was changed since or stands in the way."""
    returned, kept = 0, []
    befores = OpportunityBefore.objects.filter(batch_id=batch_id).order_by("opportunity_id", "-version")
    for opportunity_id, version in befores.values_list("opportunity_id", "version"):
        try:
            revert(opportunity_id=opportunity_id, version=version, at=at, by=by)
        except AppError:
            kept.append(opportunity_id)
        else:
            returned += 1
    return Returned(returned, kept)


def prune(*, at: datetime) -> int:
    """Forget what can no longer be taken back; how many."""
    return OpportunityBefore.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DATES:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in _INSTANTS else value


def inverse(opportunity: Opportunity, *, made: int) -> tuple[str, Mapping[str, Any]]:
    """The action and its data that take back what made version `made`, from how the opportunity is now."""
    return "revertOpportunity", {"opportunityId": opportunity.pk, "version": opportunity.version, "change": made}
