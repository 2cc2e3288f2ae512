"""A rule set: hours, caps and consent by state and country, and the words that count. Data, and named by its hash.

Another set can be loaded from text, to ask what would have been decided under it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from headhaul.compliance.judging.rows import (
    CountryRow,
    HoursRow,
    InvalidRules,
    Origin,
    RollingCap,
    country_row,
    hours_row,
    origin_of,
)
from headhaul.compliance.judging.words import Said

FILES = ("us_rules.toml", "countries.toml", "words.toml", "recording.toml")
STALE = timedelta(days=180)
PLACED = (
    3  # in more states than this somebody is nowhere in particular: hours of all hold, a consent rule of one does not
)
_WORDS = {
    "replies": ("stop", "start", "help", "refusals", "everything"),
    "opt_out_notice": ("text",),
    "subject": ("fake_prefixes", "urgency"),
    "impersonation": ("phrases",),
    "shorteners": ("hosts",),
}
_CONSENT = ("written_bases", "ai_bases", "claim_sources", "inbound_sources", "role_addresses")


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """What counts as consent."""

    written_bases: frozenset[str]
    ai_bases: frozenset[str]
    claim_sources: tuple[str, ...]
    inbound_sources: tuple[str, ...]
    role_addresses: frozenset[str]
    scrub_days: int
    reassigned_days: int
    notice_minutes: int
    origin: Origin

    def is_written(self, grant: Said) -> bool:
        """Whether it is written consent that can be shown."""
        return grant.has_evidence and grant.basis in self.written_bases | self.ai_bases


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All of it. Two sets are the same when their hashes are."""

    hash: str
    federal: HoursRow
    unknown: HoursRow
    states: Mapping[str, HoursRow]
    countries: Mapping[str, CountryRow]
    consent: ConsentRules
    opens_minutes: int
    closes_minutes: int
    words: Mapping[str, tuple[str, ...]]
    recorded_by_all: frozenset[str]
    places_of_nowhere: frozenset[str]
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str) -> Rules:
        """The set that a text in TOML states. Raises InvalidRules, naming what is wrong."""
        try:
            said = tomllib.loads(text)
            return _rules(said)
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as wrong:
            raise InvalidRules(f"The rules cannot be read: {wrong!r}.") from wrong

    def country(self, code: str) -> CountryRow:
        """The row of a country: its own, its union's, or the one of all others."""
        return next((row for row in self.countries.values() if code in row.members), self.countries["*"])

    def recipient_caps(self, states: tuple[str, ...], channel: str) -> tuple[RollingCap, ...]:
        """The limits of all states that somebody may be in."""
        rows = (self.states[state] for state in states if state in self.states)
        return tuple(cap for row in rows for cap in row.caps if channel in cap.channels)

    def stale(self, on: date) -> tuple[str, ...]:
        """Rows that nobody looked up within 180 days."""
        return tuple(name for name, origin in self.origins.items() if on - origin.verified_on > STALE)


@cache
def text() -> str:
    """The rules that are shipped, as one text."""
    folder = files("headhaul.compliance") / "data"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in FILES)


@cache
def current() -> Rules:
    """The rules that are shipped."""
    return Rules.load(text())


def _rules(said: Mapping[str, Any]) -> Rules:
    states = {row["code"]: hours_row(row, code=row["code"], kind="state") for row in said["states"]}
    countries = {row["code"]: country_row(row) for row in said["countries"]}
    if len(states) != len(said["states"]) or len(countries) != len(said["countries"]):
        raise InvalidRules("A state or country has two rows.")
    if not {"US", "*"} <= countries.keys():
        raise InvalidRules("The countries need a row US and a row * for all others.")
    return Rules(
        hash=_hash(said),
        federal=hours_row(said["federal"], code="federal", kind="federal"),
        unknown=hours_row(said["unknown"], code="unknown", kind="unknown"),
        states=states,
        countries=countries,
        consent=_consent(said["consent"]),
        opens_minutes=_fives(said["guard"]["opens_minutes"]),
        closes_minutes=_fives(said["guard"]["closes_minutes"]),
        words={f"{part}.{key}": tuple(said[part][key]) for part, keys in _WORDS.items() for key in keys},
        recorded_by_all=frozenset(said["recording"]["all_party"]),
        places_of_nowhere=frozenset(said["domains"]["anywhere"]),
        origins=dict(_origins(said)),
    )


def _consent(row: Mapping[str, Any]) -> ConsentRules:
    lists = {key: tuple(word.lower() for word in row[key]) for key in _CONSENT}
    return ConsentRules(
        written_bases=frozenset(lists["written_bases"]),
        ai_bases=frozenset(lists["ai_bases"]),
        claim_sources=lists["claim_sources"],
        inbound_sources=lists["inbound_sources"],
        role_addresses=frozenset(lists["role_addresses"]),
        scrub_days=int(row["scrub_days"]),
        reassigned_days=int(row["reassigned_days"]),
        notice_minutes=int(row["notice_minutes"]),
        origin=origin_of(row, name="consent"),
    )


def _origins(said: Mapping[str, Any]) -> Iterator[tuple[str, Origin]]:
    for name in ("guard", "federal", "unknown", "consent", "recording", *_WORDS):
        yield name, origin_of(said[name], name=name)
    for row in said["states"]:
        yield row["code"], origin_of(row, name=row["code"])
    for row in said["countries"]:
        yield f"country {row['code']}", origin_of(row, name=row["code"])


def _fives(minutes: Any) -> int:
    if not isinstance(minutes, int) or minutes < 0 or minutes % 5:
        raise InvalidRules("The guard is whole steps of five minutes.")
    return minutes


def _hash(said: Mapping[str, Any]) -> str:
    """Of what is said, not of how it is laid out: a comment changes nothing."""
    plain = json.dumps(said, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
