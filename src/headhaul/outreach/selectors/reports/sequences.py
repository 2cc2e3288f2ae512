"""Sequences and their steps."""

from __future__ import annotations

from datetime import datetime
from textwrap import shorten
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, NotFound
from headhaul.outreach.choices import Channel, EnrolmentState
from headhaul.outreach.models import Sequence
from headhaul.outreach.schemas.reports import (
    CallCounts,
    GetSequencePerformance,
    GetStepPerformance,
    ReportScope,
    SequenceLine,
    SequencePerformance,
    StepLine,
    StepPerformance,
)
from headhaul.outreach.selectors.reports import calls
from headhaul.outreach.selectors.reports.counting import count, empty_line
from headhaul.outreach.selectors.reports.scope import period_of, seen, span_of, whose

_NAMES = "select id, name, campaign, state from outreach_sequence where id = any(%s)"
_ENROLLED = """
select f.sequence_id, f.state, count(*) as n from (
    select e.*, e.owner_id as user_id from outreach_enrolment e
) f join outreach_sequence s on s.id = f.sequence_id where {where} group by 1, 2
"""


def sequences(*, asked: GetSequencePerformance, by: Actor, at: datetime) -> SequencePerformance:
    """Each sequence that sent something, had somebody called, or that somebody was enrolled in."""
    counted = count(asked, key="f.sequence_id", by=by, at=at)
    enrolled = _enrolled(asked, by=by, at=at)
    _, called = calls.count(asked, key="n.sequence_id", by=by, at=at)
    keys = [key for key in counted.groups if key is not None]
    keys += [key for key in calls.after(keys, called) if key is not None]
    keys += sorted(enrolled.keys() - set(keys))
    known = {row["id"]: row for row in fetch(_NAMES, [keys])}
    return SequencePerformance(
        period=period_of(asked, at=at),
        sequences=[
            SequenceLine(
                sequence_id=key,
                **{name: known[key][name] for name in ("name", "campaign", "state")},
                line=counted.groups.get(key, empty_line(key=str(key), label="")).model_copy(
                    update={"label": known[key]["name"]}
                ),
                calls=called.get(key) or calls.none(),
                enrolled=sum(enrolled.get(key, {}).values()),
                enrolments={state: enrolled.get(key, {}).get(state, 0) for state in EnrolmentState},
            )
            for key in keys
            if key in known
        ],
    )


def steps(*, asked: GetStepPerformance, by: Actor, at: datetime) -> StepPerformance:
    """The steps that reach people, in the order of the version asked for, or of the current one; then those gone."""
    sequence = Sequence.objects.filter(pk=asked.sequence_id).first()
    if sequence is None:
        raise NotFound(f"There is no sequence {asked.sequence_id}.", fields={"sequenceId": "one of listSequences"})
    version = sequence.versions.filter(number=asked.version or sequence.current).first()
    planned: list[dict[str, Any]] = version.steps if version else []
    counted = count(asked, key="f.step_key", by=by, at=at)
    _, called = calls.count(asked, key="f.step_key", by=by, at=at)
    order = {step["key"]: (number, step) for number, step in enumerate(planned, start=1)}
    reach = [key for key, (_, step) in order.items() if step["kind"] in set(Channel)]
    gone = sorted((counted.groups.keys() | called.keys()) - set(reach))
    return StepPerformance(
        period=period_of(asked, at=at),
        sequence_id=asked.sequence_id,
        name=sequence.name,
        steps=[
            _step(
                key,
                order.get(key),
                counted.groups.get(key, empty_line(key=key, label=key)),
                called.get(key) or calls.none(),
            )
            for key in [*reach, *gone]
        ],
    )


def _step(key: str, known: tuple[int, dict[str, Any]] | None, line: Any, made: CallCounts) -> StepLine:
    number, step = known or (None, {})
    words = shorten(str(step.get("body") or ""), 60, placeholder=" …")
    title = step.get("title") or step.get("subject") or words or key or "Outside any step"
    return StepLine(
        step_key=key,
        number=number,
        title=title,
        channel=step.get("kind", ""),
        line=line.model_copy(update={"label": title}),
        calls=made,
    )


def _enrolled(asked: ReportScope, *, by: Actor, at: datetime) -> dict[int, dict[str, int]]:
    """How many were enrolled in these days, by where they stand now."""
    span, narrowed = span_of(asked, at=at), Conditions()
    narrowed.add("f.enrolled_at >= %s and f.enrolled_at < %s", span.since, span.until)
    if asked.sequence_id is not None:
        narrowed.add("f.sequence_id = %s", asked.sequence_id)
    if asked.campaign is not None:
        narrowed.add("s.campaign = %s", asked.campaign)
    if asked.version is not None:
        narrowed.add("f.version_number = %s", asked.version)
    whose(narrowed, asked.owner, "f.user_id", by=by)
    seen(narrowed, by=by, alias="f")
    counted: dict[int, dict[str, int]] = {}
    for row in fetch(_ENROLLED.format(where=narrowed.where), narrowed.parameters):
        counted.setdefault(row["sequence_id"], {})[row["state"]] = row["n"]
    return counted
