"""What the row that stays takes over from its double when two records become one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import Validity
from headhaul.accounts.services.absorbing import Row, combines


@combines("accounts_accountpulse")
def later(kept: Row, dropped: Row, context: Mapping[str, Any]) -> Row:
    """The later of both."""
    return {name: _later(kept[name], dropped[name]) for name in ("last_activity_at", "last_touch_at")}


@combines("accounts_accountscore")
def of_the_carrier(kept: Row, dropped: Row, context: Mapping[str, Any]) -> Row:
    """The score is the carrier's: it comes with the USDOT number."""
    if context.get("dotNumber") != dropped["account_id"]:
        return {}
    return {name: value for name, value in dropped.items() if name not in ("account_id", "rank")}


@combines("accounts_contactemail")
@combines("accounts_contactphone")
def known_validity(kept: Row, dropped: Row, context: Mapping[str, Any]) -> Row:
    """Whether an address works is known of the address, whoever wrote it down; and a label is better than none."""
    taken = {"label": kept["label"] or dropped["label"]}
    if kept["validity"] == Validity.UNKNOWN:
        taken |= {"validity": dropped["validity"], "validity_at": dropped["validity_at"]}
    return taken


def _later(one: str | None, other: str | None) -> str | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, key=datetime.fromisoformat) if known else None
