"""From what a form says to what an action is given: dollars to cents, a day to a moment, blanks to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict

from headhaul.console.ui.bridge import run
from headhaul.console.ui.facts import CUSTOM, Fact, custom_facts
from headhaul.console.ui.shell import Shell, reader_zone
from headhaul.kernel import InvalidData, UnknownAction

FACTS = ("name", "closeOn", "nextStep", "nextStepOn", "decisionMakerId", "ownerId", "competitor", "source")
FILTERS = ("owner", "q", "segment", "state", "category", "closingFrom", "closingTo", "risk", "pipelineId")
_AMOUNT = re.compile(r"^\$?\s*([0-9][0-9, ]*)(\.[0-9]{1,2})?\s*([kKmM])?$")


def cents(text: str, *, field: str = "amount") -> int | None:
    """1,250.50 or $12k as cents; nothing for nothing."""
    if not text.strip():
        return None
    found = _AMOUNT.match(text.strip())
    if found is None:
        raise InvalidData("Write the amount as 12500, 12,500.00 or 12.5k.", fields={field: "an amount in dollars"})
    whole, part, unit = found.groups()
    dollars = Decimal(re.sub(r"[, ]", "", whole) + (part or ""))
    return int(dollars * 100 * {"k": 1_000, "m": 1_000_000}.get((unit or "").lower(), 1))


def facts(posted: QueryDict) -> dict[str, Any]:
    """The facts that the form names, by wire name; what it shows and leaves blank is None, which clears."""
    given: dict[str, Any] = {name: str(posted[name]).strip() or None for name in FACTS if name in posted}
    if "amount" in posted:
        given["amountCents"] = cents(str(posted["amount"]))
    if "withContacts" in posted:
        given["contactIds"] = posted.getlist("contactIds")
    several = set(posted.getlist("several"))  # lists: one that nothing was chosen of is not among what was sent
    custom: dict[str, Any] = {name.removeprefix(CUSTOM): posted.getlist(name) or None for name in several}
    for name in posted.keys() - several:
        if name.startswith(CUSTOM):
            custom[name.removeprefix(CUSTOM)] = str(posted[name]).strip() or None
    return given | ({"custom": custom} if custom else {})


def own_facts(request: HttpRequest) -> list[Fact]:
    """The fields that the firm added to opportunities."""
    return custom_facts(run(request, "getCustomFields", entity="opportunity").fields)


def moment_of(request: HttpRequest, text: str) -> str | None:
    """The middle of a day in the reader's zone, for what happened on a day before; nothing for today."""
    if not text.strip():
        return None
    zone = reader_zone(request)
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as fault:
        raise InvalidData("Write the day as 2026-11-30.", fields={"effectiveOn": "a day"}) from fault
    now = datetime.now(zone)
    return None if day == now.date() else datetime.combine(day, time(12), tzinfo=zone).isoformat()


def filters(request: HttpRequest) -> dict[str, str]:
    """What the address narrows by."""
    return {name: request.GET.get(name, "") for name in FILTERS}


def whose(request: HttpRequest, chosen: str) -> dict[str, str]:
    """Whose opportunities can be chosen: for managers those of any person; a person chosen by an address stands too."""
    words = {"me": "Mine", "team": "My team's", "none": "Nobody's"}
    if not (chosen.isdigit() or Shell(request).allows("manager")):
        return words
    people = owners(request)
    if chosen.isdigit():
        people.setdefault(chosen, f"Person {chosen}")  # who left may have opportunities still
    if not Shell(request).allows("manager"):
        people = {chosen: people[chosen]}
    return words | people


def owners(request: HttpRequest, *, also: Iterable[Any] = ()) -> dict[str, str]:
    """Who can own an opportunity, by id; those named in `also` are there in any case."""
    named = {str(each.id): each.name for each in also if each is not None}
    cursor: str | None = None
    while True:
        try:
            page = run(request, "listOwners", limit=100, cursor=cursor)
        except UnknownAction:
            return named
        named |= {str(each.id): each.name for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return dict(sorted(named.items(), key=lambda pair: pair[1].lower()))
