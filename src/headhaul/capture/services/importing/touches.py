"""Rows that say from where an account came: a source, and the touch by which the account met us.

A touch that a lead brought already is that touch: it is found by its account, source and day, and not doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Outcome, Problem, Rules, Session
from headhaul.accounts.services.importing import external, links
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.sessions import Record, Refusal
from headhaul.capture.models import LeadTouch
from headhaul.capture.services.importing import naming

SAME = MatchKey("same", "Same account, source and day", ("source",))


class TouchSession(links.LinkedSession):
    """One import's work on where accounts came from."""

    entity, one = "leadTouch", "source of an account"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self._new_sources: list[Any] = []

    def load(self, rows: Sequence[ImportRow]) -> None:
        """The touches of the accounts, and those that the other system calls by the rows' ids."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        accounts = [key for key in self.accounts.records if key > 0]
        found = LeadTouch.objects.filter(account_id__in=accounts) | LeadTouch.objects.filter(pk__in=known.values())
        for row in found:
            if row.pk not in self.records:
                values = {name: getattr(row, name) for name in ("account_id", "source", "medium", "campaign", "at")}
                self.put(Record(row.pk, 1, values))
        self.know_names(known)

    def key_of(self, key: str, row: ImportRow) -> Any:
        """Account, source and day."""
        if key != SAME.key:
            return row.values.get(key) or None
        if self.account is None or not row.values.get("source"):
            return None
        return self.account.id, self._source(row)[0], self._when(row).astimezone(UTC).date()

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under account, source and day."""
        yield SAME.key, (links.account_id_of(record), record.get("source"), record.get("at").astimezone(UTC).date())

    def one_row(self, row: ImportRow) -> Outcome:
        """The account is found first; a touch makes none. What is written of a touch stays."""
        self.account = self.account_named(row)
        if self.account is None:
            key, value = next(iter(self.link_of(row).values.items()), ("", ""))
            raise Refusal(Problem(links.PREFIX + key, str(value), "there is no such account"))
        if not row.values.get("source"):
            raise Refusal(Problem("source", "", "say from which source the account came"))
        self._new_sources = []
        outcome = super().one_row(row)
        outcome.touched = [*self._new_sources, *outcome.touched]
        return outcome

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """A touch is there once."""
        return False

    def change(self, row: ImportRow, record: Record, values: Mapping[str, Any]) -> Outcome:
        """Nothing: what is written of a touch stays."""
        return super().change(row, record, {})

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The touch."""
        if record is not None:
            return {}
        key, medium = self._source(row)
        said = row.values.get("medium") or ""
        return {"account": self.account, "source": key, "channel": medium or "other", "medium": said or medium,
                "campaign": row.values.get("campaign") or "", "at": self._when(row)}  # fmt: skip

    def check_new(self, values: Mapping[str, Any]) -> None:
        """What it needs was asked for before."""

    def name_of(self, record: Record) -> str:
        """Its source."""
        return str(record.get("source"))

    def write(self) -> None:
        """The batch in one statement."""
        made = [
            LeadTouch(
                account_id=links.account_id_of(record), recorded_at=self.at,
                **{name: record.get(name) or "" for name in ("source", "channel", "medium", "campaign")},
                at=record.get("at"),
            )
            for record in self.made
        ]  # fmt: skip
        LeadTouch.objects.bulk_create(made)
        self.take_ids([row.pk for row in made])

    def _when(self, row: ImportRow) -> datetime:
        said: datetime = row.values.get("capturedAt") or row.values.get("recordedAt") or self.at
        return min(said, self.at)

    def _source(self, row: ImportRow) -> tuple[str, str]:
        """Key and channel. Where nothing is written, what a new source would be called."""
        said, medium = str(row.values["source"]), str(row.values.get("medium") or "")
        if not self.rules.writes:
            return naming.key_of(said), medium
        source, new = naming.source_of(said, medium=medium, at=self.at)
        self._new_sources += new
        return source.key, source.medium


class LeadTouches:
    """Sources of accounts as something to import; each row names its account."""

    key, label = "leadTouches", "Sources of accounts"
    match_keys: Sequence[MatchKey] = (SAME,)

    def fields(self) -> list[ImportField]:
        """What is known of where an account came from."""
        return [
            ImportField("source", "Source", synonyms=("lead source", "capture source")),
            ImportField("medium", "Medium", synonyms=("channel",)),
            ImportField("campaign", "Campaign"),
            ImportField("capturedAt", "When", Kind.MOMENT, synonyms=("captured at", "created at", "date")),
            ImportField("recordedAt", "Entered in the other system", Kind.MOMENT, "Record"),
            EXTERNAL,
            *links.naming_fields(),
        ]

    def missing(self, given: Iterable[str]) -> str:
        """It is a source of an account."""
        if not any(name.startswith(links.PREFIX) for name in given):
            return "Say which column names the account."
        return "" if "source" in set(given) else "Say which column is the source."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return TouchSession(rules)
