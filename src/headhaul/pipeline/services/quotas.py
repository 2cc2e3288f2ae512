"""What people, teams and the firm are to win in a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from headhaul.kernel import Actor, StaleVersion
from headhaul.pipeline.models import Quota
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.periods import PeriodSpan
from headhaul.pipeline.services.forecast_calls import check_subject


class StaleQuota(StaleVersion):
    """Somebody set this quota since it was read."""


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """A quota before and after; None: there is none. Version 0 is that of a quota that is not there."""

    before: int | None
    after: int | None
    version: int


def set_amount(
    *,
    subject: Subject,
    span: PeriodSpan,
    amount_cents: int | None,
    version: int | None,
    at: datetime,
    by: Actor,
) -> QuotaChange:
    """Set the quota, or with None take it away. StaleQuota when `version` is given and not the current one."""
    check_subject(subject, by=by)
    wanted = {
        "period": span.kind.value,
        "starts_on": span.starts_on,
        "user_id": subject[1] if subject[0] == "user" else None,
        "team_id": subject[1] if subject[0] == "team" else None,
    }
    quota = Quota.objects.select_for_update().filter(**_exactly(wanted)).first()
    current = quota.version if quota else 0
    if version is not None and version != current:
        raise _stale(current)
    before = quota.amount_cents if quota else None
    if amount_cents is None:
        if quota:
            quota.delete()
        return QuotaChange(before, None, 0)
    if quota is None:
        quota = Quota(**wanted, version=0)
    quota.amount_cents, quota.version, quota.updated_at = amount_cents, quota.version + 1, at
    try:
        with transaction.atomic():
            quota.save()
    except IntegrityError as fault:  # somebody set the first one at the same moment
        raise _stale(1) from fault
    return QuotaChange(before, amount_cents, quota.version)


def _exactly(wanted: Mapping[str, object]) -> dict[str, object]:
    """Filters in which None means that there is none."""
    return {f"{name}__isnull" if value is None else name: value is None or value for name, value in wanted.items()}


def _stale(current: int) -> StaleQuota:
    return StaleQuota("Somebody set this quota meanwhile. Look at it again, then repeat your change.", current=current)
