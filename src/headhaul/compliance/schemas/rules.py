"""The rules as people read them."""

from __future__ import annotations

from datetime import date

from headhaul.compliance.schemas.sending import Ban
from headhaul.kernel import Result


class RuleOrigin(Result):
    """Where a row is from."""

    cite: str
    source: str
    verified_on: date
    confidence: str
    is_stale: bool


class StateRule(Result):
    """Hours and limits of a state; of texts, and of calls where they differ. "" means nobody is reached that day."""

    code: str
    channel: str
    weekdays: str
    saturday: str
    sunday: str
    closed_on_holidays: bool
    clock: str
    caps: list[str]
    notes: list[str]
    origin: RuleOrigin


class CountryRule(Result):
    """On what grounds people abroad are written to."""

    code: str
    name: str
    email: str
    notes: list[str]
    origin: RuleOrigin


class ComplianceRules(Result):
    """The rule set in force, row by row with its source; emergency bans; rows nobody looked up lately."""

    hash: str
    tzdata: str
    states: list[StateRule]
    countries: list[CountryRule]
    bans: list[Ban]
    stale: list[str]
