"""Rows that become the steps of sequences that came in without any. A sequence gets all of its steps, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import RowResult
from headhaul.accounts.ports.imports import (
    ImportField,
    ImportRow,
    Kind,
    MatchKey,
    Outcome,
    Problem,
    Rules,
    Session,
    Touched,
)
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.outreach.choices import SequenceState
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.models import SequenceVersion
from headhaul.outreach.schemas.steps import GivenStep, kept
from headhaul.outreach.services import sequences
from headhaul.outreach.services.importing import wording

_LONGEST = 50_000  # what is wrong with a cell is said by the step, so that the sequence's other steps hear of it
PLACES = 64  # a step has no number of its own: it is the so-manieth of its sequence
ELSEWHERE = "another step of the sequence is wrong, and a sequence gets all of its steps or none"


@dataclass(slots=True)
class _Plan:
    """The rows of one sequence, in the order of its steps."""

    rows: list[ImportRow]
    steps: list[GivenStep] = field(default_factory=list)
    wrong: dict[int, list[Problem]] = field(default_factory=dict)  # by the row's number


class StepSession:
    """One import's work on steps."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        by_name: dict[str, list[ImportRow]] = {}
        for row in rows:
            by_name.setdefault(str(row.values.get("sequence") or ""), []).append(row)
        known = external.ids_of(source=self.rules.source, entity="sequence", names=by_name)
        found: dict[int, Outcome] = {}
        for name, own in by_name.items():
            sequence = self._sequence(name, known)
            for outcome in self._of_one(name, sequence, own, at=at):
                found[outcome.row] = outcome
        return [found[row.number] for row in rows]

    def _sequence(self, name: str, known: dict[str, int]) -> Kept | None:
        rows = Kept.objects.select_for_update() if self.rules.writes else Kept.objects
        if name in known:
            return rows.filter(pk=known[name]).first()
        return rows.filter(name__iexact=name).first() if name else None

    def _of_one(self, name: str, sequence: Kept | None, rows: list[ImportRow], *, at: datetime) -> list[Outcome]:
        if sequence is None:
            told = "there is no such sequence; import the sequences first" if name else "say which sequence it is of"
            return [Outcome.failed(row.number, Problem("sequence", name, told)) for row in rows]
        plan = _Plan(sorted(rows, key=lambda row: _place(row.values.get("position"))))
        self._read(plan)
        current = SequenceVersion.objects.get(sequence=sequence, number=sequence.current)
        if current.steps:
            return self._compared(sequence, current, plan, at=at)
        if sequence.state != SequenceState.DRAFT:
            return [_left(row) for row in rows]
        if not plan.wrong:
            self._check(plan)
        if plan.wrong:
            return [
                Outcome.failed(row.number, *plan.wrong.get(row.number, [Problem("", "", ELSEWHERE)]))
                for row in plan.rows
            ]
        return self._written(sequence, plan, at=at)

    def _read(self, plan: _Plan) -> None:
        for row in plan.rows:
            said = row.values
            given = {name: said.get(name) for name in ("kind", "subject", "body", "title")}
            try:
                step = wording.step_of(given, hours=said.get("delayHours"), beside=said.get("conditions"))
                plan.steps.append(step)
            except Refusal as fault:
                plan.wrong[row.number] = fault.problems

    def _check(self, plan: _Plan) -> None:
        for place, problems in wording.problems_of(plan.steps).items():
            plan.wrong[plan.rows[place].number] = problems
        if len(plan.rows) > wording.MOST_STEPS:
            told = f"the sequence has {len(plan.rows)} steps, more than {wording.MOST_STEPS}"
            plan.wrong[plan.rows[-1].number] = [Problem("", "", told)]

    def _compared(self, sequence: Kept, current: SequenceVersion, plan: _Plan, *, at: datetime) -> list[Outcome]:
        """The sequence has its steps: those that are the same are known, the others are left to whoever writes here."""
        same = not plan.wrong and [_plain(kept(step)) for step in plan.steps] == [_plain(s) for s in current.steps]
        if same:
            self._remember(sequence, plan, at=at)
        return [Outcome(row.number, RowResult.UNCHANGED) if same else _left(row) for row in plan.rows]

    def _written(self, sequence: Kept, plan: _Plan, *, at: datetime) -> list[Outcome]:
        outcomes = [Outcome(row.number, RowResult.CREATED, name=sequence.name) for row in plan.rows]
        if not self.rules.writes:
            return outcomes
        before = sequence.current
        saved = sequences.change(
            sequence_id=sequence.pk, version=None, values={}, steps=plan.steps, options=None, move=False, at=at,
            by=self.rules.by,
        )  # fmt: skip
        self._remember(sequence, plan, at=at)
        outcomes[0].touched = [
            Touched("sequence", saved.row, False, {"current": before}, {"current": saved.row.current})
        ]
        return outcomes

    def _remember(self, sequence: Kept, plan: _Plan, *, at: datetime) -> None:
        if self.rules.writes:
            ids = {
                str(row.values["externalId"]): sequence.pk * PLACES + place
                for place, row in enumerate(plan.rows)
                if row.values.get("externalId")
            }
            external.remember(source=self.rules.source, entity="sequenceStep", ids=ids, at=at)


class SequenceSteps:
    """Steps as something to import; each row names its sequence."""

    key, label = "sequenceSteps", "Steps of sequences"
    at_once = 10_000  # a sequence is checked as a whole
    match_keys: Sequence[MatchKey] = (MatchKey("place", "Place in the sequence", ("sequence",)),)

    def fields(self) -> list[ImportField]:
        """What can be said of a step."""
        return [
            ImportField("sequence", "Sequence", synonyms=("sequence id", "sequence name"), hint="Its ID or name."),
            ImportField("position", "Place", synonyms=("step order", "step number", "order", "step", "position"),
                        hint="Left out, the order of the rows."),
            ImportField("kind", "Kind", synonyms=("step type", "type", "channel"),
                        hint="email, sms, call, wait or condition."),
            ImportField("title", "Title", synonyms=("name", "step name"), longest=_LONGEST),
            ImportField("subject", "Subject", synonyms=("template subject",), longest=_LONGEST),
            ImportField("body", "Text", Kind.LONG_TEXT, synonyms=("template body", "script", "message")),
            ImportField("delayHours", "Hours after the step before", synonyms=("delay hours", "delay", "wait")),
            ImportField("conditions", "The rest of the step", Kind.LONG_TEXT, synonyms=("condition",),
                        hint="JSON, in the words of saveSequence."),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """It is a step of a sequence."""
        return "" if {"sequence", "kind"} <= set(given) else "Say which columns are the sequence and the kind of step."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return StepSession(rules)


def _place(said: Any) -> int:
    text = str(said or "").strip()
    return int(text) if text.isdecimal() else 0


def _plain(step: dict[str, Any]) -> dict[str, Any]:
    """What a step says, whatever it is called."""
    return {name: value for name, value in step.items() if name not in ("key", "templateId", "callCampaignId")}


def _left(row: ImportRow) -> Outcome:
    told = "the sequence has its steps here, and is changed here, where one sees whom it reaches"
    return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", told)])
