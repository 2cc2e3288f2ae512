"""Rows that become sequences: drafts, whatever they were elsewhere. Nobody is in them, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from headhaul.accounts.choices import ImportMode, RowResult
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
from headhaul.kernel import AppError
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.schemas.steps import GivenStep
from headhaul.outreach.services import sequences
from headhaul.outreach.services.importing import wording
from headhaul.outreach.services.importing.wording import NoStep

LONGEST_NAME = 120


class SequenceSession:
    """One import's work on sequences. What is here already stays as it is here."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._said: set[str] = set()

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity="sequence", names=names)
        made: dict[str, int] = {}
        told = [self._judged(row, known, made, at=at) for row in rows]
        if self.rules.writes:
            external.remember(source=self.rules.source, entity="sequence", ids=made, at=at)
        return told

    def _judged(self, row: ImportRow, known: dict[str, int], made: dict[str, int], *, at: datetime) -> Outcome:
        said, name = row.values, str(row.values.get("externalId") or "")
        title = str(said.get("name") or "")
        if name in known:
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if not title:
            return Outcome.failed(row.number, Problem("name", "", "a sequence needs a name"))
        found = Kept.objects.filter(name__iexact=title).first()
        if found is not None or title.lower() in self._said:
            if found is not None and name:
                made[name] = found.pk
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if self.rules.mode is ImportMode.UPDATE:
            return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", "there is no such sequence to update")])
        try:
            with transaction.atomic():
                row_made = self._made(said, title, at=at)
        except NoStep as fault:
            return Outcome.failed(row.number, *fault.problems)
        except AppError as fault:
            return Outcome.failed(row.number, Problem("name", title, fault.message))
        self._said.add(title.lower())
        if row_made is None:
            return Outcome(row.number, RowResult.CREATED, name=title)
        if name:
            made[name] = row_made.pk
        return Outcome(row.number, RowResult.CREATED, touched=[Touched("sequence", row_made, True)], name=title)

    def _made(self, said: dict[str, Any], title: str, *, at: datetime) -> Kept | None:
        steps, options = steps_of(said.get("steps")), wording.options_of(said.get("options"))
        wrong = wording.problems_of(steps) if steps else {}
        if wrong:
            raise NoStep(
                Problem("steps", "", f"step {place + 1}: {each.reason}")
                for place in sorted(wrong)
                for each in wrong[place]
            )
        if not self.rules.writes:
            return None
        values = {"name": title, "campaign": said.get("campaign") or ""}
        values |= {"owner_id": said["owner"]} if said.get("owner") else {}
        if steps:
            return sequences.create(values=values, steps=steps, options=options, at=at, by=self.rules.by).row
        return sequences.begin(values=values, options=options, at=at, by=self.rules.by)


def steps_of(said: Any) -> list[GivenStep]:
    """The steps that a document says; none where it only names them, as ids of another table."""
    if not isinstance(said, list) or not any(isinstance(each, dict) for each in said):
        return []
    steps, wrong = [], []
    for place, each in enumerate(said, start=1):
        try:
            steps.append(wording.step_of(each if isinstance(each, dict) else {"kind": each}))
        except NoStep as fault:
            wrong += [Problem("steps", one.value, f"step {place}: {one.reason}") for one in fault.problems]
    if len(said) > wording.MOST_STEPS:
        wrong.append(Problem("steps", "", f"has {len(said)} steps, more than {wording.MOST_STEPS}"))
    if wrong:
        raise NoStep(wrong)
    return steps


class Sequences:
    """Sequences as something to import."""

    key, label = "sequences", "Sequences"
    match_keys: Sequence[MatchKey] = (MatchKey("name", "Name", ("name",)),)

    def fields(self) -> list[ImportField]:
        """What can be said of a sequence."""
        return [
            ImportField("name", "Name", synonyms=("sequence", "title"), longest=LONGEST_NAME),
            ImportField("campaign", "Campaign"),
            ImportField("owner", "Owner", Kind.USER, synonyms=("owner_id",)),
            ImportField("steps", "Steps", Kind.DOCUMENT, hint="JSON, as saveSequence takes them."),
            ImportField("options", "Options", Kind.DOCUMENT, synonyms=("throttle rules",),
                        hint="JSON, as saveSequence takes them; words of other programs are left out."),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """It is told by its name."""
        return "" if "name" in set(given) else "Say which column is the name."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return SequenceSession(rules)
