"""Which deals a report about money speaks of: its days in the firm's zone, whose; and which the reader may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions
from headhaul.analytics.schemas.money import MoneyScope, Range, Share
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import resolved
from headhaul.kernel.shares import wilson
from headhaul.outreach.preferences import Reporting
from headhaul.pipeline.selectors import visible
from headhaul.pipeline.selectors.periods import Span
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of
from headhaul.pipeline.working_days import current

LONGEST = 3_660  # days: ten years
DEALS = "pipeline_opportunity o join accounts_account a on a.id = o.account_id"
"""What conditions of `whose` speak of."""


def span_of(asked: MoneyScope, *, at: datetime) -> Span:
    """The days by the firm's calendar."""
    zone = current().zone
    first, last = resolved(asked.from_, at=at, zone=zone), resolved(asked.to, at=at, zone=zone)
    if first > last:
        raise InvalidData("These days run backwards.", fields={"from": "not after to"})
    if (last - first).days > LONGEST:
        raise InvalidData("A report covers at most ten years.", fields={"from": "later"})
    return Span(first, last + timedelta(days=1), zone)


def range_of(span: Span, *, at: datetime) -> Range:
    """The days and bounds, as answers carry them."""
    return Range(
        from_=span.starts_on,
        to=span.last_day,
        timezone=str(span.zone),
        as_of=at,
        enough=preferences.get(Reporting).enough,
    )


def whose(asked: MoneyScope, *, by: Actor) -> Conditions:
    """Conditions on opportunities `o` and accounts `a`: whose are asked for, and which the reader sees."""
    narrowed = Conditions()
    clause, parameters = owner_condition(owners_of(asked, by=by), "o.owner_id")
    narrowed.add(clause, *parameters)
    if asked.pipeline_id is not None:
        narrowed.add("o.pipeline_id = %s", asked.pipeline_id)
    if asked.segment is not None:
        narrowed.add("a.segment = %s", asked.segment.value)
    visible(narrowed, by=by)
    return narrowed


def share(part: int, n: int) -> Share:
    """`part` of `n`. Without any there is no range either."""
    enough = preferences.get(Reporting).enough
    if not n:
        return Share(part=part, n=0, percent=None, low=None, high=None, is_enough=False)
    low, high = wilson(part / n, n)
    return Share(
        part=part,
        n=n,
        percent=round(100 * part / n, 2) if n >= enough else None,
        low=round(100 * low, 2),
        high=round(100 * high, 2),
        is_enough=n >= enough,
    )


def counted(row: dict[str, Any], *names: str) -> dict[str, int]:
    """These columns as whole numbers; what is nothing is 0."""
    return {name: int(row[name] or 0) for name in names}
