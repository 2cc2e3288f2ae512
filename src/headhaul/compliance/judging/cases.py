"""One question before the judge, with what every layer needs of it worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging.clocks import known, local, said
from headhaul.compliance.judging.firm import Firm
from headhaul.compliance.judging.jurisdiction import countries_of
from headhaul.compliance.judging.rules import Rules
from headhaul.compliance.judging.schedules import Schedule
from headhaul.compliance.judging.telling import NAMES
from headhaul.compliance.judging.windows import hours_of
from headhaul.compliance.judging.words import Facts, Proposal


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The proposal, what is known, the moment and the law."""

    proposal: Proposal
    facts: Facts
    at: datetime
    rules: Rules
    firm: Firm
    zones: tuple[str, ...]
    countries: tuple[str, ...]
    hours: Schedule  # those that hold for the recipient
    clocks: tuple[tuple[str, datetime], ...]  # what they show, by zone
    evidence: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, proposal: Proposal, facts: Facts, *, at: datetime, rules: Rules) -> Case:
        """The case of a proposal."""
        firm, countries, zones = Firm.of(facts.settings), countries_of(proposal, facts, rules), known(facts.zones)
        clocks = tuple((zone, local(at, zone)) for zone in zones)
        hours = hours_of(zones, facts.states, countries, proposal.channel, at=at, firm=firm, rules=rules)
        return cls(proposal, facts, at, rules, firm, zones, countries, hours, clocks)

    def hours_at(self, moment: datetime) -> Schedule:
        """Those that hold at another moment: what never meets in the two weeks from one may in those from another."""
        if moment == self.at:
            return self.hours
        return hours_of(
            self.zones, self.facts.states, self.countries, self.channel, at=moment, firm=self.firm, rules=self.rules
        )

    @property
    def channel(self) -> str:
        """Of the proposal."""
        return self.proposal.channel

    @property
    def name(self) -> str:
        """The channel, as people call it."""
        return NAMES[self.proposal.channel]

    @property
    def is_phone(self) -> bool:
        """Whether it reaches a telephone."""
        return self.proposal.channel != "email"

    @property
    def purpose(self) -> Purpose:
        """Of the proposal."""
        return self.proposal.purpose

    def there(self, moment: datetime) -> str:
        """A moment on the recipient's clock: the zone where it is earliest, as that one opens last."""
        return said(moment, _latest(self.zones, moment) if self.zones else "UTC")


@lru_cache(maxsize=4_096)
def _latest(zones: tuple[str, ...], moment: datetime) -> str:
    return min(zones, key=lambda zone: (local(moment, zone).replace(tzinfo=None), zone))
