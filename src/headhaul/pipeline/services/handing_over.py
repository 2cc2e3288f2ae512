"""Open deals that change hands together with their accounts, and go back with them: by sets, as accounts do.

It keeps what the one writer keeps: version, history, what was before, the news to open pages, the events of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.accounts.ports.deals import WentBack
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.activities.services.live import CHANNEL
from headhaul.kernel import Actor, AppError
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import Opportunity, OpportunityBefore
from headhaul.pipeline.selectors import visible
from headhaul.pipeline.services import reverting, rules
from headhaul.pipeline.services.happening import Event

# A deal whose stage asks for an owner does not become nobody's: what a stage asks for is not taken away in it.
_GO = """
with t as materialized (
    select %s::bigint as owner_id, %s::timestamptz as at, %s::bigint as by_id, %s::text as batch_id
), held as (
    select o.id, o.account_id, o.owner_id from t cross join pipeline_opportunity o
    join accounts_account a on a.id = o.account_id join pipeline_stage s on s.id = o.stage_id
    where {where} and o.kind = 'open' and o.owner_id is distinct from t.owner_id
      and a.owner_id is distinct from t.owner_id and (t.owner_id is not null or not 'ownerId' = any(s.required))
    order by o.id for update of o
), went as (
    update pipeline_opportunity o set owner_id = t.owner_id, version = o.version + 1, updated_at = t.at
    from held, t where held.id = o.id returning o.id, o.version, held.account_id, held.owner_id as had
), noted as (
    insert into pipeline_opportunitychange (
        opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
    select w.id, w.version, 'owner', to_jsonb(w.had), to_jsonb(t.owner_id), t.at, t.at, t.by_id, t.batch_id
    from went w cross join t
), kept as (
    insert into pipeline_opportunitybefore (opportunity_id, version, before, batch_id, at)
    select w.id, w.version, jsonb_build_object('owner_id', w.had), t.batch_id, t.at from went w cross join t
)
select w.id, w.version, w.account_id, w.had, pg_notify(%s, jsonb_build_object(
    'topic', 'pipeline', 'opportunity', w.id, 'version', w.version, 'by', t.by_id)::text)
from went w cross join t order by w.id
"""


class DealsOfAccounts:
    """The open deals, for the room of the accounts."""

    def go_along(
        self, *, account_ids: Sequence[int], owner_id: int | None, batch_id: str, at: datetime, by: Actor
    ) -> int:
        """Give the open deals that the actor may write to the new owner of their accounts; how many went."""
        narrowed = Conditions()
        visible(narrowed, by=by)
        narrowed.add("o.account_id = any(%s)", list(account_ids))
        parameters = [owner_id, at, by.user_id, batch_id, *narrowed.parameters, CHANNEL]
        rows = fetch(_GO.format(where=narrowed.where), parameters)
        rules.fire_many([
            Event(
                trigger=RuleTrigger.OWNER_CHANGED,
                at=at,
                key=f"opportunity:{row['id']}:v{row['version']}:{RuleTrigger.OWNER_CHANGED}",
                account_id=row["account_id"],
                opportunity_id=row["id"],
                actor=by.label,
                changes={"owner": (row["had"], owner_id)},
            )
            for row in rows
        ])  # fmt: skip
        return len(rows)

    def go_back(
        self, *, batch_id: str, as_batch: str, at: datetime, by: Actor, account_id: int | None = None
    ) -> WentBack:
        """Give each back to whom it belonged, unless something was changed since or stands in the way."""
        gone = OpportunityBefore.objects.filter(batch_id=batch_id, before__has_key="owner_id")
        if account_id is not None:
            of_account = Opportunity.objects.filter(account_id=account_id).values("pk")
            gone = gone.filter(opportunity_id__in=of_account)
        returned = kept = 0
        for key, version in gone.order_by("opportunity_id", "-version").values_list("opportunity_id", "version"):
            try:
                reverting.revert(opportunity_id=key, version=version, at=at, by=by, batch_id=as_batch)
            except AppError:
                kept += 1
            else:
                returned += 1
        return WentBack(returned, kept)
