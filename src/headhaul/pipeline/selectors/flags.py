"""Risks as SQL: for each a condition on an opportunity `o`, so that a list, a total and a snapshot ask the same thing.

What needs the firm's calendar is turned into an instant or a date beforehand: a row is then compared, never counted.
These change at midnight and the signals' day with a night, so that the text stays the same all day and PostgreSQL plans
it once.
`headhaul.pipeline.risks` says the same one by one, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from headhaul.activities.choices import TOUCHES
from headhaul.pipeline.choices import Risk, StageKind
from headhaul.pipeline.models import Stage
from headhaul.pipeline.preferences import RiskLimits
from headhaul.pipeline.risks import ANSWERS, NOT_REACHED
from headhaul.pipeline.working_days import Calendar, start_of
from headhaul.preferences.services import values


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


_TOUCH = f"t.type in ({_quoted(TOUCHES)})"
_ANSWERED = f"(t.direction = 'in' or t.outcome in ({_quoted(ANSWERS)}))"
_UNANSWERED = f"(t.direction <> 'in' and t.outcome not in ({_quoted([*ANSWERS, *NOT_REACHED])}))"


@dataclass(frozen=True, slots=True)
class Flags:
    """The conditions at one moment."""

    conditions: dict[Risk, str]

    def array(self) -> str:
        """The risks of a row as text[], in the order of the enum."""
        cases = ", ".join(f"case when {condition} then '{risk}' end" for risk, condition in self.conditions.items())
        return f"case when o.kind = 'open' then array_remove(array[{cases}], null) else '{{}}'::text[] end"

    def where(self, risk: Risk | None) -> str:
        """That a row has this risk, or any: what its own columns say is asked first, what needs other rows last."""
        chosen = list(self.conditions.values()) if risk is None else [self.conditions[risk]]
        chosen.sort(key=lambda condition: condition.count("select"))
        return f"o.kind = 'open' and ({' or '.join(f'({condition})' for condition in chosen)})"


def flags(*, stages: Iterable[Stage], at: datetime, calendar: Calendar, signal_day: date | None) -> Flags:
    """The conditions as of now, by the firm's limits and calendar; `signal_day`: whose signals are current."""
    limits, now = values.get(RiskLimits), calendar.today(at)
    today = f"date '{now}'"
    stages = [stage for stage in stages if stage.kind == StageKind.OPEN]
    needed = _one_of(stage.pk for stage in stages if stage.probability >= limits.needed_from)
    return Flags(
        {
            Risk.NO_ACTIVITY: _no_activity(start_of(now - timedelta(days=limits.quiet_days), calendar.zone)),
            Risk.OVERDUE_CLOSE: f"o.close_on < {today}",
            Risk.SINGLE_THREADED: f"{needed} and {INVOLVED} < {limits.contacts}",
            Risk.NO_DECISION_MAKER: f"{needed} and {_NOBODY_DECIDES}",
            Risk.STALLED_IN_STAGE: _stalled(stages, at=at, calendar=calendar),
            Risk.NO_NEXT_STEP: "o.next_step = ''",
            Risk.NEXT_STEP_OVERDUE: f"o.next_step <> '' and o.next_step_on < {today}",
            Risk.PUSHED_TWICE: f"o.pushes >= {limits.pushes}",
            Risk.SUPPLY_DROPPED: _supply_dropped(limits.supply_drop_percent, signal_day),
            Risk.CARRIER_RISK: _carrier_risk(signal_day),
            Risk.GHOSTED: _ghosted(limits, now=now, calendar=calendar),
        }
    )


INVOLVED = """(select count(*) from pipeline_opportunitycontact m where m.opportunity_id = o.id
    and m.contact_id is distinct from o.decision_maker_id) + (o.decision_maker_id is not null)::int"""
_NOBODY_DECIDES = """(o.decision_maker_id is null or exists (
    select from accounts_contact c where c.id = o.decision_maker_id and c.has_left))"""
_ALERTED = """exists (
    select from activities_alert l
    where l.account_id = o.account_id and l.kind = 'carrier_risk' and l.dismissed_at is null)"""


def _no_activity(quiet_since: datetime) -> str:
    return f"""greatest(o.opened_at, (
        select p.last_touch_at from accounts_accountpulse p where p.account_id = o.account_id
    )) < {_instant(quiet_since)}"""


def _stalled(stages: list[Stage], *, at: datetime, calendar: Calendar) -> str:
    """Entered before the instant at which the stage's clock would have had to start."""
    cases = [
        f"when {stage.pk} then {_instant(calendar.late_before(at, stage.sla_days))}"
        for stage in stages
        if stage.sla_days is not None
    ]
    return f"o.stage_entered_at < case o.stage_id {' '.join(cases)} end" if cases else "false"


def gated(signal_day: date | None) -> str:
    """That the day's signals close the carrier to prospecting. The day stands in the text: one partition is planned."""
    if signal_day is None:
        return "false"
    return f"""exists (
        select from accounts_account g
        join carriers_signal s on s.day = date '{signal_day}' and s.dot_number = g.dot_number
        where g.id = o.account_id and s.gate_mask <> 0)"""


def _carrier_risk(signal_day: date | None) -> str:
    return f"({_ALERTED} or {gated(signal_day)})"


def _supply_dropped(percent: int, signal_day: date | None) -> str:
    """A carrier that the signals no longer name has no fitting driver left."""
    if signal_day is None:
        return "false"
    return f"""o.signal_drivers > 0 and o.signal_day < date '{signal_day}' and 100 * coalesce((
        select x.driver_count from accounts_accountscore x where x.account_id = o.account_id
    ), 0) <= o.signal_drivers * {100 - percent}"""


def _ghosted(limits: RiskLimits, *, now: date, calendar: Calendar) -> str:
    """Enough touches of ours since the last sign of life, the first of them long enough ago."""
    start, end, first = (
        _instant(start_of(now - timedelta(days=days), calendar.zone))
        for days in (limits.ghosted_window, -1, limits.ghosted_days - 1)
    )
    between = f"t.account_id = o.account_id and {_TOUCH} and t.happened_at >= {start} and t.happened_at < {end}"
    answered = f"select max(t.happened_at) from activities_activity t where {between} and {_ANSWERED}"
    return f"""(select count(*) >= {limits.ghosted_touches}
            and min(t.happened_at) < {first}
        from activities_activity t
        where {between} and {_UNANSWERED} and t.happened_at > coalesce(({answered}), '-infinity'))"""


def _one_of(ids: Iterable[int]) -> str:
    return f"o.stage_id = any('{{{','.join(str(key) for key in ids)}}}'::bigint[])"


def _instant(moment: datetime) -> str:
    return f"timestamptz '{moment.isoformat()}'"
