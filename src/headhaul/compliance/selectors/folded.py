"""What everything that an address said comes to now, for rooms that act on it."""

from __future__ import annotations

from datetime import datetime

from headhaul.compliance.choices import ConsentChannel
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.folding import Fold, ends_at, fold
from headhaul.compliance.judging.words import Said
from headhaul.compliance.selectors.facts import said


def folded(address: str, channel: ConsentChannel, *, at: datetime) -> Fold:
    """The refusal or the grant that holds, under the rules in charge."""
    return fold(said(address, at=at), channel.value, at=at, rules=rules.current())


def runs_out_at(grant: Said) -> datetime | None:
    """When a grant ends: as it says, else the earliest that any country lets its basis end."""
    ends = [ends_at(grant, row.expires_days) for row in rules.current().countries.values()]
    return min((each for each in ends if each is not None), default=grant.expires_at)
