"""The facts of records, as conditions and variables ask for them: many at once in one query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline import ports
from headhaul.pipeline.choices import RuleTrigger


@dataclass(frozen=True, slots=True)
class Target:
    """What an event happened to."""

    account_id: int | None = None
    opportunity_id: int | None = None
    activity_id: int | None = None
    lent: tuple[str, int] | None = None  # kind and number of a record that a room above lends


class Happened(Protocol):
    """An event, as far as it says what it happened to."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def opportunity_id(self) -> int | None: ...
    @property
    def activity_id(self) -> int | None: ...
    @property
    def record_id(self) -> int | None: ...


@dataclass(slots=True)
class Subject:
    """The records that a rule looks at and acts on. `facts` holds what conditions know, by field name."""

    account_id: int
    opportunity_id: int | None
    activity_id: int | None
    facts: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # what variables become
    lent: tuple[str, int] | None = None
    opportunity_version: int | None = None
    account_version: int = 1

    @property
    def record(self) -> str:
        """The name by which a chain of rules remembers it."""
        return f"o{self.opportunity_id}" if self.opportunity_id is not None else f"a{self.account_id}"

    @property
    def owner_id(self) -> int | None:
        """Whose it is: the opportunity's owner, or else the account's."""
        owner: int | None = self.facts.get("opportunity.owner") or self.facts.get("account.owner")
        return owner


_FACTS = """
select t.n, act.id as activity_id, act.type as activity_type, act.outcome as activity_outcome,
       act.direction as activity_direction, act.subject as activity_subject,
       a.id as account_id, a.version as account_version, a.name as account_name, a.status, a.segment, a.state, a.city,
       a.region, a.fleet_size, a.source as account_source, a.owner_id as account_owner, a.team_id as account_team,
       a.custom as account_custom, x.score_hundredths,
       array(select w.tag from accounts_accounttag w where w.account_id = a.id order by w.tag) as tags,
       coalesce(nullif(au.name, ''), au.email, '') as account_owner_name,
       o.id as opportunity_id, o.version as opportunity_version, o.name as opportunity_name, s.key as stage,
       s.label as stage_label, o.amount_cents, o.category, o.owner_id, ou.team_id, o.stage_entered_at,
       o.decision_maker_id is not null as has_decision_maker, o.next_step, o.next_step_on, o.close_on, o.competitor,
       o.lost_reason, o.source, o.custom, coalesce(nullif(ou.name, ''), ou.email, '') as owner_name
from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) with ordinality
     as t(opportunity_id, account_id, activity_id, n)
left join activities_activity act on act.id = t.activity_id
left join pipeline_opportunity given on given.id = coalesce(t.opportunity_id, act.opportunity_id)
join accounts_account a on a.id = coalesce(given.account_id, t.account_id, act.account_id)
left join accounts_accountscore x on x.account_id = a.id
left join security_user au on au.id = a.owner_id
left join lateral (
    select given.id where given.id is not null
    union all
    (select near.id from pipeline_opportunity near
     where given.id is null and near.account_id = a.id and near.kind = 'open' order by near.id desc limit 1)
) chosen on true
left join pipeline_opportunity o on o.id = chosen.id
left join pipeline_stage s on s.id = o.stage_id
left join security_user ou on ou.id = o.owner_id
order by t.n
"""


def load(target: Target, *, at: datetime) -> Subject | None:
    """What is known of the target; None when it is gone."""
    return load_many([target], at=at)[0]


def load_many(targets: Sequence[Target], *, at: datetime) -> list[Subject | None]:
    """What is known of each target now, in the same order. An account brings its newest open opportunity with it."""
    found: list[Subject | None] = [None] * len(targets)
    columns = [[getattr(t, name) for t in targets] for name in ("opportunity_id", "account_id", "activity_id")]
    for row in fetch(_FACTS, columns):
        found[row["n"] - 1] = _subject(row, at=at)
    _add_lent(found, targets)
    return found


def target_of(trigger: RuleTrigger, happened: Happened) -> Target:
    """What an event happened to, with the record that came with its trigger."""
    records = ports.with_trigger(trigger)
    number = happened.record_id
    lent = (records.kind, number) if records is not None and number is not None else None
    return Target(happened.account_id, happened.opportunity_id, happened.activity_id, lent)


def _add_lent(subjects: Sequence[Subject | None], targets: Sequence[Target]) -> None:
    """The facts of records that rooms above lend, asked for once for each kind."""
    for records in ports.lent():
        wanted = [
            (s, t.lent[1]) for s, t in zip(subjects, targets, strict=True) if s and t.lent and t.lent[0] == records.kind
        ]
        known = records.load(sorted({number for _, number in wanted})) if wanted else {}
        for subject, number in wanted:
            subject.lent = (records.kind, number)
            subject.facts |= known.get(number, {})


def _subject(row: dict[str, Any], *, at: datetime) -> Subject:
    has = row["opportunity_id"] is not None
    score = row["score_hundredths"]
    facts = {
        "account.status": row["status"], "account.segment": row["segment"], "account.state": row["state"] or None,
        "account.region": row["region"] or None, "account.fleetSize": row["fleet_size"],
        "account.score": None if score is None else score / 100, "account.tag": list(row["tags"]),
        "account.source": row["account_source"], "account.owner": row["account_owner"],
        "account.team": row["account_team"],
    } | _own("account", row["account_custom"])  # fmt: skip
    if has:
        facts |= {
            "opportunity.stage": row["stage"], "opportunity.amountCents": row["amount_cents"],
            "opportunity.category": row["category"], "opportunity.owner": row["owner_id"],
            "opportunity.team": row["team_id"], "opportunity.daysInStage": (at - row["stage_entered_at"]).days,
            "opportunity.hasDecisionMaker": row["has_decision_maker"], "opportunity.nextStep": row["next_step"] or None,
            "opportunity.nextStepOn": row["next_step_on"], "opportunity.closeOn": row["close_on"],
            "opportunity.competitor": row["competitor"] or None, "opportunity.lostReason": row["lost_reason"] or None,
            "opportunity.source": row["source"] or None,
        } | _own("opportunity", row["custom"])  # fmt: skip
    if row["activity_id"] is not None:
        facts |= {
            "activity.type": row["activity_type"],
            "activity.outcome": row["activity_outcome"] or None,
            "activity.direction": row["activity_direction"] or None,
        }
    return Subject(
        account_id=row["account_id"],
        opportunity_id=row["opportunity_id"],
        activity_id=row["activity_id"],
        facts=facts,
        names=_names(row),
        opportunity_version=row["opportunity_version"],
        account_version=row["account_version"],
    )


def _own(entity: str, values: Any) -> dict[str, Any]:
    return {f"{entity}.custom.{key}": value for key, value in (read_json(values) or {}).items()}


def read_json(value: Any) -> Any:
    """What a jsonb column holds: written queries give it as text."""
    return json.loads(value) if isinstance(value, str) else value


def _names(row: dict[str, Any]) -> dict[str, str]:
    amount, close = row["amount_cents"], row["close_on"]
    named = {
        "account.name": row["account_name"],
        "account.city": row["city"],
        "account.state": row["state"],
        "account.owner": row["account_owner_name"],
        "opportunity.name": row["opportunity_name"],
        "opportunity.stage": row["stage_label"],
        "opportunity.owner": row["owner_name"],
        "opportunity.amount": "" if amount is None else f"${amount / 100:,.0f}",
        "opportunity.closeOn": "" if close is None else close.isoformat(),
        "opportunity.nextStep": row["next_step"],
        "opportunity.competitor": row["competitor"],
        "activity.subject": row["activity_subject"],
    }
    return {name: value or "" for name, value in named.items()}


VARIABLES = (
    "account.name", "account.city", "account.state", "account.owner", "opportunity.name", "opportunity.stage",
    "opportunity.owner", "opportunity.amount", "opportunity.closeOn", "opportunity.nextStep", "opportunity.competitor",
    "activity.subject",
)  # fmt: skip
"""What texts may name."""
