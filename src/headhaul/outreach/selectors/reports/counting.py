"""Messages and carriers counted in groups: all groups and the whole in one reading of the facts.

A carrier counts with a meeting or an opportunity that came after a message was sent to it, within the days that the
settings allow. Several groups that touched it are all credited: their sums may exceed the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor
from headhaul.outreach.ports import opportunities
from headhaul.outreach.preferences import Reporting
from headhaul.outreach.schemas.reports import Counts, FunnelStep, Line, Measure, Rates, ReportScope, Stage
from headhaul.outreach.selectors.reports.rates import rate
from headhaul.outreach.selectors.reports.scope import messages

SENT = "f.fate in ('delivered', 'bounced', 'failed', 'unknown')"
# Texts carry no tracked links, and many e-mails none: nobody could have clicked in them.
_HAS_LINK = (
    "(f.click <> '' or f.channel = 'email' and exists ("
    "select from outreach_trackedlink l where l.message_id = f.message_id and not l.is_trap))"
)
MEASURES: dict[Measure, str] = {
    Measure.PLANNED: "true",
    Measure.WAITING: "f.fate = 'waiting'",
    Measure.NOT_SENT: "f.fate = 'not_sent'",
    Measure.SENT: SENT,
    Measure.DELIVERED: "f.fate = 'delivered'",
    Measure.CONFIRMED: "f.fate = 'delivered' and f.is_confirmed",
    Measure.TRACKED: f"f.fate = 'delivered' and {_HAS_LINK}",
    Measure.BOUNCED: "f.fate = 'bounced'",
    Measure.FAILED: "f.fate = 'failed'",
    Measure.UNKNOWN: "f.fate = 'unknown'",
    Measure.OPENED: f"{SENT} and f.is_opened",
    Measure.CLICKED_HUMAN: f"{SENT} and f.click = 'human'",
    Measure.CLICKED_UNKNOWN: f"{SENT} and f.click = 'unknown'",
    Measure.CLICKED_MACHINE: f"{SENT} and f.click = 'machine'",
    Measure.REPLIED: f"{SENT} and f.is_replied",
    Measure.AUTO_REPLIED: f"{SENT} and f.is_auto_replied",
    Measure.COMPLAINED: f"{SENT} and f.is_complained",
    Measure.UNSUBSCRIBED: f"{SENT} and f.is_unsubscribed",
}
"""What each number counts, as a condition on a fact."""

_COUNTED = ", ".join(f"count(*) filter (where {condition}) as {name}" for name, condition in MEASURES.items())
_MESSAGES = f"""
select {{key}} as key, grouping({{key}}) = 1 as is_total, {_COUNTED},
       percentile_cont(0.5) within group (order by extract(epoch from f.replied_at - f.at) / 3600)
           filter (where {MEASURES[Measure.REPLIED]} and f.replied_at >= f.at) as median_reply_hours
from outreach_messagefact f where {{where}} group by grouping sets (({{key}}), ())
"""
CARRIERS = f"""
with touched as (
    select {{key}} as key, f.account_id, bool_or({SENT}) as sent, bool_or({MEASURES[Measure.DELIVERED]}) as delivered,
           bool_or({MEASURES[Measure.CLICKED_HUMAN]}) as clicked, bool_or({MEASURES[Measure.REPLIED]}) as replied,
           min(f.at) filter (where {SENT}) as first_sent_at
    from outreach_messagefact f where {{where}} and f.account_id is not null group by 1, 2
), gains as materialized ({{gains}}
), gained as (
    select {{key}} as key, f.account_id, bool_or(g.stage = 'meeting') as meeting,
           bool_or(g.stage = 'opportunity') as opportunity
    from gains g join outreach_messagefact f on f.account_id = g.account_id and f.at <= g.at and g.at < f.at + %s
    where {{where}} and {SENT} group by 1, 2
), credited as (
    select c.*, coalesce(g.meeting, false) as meeting, coalesce(g.opportunity, false) as opportunity
    from touched c left join gained g on g.account_id = c.account_id and g.key is not distinct from c.key
)
"""
_MEETINGS = """
    select 'meeting' as stage, account_id, happened_at as at from activities_activity
    where type = 'meeting' and outcome not in ('cancelled', 'no_show') and happened_at <= %s"""
_FUNNEL = (
    CARRIERS
    + """
select key, false as is_total, {sums} from credited group by key
union all select null, true, {sums} from (select account_id, {ors} from credited group by account_id) whole
"""
)
_AFTER_SENT = tuple(stage.value for stage in Stage if stage is not Stage.PLANNED)
_SUMS = "count(*) as planned, " + ", ".join(f"count(*) filter (where {name}) as {name}" for name in _AFTER_SENT)
_ORS = ", ".join(f"bool_or({name}) as {name}" for name in _AFTER_SENT)


@dataclass(frozen=True, slots=True)
class Counted:
    """The whole and its groups by key, the largest first."""

    total: Line
    groups: dict[Any, Line]


def count(asked: ReportScope, *, key: str, by: Actor, at: datetime) -> Counted:
    """Count messages and carriers by `key`, an expression over facts `f`."""
    narrowed, enough = messages(asked, by=by, at=at), preferences.get(Reporting).enough
    counted = fetch(_MESSAGES.format(key=key, where=narrowed.where), narrowed.parameters)
    sql, parameters = carriers(narrowed, key=key, at=at)
    funnels = {
        (row["is_total"], row["key"]): row
        for row in fetch(sql + _FUNNEL.removeprefix(CARRIERS).format(sums=_SUMS, ors=_ORS), parameters)
    }
    lines = {
        (row["is_total"], row["key"]): _line(row, funnels.get((row["is_total"], row["key"])), enough=enough)
        for row in counted
    }
    groups = {group: line for (is_total, group), line in lines.items() if not is_total}
    ordered = dict(
        sorted(groups.items(), key=lambda each: (-each[1].counts.sent, -each[1].counts.planned, str(each[0])))
    )
    return Counted(total=lines[True, None], groups=ordered)


def empty_line(*, key: str, label: str) -> Line:
    """A line of nothing."""
    nothing: dict[str, Any] = dict.fromkeys(MEASURES, 0) | {"key": None, "median_reply_hours": None}
    line = _line(nothing, None, enough=preferences.get(Reporting).enough)
    return line.model_copy(update={"key": key, "label": label})


def carriers(narrowed: Conditions, *, key: str, at: datetime) -> tuple[str, list[Any]]:
    """The query's beginning that gives `credited`: each carrier of each group, and how far it got."""
    credit = timedelta(days=preferences.get(Reporting).credit_days)
    gains, moments, known = _MEETINGS, [at], opportunities()
    if known is not None:
        gains += (
            f" union all select 'opportunity', {known.account_id}, {known.at} from {known.table}"
            f" where {known.where} and {known.at} <= %s"
        )
        moments.append(at)
    sql = CARRIERS.format(key=key, where=narrowed.where, gains=gains)
    return sql, [*narrowed.parameters, *moments, credit, *narrowed.parameters]


def _line(row: dict[str, Any], funnel: dict[str, Any] | None, *, enough: int) -> Line:
    counts = Counts(**{name.value: row[name] for name in MEASURES})
    steps = funnel or dict.fromkeys(map(str, Stage), 0)
    hours = row["median_reply_hours"]
    return Line(
        key="" if row["key"] is None else str(row["key"]),
        label="" if row["key"] is None else str(row["key"]),
        counts=counts,
        rates=Rates(
            bounce=rate(counts.bounced, counts.sent, enough=enough),
            click=rate(counts.clicked_human, counts.tracked, enough=enough),
            reply=rate(counts.replied, counts.delivered, enough=enough),
            complaint=rate(counts.complained, counts.delivered, enough=enough),
            unsubscribe=rate(counts.unsubscribed, counts.delivered, enough=enough),
        ),
        funnel=[
            FunnelStep(
                stage=stage,
                label=stage.label,
                carriers=steps[stage],
                of_sent=None
                if stage in (Stage.PLANNED, Stage.SENT)
                else rate(steps[stage], steps[Stage.SENT], enough=enough),
            )
            for stage in Stage
        ],
        median_reply_hours=None if hours is None else round(float(hours), 1),
    )
