"""Rows that a room makes by its own services, told by their names. What is here already stays as it is here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from headhaul.accounts.choices import ImportMode, RowResult
from headhaul.accounts.ports.imports import ImportRow, Outcome, Problem, Rules, Touched
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.kernel import AppError


class DraftSession(ABC):
    """One import's work on them. An import that only says what would happen makes each row, too, and takes it back."""

    entity: ClassVar[str]
    one: ClassVar[str]  # what one is called: "a … needs a name"

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._seen: set[str] = set()

    @abstractmethod
    def find(self, title: str) -> int | None:
        """The id of the one that has the name here, whatever its capitals."""

    @abstractmethod
    def make(self, said: Mapping[str, Any], title: str, *, at: datetime) -> models.Model:
        """Make it of what the row says. Refusal, or the service's AppError, says why not."""

    def problems_of(self, fault: AppError, title: str) -> list[Problem]:
        """What the service refused, in the import's words."""
        return [Problem("name", title, fault.message)]

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        made: dict[str, int] = {}
        told = [self._judged(row, known, made, at=at) for row in rows]
        if self.rules.writes:
            external.remember(source=self.rules.source, entity=self.entity, ids=made, at=at)
        return told

    def _judged(self, row: ImportRow, known: Mapping[str, int], made: dict[str, int], *, at: datetime) -> Outcome:
        name, title = str(row.values.get("externalId") or ""), str(row.values.get("name") or "")
        if name in known:
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if not title:
            return Outcome.failed(row.number, Problem("name", "", f"a {self.one} needs a name"))
        found = self.find(title)
        if found is not None or title.lower() in self._seen:
            made |= {name: found} if name and found is not None else {}
            return Outcome(row.number, RowResult.UNCHANGED, name=title)
        if self.rules.mode is ImportMode.UPDATE:
            return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", f"there is no such {self.one} to update")])
        try:
            with transaction.atomic():
                draft = self.make(row.values, title, at=at)
                transaction.set_rollback(not self.rules.writes)
        except Refusal as refusal:
            return Outcome.failed(row.number, *refusal.problems)
        except AppError as fault:
            return Outcome.failed(row.number, *self.problems_of(fault, title))
        self._seen.add(title.lower())
        if not self.rules.writes:
            return Outcome(row.number, RowResult.CREATED, name=title)
        made |= {name: draft.pk} if name else {}
        return Outcome(row.number, RowResult.CREATED, touched=[Touched(self.entity, draft, True)], name=title)
