"""What this room tells the rooms above: somebody is not to be reached any more, from this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headhaul.kernel import Actor
from headhaul.kernel.listening import Port


@dataclass(frozen=True, slots=True)
class Denied:
    """A new denial; `kind` is its reason. The key is the address, the record's number, or the domain."""

    kind: str
    scope: str
    key: str
    channel: str
    at: datetime
    by: Actor


denials: Port[Denied] = Port()
