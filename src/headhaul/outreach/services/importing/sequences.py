"""Rows that become sequences: drafts, whatever they were elsewhere. Nobody is in them, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.imports import (
    ImportField,
    Kind,
    MatchKey,
    Problem,
    Rules,
    Session,
)
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.drafts import DraftSession
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.schemas.steps import GivenStep
from headhaul.outreach.services import sequences
from headhaul.outreach.services.importing import wording

LONGEST_NAME = 120


class SequenceSession(DraftSession):
    """One import's work on sequences."""

    entity, one = "sequence", "sequence"

    def find(self, title: str) -> int | None:
        """By name."""
        return Kept.objects.filter(name__iexact=title).values_list("pk", flat=True).first()

    def make(self, said: Mapping[str, Any], title: str, *, at: datetime) -> Kept:
        """With its steps, or an empty one where they stand in a table of their own."""
        steps, options = steps_of(said.get("steps")), wording.options_of(said.get("options"))
        wrong = wording.problems_of(steps) if steps else {}
        if wrong:
            places = [(place, each) for place in sorted(wrong) for each in wrong[place]]
            raise Refusal(*[Problem("steps", "", f"step {place + 1}: {each.reason}") for place, each in places])
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
        except Refusal as fault:
            wrong += [Problem("steps", one.value, f"step {place}: {one.reason}") for one in fault.problems]
    if len(said) > wording.MOST_STEPS:
        wrong.append(Problem("steps", "", f"has {len(said)} steps, more than {wording.MOST_STEPS}"))
    if wrong:
        raise Refusal(*wrong)
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
