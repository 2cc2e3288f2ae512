"""The channels by which leads and clients come, as spend is entered under them."""

from __future__ import annotations

import re

from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.attribution.touches import CHANNELS

GENERAL = "general"
"""Spend that belongs to no line: it is in the cost of every client, and in no channel's own."""
SPOKEN = {
    "trade_show": "event", "trade_shows": "event", "job_fair": "event", "job_fairs": "event", "conference": "event",
    "expo": "event", "booth": "event", "website": "web", "web_site": "web", "inbound": "phone", "referrals": "referral",
    "partners": "partner", "job_boards": "job_board", "indeed": "job_board", "google": "paid_search",
    "google_ads": "paid_search", "ppc": "paid_search", "sem": "paid_search", "search": "paid_search",
    "facebook": "paid_social", "linkedin": "paid_social", "social": "paid_social", "mail": "direct_mail",
    "e_mail": "email", "text": "sms", "texts": "sms", "phone_calls": "call", "salaries": GENERAL, "overhead": GENERAL,
    "tools": GENERAL, "software": GENERAL,
}  # fmt: skip
"""What people write → the channel that it is."""
_MEDIA = """
select medium as key from capture_leadsource where medium <> ''
union select channel from analytics_spend where removed_at is null
"""


def known() -> dict[str, str]:
    """Every channel with its name: those of this product, those of the firm's sources, and general spend."""
    own = {row["key"] for row in fetch(_MEDIA, [])} - CHANNELS.keys() - {GENERAL}
    return CHANNELS | {key: label_of(key) for key in sorted(own)} | {GENERAL: "General, of no channel"}


def label_of(key: str) -> str:
    """What a channel is called."""
    if key == GENERAL:
        return "General, of no channel"
    return CHANNELS.get(key) or key.replace("_", " ").capitalize()


def key_of(text: str) -> str:
    """A channel as it is kept: its key, or its name as a page says it."""
    plain, channels = _plain(text), known()
    if plain in channels:
        return plain
    named = {_plain(label): key for key, label in channels.items()}
    return named.get(plain) or SPOKEN.get(plain, plain)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")
