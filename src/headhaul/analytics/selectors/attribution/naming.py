"""What keys of attribution are called. A source goes by its key, so that a new name is the same source."""

from __future__ import annotations

from collections.abc import Iterable

from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.attribution.touches import CHANNELS, SOURCE_LABELS, Dimension

_SOURCES = "select key, name from capture_leadsource where key = any(%s)"
_EVENTS = "select id::text as key, name from capture_captureevent where id::text = any(%s)"
NOTHING: dict[Dimension, str] = {
    Dimension.SOURCE: "No source",
    Dimension.MEDIUM: "No medium",
    Dimension.CAMPAIGN: "No campaign",
    Dimension.CHANNEL: "No channel",
    Dimension.EVENT: "No event",
}


def labels(by: Dimension, keys: Iterable[str]) -> dict[str, str]:
    """Each key with its name; a key that has none is told as it is."""
    wanted = sorted(set(keys))
    if by is Dimension.SOURCE:
        known = SOURCE_LABELS | {row["key"]: row["name"] for row in fetch(_SOURCES, [wanted])}
    elif by is Dimension.EVENT:
        known = {row["key"]: row["name"] for row in fetch(_EVENTS, [wanted])}
    elif by is Dimension.CAMPAIGN:
        known = {}
    else:
        known = CHANNELS
    return {key: known.get(key) or _plain(by, key) or NOTHING[by] for key in wanted}


def _plain(by: Dimension, key: str) -> str:
    return key if by is Dimension.CAMPAIGN else key.replace("_", " ").capitalize()
