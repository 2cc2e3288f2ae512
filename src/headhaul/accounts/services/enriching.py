"""Facts from FMCSA carried over to an account: its fleet, with who says so and of which day, and its segment."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from headhaul.accounts.choices import FleetSource
from headhaul.accounts.models import Account
from headhaul.accounts.services import history
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor


def enriched(
    *,
    account_id: int,
    fleet_size: int | None,
    segment: Segment,
    source: FleetSource,
    as_of: date | None,
    at: datetime,
    by: Actor,
) -> None:
    """Note that the account's facts were looked up, and what changed; an unknown fleet changes nothing.

    A fleet size that a person entered stays.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)
        values: dict[str, object] = {}
        if fleet_size is not None and account.fleet_source != FleetSource.PERSON:
            values = {"fleet_size": fleet_size, "segment": segment}
            account.fleet_source, account.fleet_as_of = source.value, as_of
        changes = history.changed(account, values)
        for name in changes:
            setattr(account, name, values[name])
        account.enriched_at = at
        if changes:
            account.version += 1
            account.updated_at = at
            history.record(account_id=account.pk, changes=changes, at=at, by=by)
        account.save()
