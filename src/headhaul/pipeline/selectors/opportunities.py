"""Lists of opportunities, in orders that stay fast at hundreds of thousands."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from headhaul.accounts.selectors.pages import Conditions, Sort, page
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.opportunities import ListOpportunities, OpportunitiesPage, OpportunityFilters
from headhaul.pipeline.selectors.rows import OWNERS, SOURCE, Reading, custom_values, narrowed_by, needed_for
from headhaul.pipeline.working_days import start_of

LAST = date(9999, 12, 31)
SORTS = {
    "closing": Sort(
        "closing",
        ("coalesce(o.close_on, '9999-12-31'::date)", "o.id"),
        (date, int),
        lambda row: [row["close_on"] or LAST, row["id"]],
        descending=False,
    ),
    "amount": Sort(
        "amount",
        ("coalesce(o.amount_cents, -1)", "o.id"),
        (int, int),
        lambda row: [-1 if row["amount_cents"] is None else row["amount_cents"], row["id"]],
    ),
    "changed": Sort("changed", ("o.updated_at", "o.id"), (datetime, int), lambda row: [row["updated_at"], row["id"]]),
    "name": Sort(
        "name", ("lower(o.name)", "o.id"), (str, int), lambda row: [row["sort_name"], row["id"]], descending=False
    ),
    "stageAge": Sort(
        "stageAge",
        ("o.stage_entered_at", "o.id"),
        (datetime, int),
        lambda row: [row["stage_entered_at"], row["id"]],
        descending=False,
    ),
}


def list_page(*, asked: ListOpportunities, by: Actor, at: datetime) -> OpportunitiesPage:
    """A page of the opportunities this actor may see."""
    reading = Reading.now(at)
    columns = f"{reading.columns}, lower(o.name) as sort_name" if asked.sort == "name" else reading.columns
    narrowed = conditions(asked, reading=reading, by=by)
    found = page(
        columns=columns,
        source=f"{SOURCE} {OWNERS}",
        counted_in=needed_for(narrowed.where),
        conditions=narrowed,
        sort=SORTS[asked.sort],
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return OpportunitiesPage(
        items=[reading.row(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def conditions(asked: OpportunityFilters, *, reading: Reading, by: Actor) -> Conditions:
    """Everything that narrows the table."""
    narrowed = narrowed_by(asked, reading=reading, by=by)
    kinds = [kind.value for kind in asked.kind]
    if len(kinds) == 1:  # as one value: an index in the list's order is used
        narrowed.add("o.kind = %s", kinds[0])
    elif kinds:
        narrowed.add("o.kind = any(%s)", kinds)
    if asked.stage:
        named = [stage.pk for stage in reading.book.by_id.values() if stage.key in asked.stage]
        narrowed.add("o.stage_id = any(%s)", named)
    if asked.account_id is not None:
        narrowed.add("o.account_id = %s", asked.account_id)
    if asked.team_id is not None:
        narrowed.add("o.owner_id = any(array(select id from security_user where team_id = %s))", asked.team_id)
    if asked.closed_from:
        narrowed.add("o.closed_at >= %s", start_of(asked.closed_from, reading.calendar.zone))
    if asked.closed_to and asked.closed_to < LAST:
        narrowed.add("o.closed_at < %s", start_of(asked.closed_to + timedelta(days=1), reading.calendar.zone))
    if asked.custom:
        custom_values(narrowed, asked.custom)
    return narrowed
