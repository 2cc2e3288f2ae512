"""Calls counted in groups, by how they ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor
from headhaul.outreach.choices import CONVERSATIONS, NOT_REACHED, Disposition
from headhaul.outreach.preferences import Reporting
from headhaul.outreach.schemas.reports import CallCounts, CallMeasure, ReportScope
from headhaul.outreach.selectors.reports import scope
from headhaul.outreach.selectors.reports.rates import rate


def _words(dispositions: Iterable[Disposition]) -> str:
    return ", ".join(f"'{each}'" for each in sorted(dispositions))


SOURCE = """outreach_call f
    left join outreach_callcampaign g on g.id = f.campaign_id
    left join outreach_enrolment n on n.id = f.enrolment_id"""
MEASURES = {
    CallMeasure.MADE: "true",
    CallMeasure.CONVERSATIONS: f"f.disposition in ({_words(CONVERSATIONS)})",
    CallMeasure.GATEKEEPER: f"f.disposition = '{Disposition.GATEKEEPER}'",
    CallMeasure.NOT_REACHED: f"f.disposition in ({_words(NOT_REACHED)})",
    CallMeasure.OPEN: "f.disposition = ''",
    CallMeasure.MEETINGS: f"f.disposition = '{Disposition.MEETING_SET}'",
}
"""Which calls a number counts; the rows behind it are found by the same words."""
_COUNTED = ", ".join(f"count(*) filter (where {sql}) as {measure}" for measure, sql in MEASURES.items())
_COUNT = f"""
select {{key}} as key, grouping({{key}}) = 1 as is_total, {_COUNTED},
       coalesce(sum(f.seconds) filter (where {MEASURES[CallMeasure.CONVERSATIONS]}), 0) / 60 as talk_minutes
from {SOURCE} where {{where}} group by grouping sets (({{key}}), ())
"""


def count(asked: ReportScope, *, key: str, by: Actor, at: datetime) -> tuple[CallCounts, dict[Any, CallCounts]]:
    """The whole, and the groups by `key`, an expression over calls `f`, their campaign `g` and enrolment `n`."""
    narrowed, enough = scope.calls(asked, by=by, at=at), preferences.get(Reporting).enough
    rows = fetch(_COUNT.format(key=key, where=narrowed.where), narrowed.parameters)
    counted = {(row["is_total"], row["key"]): _counts(row, enough=enough) for row in rows}
    return counted[True, None], {key: each for (is_total, key), each in counted.items() if not is_total}


def after(known: Iterable[Any], called: Mapping[Any, CallCounts]) -> list[Any]:
    """The groups that have calls and nothing else, those with the most first."""
    rest = called.keys() - set(known)
    return sorted(rest, key=lambda key: (-called[key].made, str(key)))


def none() -> CallCounts:
    """No calls."""
    names = ("made", "conversations", "gatekeeper", "not_reached", "open", "meetings", "talk_minutes")
    return _counts(dict.fromkeys(names, 0), enough=preferences.get(Reporting).enough)


def _counts(row: dict[str, Any], *, enough: int) -> CallCounts:
    values = {name: int(value) for name, value in row.items() if name not in ("key", "is_total")}
    return CallCounts(
        **values,
        conversation=rate(row["conversations"], row["made"] - row["open"], enough=enough),
        meeting=rate(row["meetings"], row["conversations"], enough=enough),
    )
