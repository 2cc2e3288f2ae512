"""One opportunity with everything its own page shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.required import missing_fields
from headhaul.pipeline.schemas.opportunities import OpportunityDetail, Person
from headhaul.pipeline.selectors import history, visible
from headhaul.pipeline.selectors.explaining import explained
from headhaul.pipeline.selectors.rows import OWNERS, SOURCE, Reading
from headhaul.pipeline.selectors.stages import row as stage_row

_OF_ONE = """
o.source, o.competitor, o.close_note, o.decision_maker_id, o.signal_day, o.signal_score_hundredths, o.signal_drivers,
o.created_at, x.driver_count as drivers_now
"""
_PEOPLE = """
select c.id, c.name, c.title, c.role, c.buying_role, c.is_decision_maker, c.has_left,
    exists (select from pipeline_opportunitycontact m where m.opportunity_id = %(id)s and m.contact_id = c.id) as is_in
from accounts_contact c where c.account_id = %(account)s
order by c.id is distinct from %(decides)s, lower(c.name), c.id
"""


def detail(*, opportunity_id: int, by: Actor, at: datetime) -> OpportunityDetail:
    """One opportunity. NotFound unless the actor may see it."""
    reading = Reading.now(at)
    found = _one(opportunity_id, reading, by=by)
    named = {"id": opportunity_id, "decides": found["decision_maker_id"], "account": found["account_id"]}
    rows = fetch(_PEOPLE, named)
    people = [Person(**{name: value for name, value in row.items() if name != "is_in"}) for row in rows]
    fields = reading.fields(found)
    stages = reading.book.of(found["pipeline_id"])
    return OpportunityDetail(
        **fields,
        **{name: found[name] for name in ("source", "competitor", "close_note", "signal_day", "signal_drivers")},
        signal_score=None if found["signal_score_hundredths"] is None else found["signal_score_hundredths"] / 100,
        drivers_now=found["drivers_now"],
        created_at=found["created_at"],
        decision_maker=next((each for each in people if each.id == found["decision_maker_id"]), None),
        committee=[each for each, row in zip(people, rows, strict=True) if row["is_in"]],
        contacts=people,
        exit_criteria=reading.book.stage(found["stage_id"]).exit_criteria,
        stages=[stage_row(stage) for stage in stages],
        path=history.path(opportunity_id, kind=found["kind"], reading=reading),
        history=history.entries(opportunity_id, book=reading.book),
        found=explained([opportunity_id], reading=reading).get(opportunity_id, []),
        missing={
            stage.key: missing_fields(stage, found | {"custom": fields["custom"]})
            for stage in stages
            if stage.pk != found["stage_id"]
        },
    )


def _one(opportunity_id: int, reading: Reading, *, by: Actor) -> dict[str, Any]:
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("o.id = %s", opportunity_id)
    scored = "left join accounts_accountscore x on x.account_id = o.account_id"
    sql = f"select {reading.columns}, {_OF_ONE} from {SOURCE} {OWNERS} {scored} where {narrowed.where}"
    rows = fetch(sql, narrowed.parameters)
    if not rows:
        raise NotFound(f"There is no opportunity {opportunity_id}.")
    return rows[0]
