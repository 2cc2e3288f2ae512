"""What looks like junk in a public form: plain code over what was filled in, no service outside is asked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services.tickets import Ticket

_LINK = re.compile(r"(?:https?://|www\.|\[url|href\s*=)", re.IGNORECASE)
_DOMAIN = re.compile(r"\b[\w-]+\.(?:ru|cn|top|xyz|click|info|biz|online|shop|site)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*/?\s*[a-z!]|\[/?(?:url|b|i|img|link)[=\]]|javascript:|onerror\s*=|{{|\${", re.IGNORECASE)
_SOLD = re.compile(
    r"\b(?:viagra|cialis|casino|crypto|bitcoin|forex|seo (?:service|expert|agency)|backlinks?|rank(?:ing)? on google|"
    r"payday|loan offer|web ?design services?|buy followers|escort|porn|sex (?:dating|chat))\b",
    re.IGNORECASE,
)
MOST_SAME = 3  # times one text may come within an hour


def reasons(
    sent: PublicLead, *, ticket: Ticket | None, event_id: int, fewest_seconds: int, most_links: int, at: datetime
) -> list[str]:
    """Everything that speaks against it; nothing: it is taken."""
    found = []
    if sent.website.strip():
        found.append("A field was filled in that people do not see.")
    if ticket is None or ticket.event_id != event_id:
        found.append("It did not come from our page.")
    elif at - ticket.opened_at < timedelta(seconds=fewest_seconds):
        found.append(f"It was filled in within {fewest_seconds} seconds.")
    short = " ".join((sent.name, sent.company, sent.title))
    if _MARKUP.search(f"{short} {sent.message}"):
        found.append("It holds markup.")
    if _LINK.search(short) or _DOMAIN.search(sent.name):
        found.append("A name is a link.")
    links = len(_LINK.findall(sent.message)) + len(_DOMAIN.findall(sent.message))
    if links > most_links:
        found.append(f"The message has {links} links.")
    if _SOLD.search(f"{short} {sent.message}"):
        found.append("It sells something else.")
    return found + _letters(sent)


def _letters(sent: PublicLead) -> list[str]:
    """Names that are no names: the same text everywhere, or one long run of letters and digits."""
    found = []
    texts = [text.casefold() for text in (sent.name, sent.company, sent.message) if text]
    if len(texts) == 3 and len(set(texts)) == 1:
        found.append("Every field says the same.")
    if any(len(word) > 40 for word in f"{sent.name} {sent.company}".split()):
        found.append("A name is one word of more than forty letters.")
    if sent.name and not any(char.isalpha() for char in sent.name):
        found.append("A name has no letter.")
    return found
