"""Which messages a report speaks of: its days in the firm's zone, whose, of what; and which the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import end_of, resolved, start_of
from headhaul.outreach.ports import firm_zone
from headhaul.outreach.preferences import Reporting
from headhaul.outreach.schemas.reports import Period, ReportScope

LONGEST = 3_660  # days: ten years
NOBODY = -1  # an id that no user has
CALL_CAMPAIGN = "coalesce(nullif(g.campaign, ''), g.name, '')"
"""What reports group a call under: what its call campaign says, or that one's own name."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked for, from the first instant of one until before the first instant after the other."""

    first: date
    last: date
    zone: tzinfo

    @property
    def since(self) -> datetime:
        """When it begins."""
        return start_of(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """When it is over."""
        return end_of(self.last, self.zone)


def span_of(asked: ReportScope, *, at: datetime) -> Span:
    """The days by the firm's calendar."""
    zone = firm_zone()
    first, last = resolved(asked.from_, at=at, zone=zone), resolved(asked.to, at=at, zone=zone)
    if first > last:
        raise InvalidData("These days run backwards.", fields={"from": "not after to"})
    if (last - first).days > LONGEST:
        raise InvalidData("A report covers at most ten years.", fields={"from": "later"})
    return Span(first, last, zone)


def period_of(asked: ReportScope, *, at: datetime) -> Period:
    """The days and bounds, as answers carry them."""
    span, chosen = span_of(asked, at=at), preferences.get(Reporting)
    return Period(
        from_=span.first,
        to=span.last,
        timezone=str(span.zone),
        by=asked.by,
        as_of=at,
        enough=chosen.enough,
        credit_days=chosen.credit_days,
    )


def messages(asked: ReportScope, *, by: Actor, at: datetime) -> Conditions:
    """Conditions on facts of messages under `f`. Calls are counted from what was noted of them, not here."""
    span, narrowed = span_of(asked, at=at), Conditions()
    moment = "f.enrolled_at" if asked.by == "enrolled" else "f.at"
    narrowed.add(f"{moment} >= %s and {moment} < %s", span.since, span.until)
    narrowed.add("f.channel <> 'call'")
    whose(narrowed, asked.owner, "f.user_id", by=by)
    for column, wanted in (
        ("channel", asked.channel),
        ("campaign", asked.campaign),
        ("sequence_id", asked.sequence_id),
        ("step_key", asked.step_key),
        ("version_number", asked.version),
    ):
        if wanted is not None:
            narrowed.add(f"f.{column} = %s", wanted)
    seen(narrowed, by=by, alias="f")
    return narrowed


def calls(asked: ReportScope, *, by: Actor, at: datetime) -> Conditions:
    """Conditions on calls we made under `f`, with their campaign under `g` and enrolment under `n`."""
    span, narrowed = span_of(asked, at=at), Conditions()
    moment = "n.enrolled_at" if asked.by == "enrolled" else "f.started_at"
    narrowed.add(f"{moment} >= %s and {moment} < %s", span.since, span.until)
    narrowed.add("f.direction = 'out'")
    whose(narrowed, asked.owner, "f.user_id", by=by)
    if asked.campaign is not None:
        narrowed.add(f"{CALL_CAMPAIGN} = %s", asked.campaign)
    if asked.sequence_id is not None:
        narrowed.add("n.sequence_id = %s", asked.sequence_id)
    if asked.step_key is not None:
        narrowed.add("f.step_key = %s", asked.step_key)
    if asked.version is not None:
        narrowed.add("n.version_number = %s", asked.version)
    if asked.channel is not None and asked.channel != "call":
        narrowed.add("false")
    seen(narrowed, by=by, alias="f")
    return narrowed


def seen(narrowed: Conditions, *, by: Actor, alias: str) -> None:
    """Rows of accounts that this actor sees, and their own."""
    scope = scope_of(by)
    if scope.is_all:
        return
    condition, parameters = scope.condition("a")
    narrowed.add(
        f"({alias}.user_id = %s or exists ("
        f"select from accounts_account a where a.id = {alias}.account_id and {condition}))",
        by.user_id or NOBODY,
        *parameters,
    )


def whose(narrowed: Conditions, owner: str | int, column: str, *, by: Actor) -> None:
    """Rows of the rep that is asked for: me, team, all, none, or a user's id."""
    if owner == "none":
        narrowed.add(f"{column} is null")
    elif owner == "me":
        narrowed.add(f"{column} = %s", by.user_id or NOBODY)
    elif owner == "team":
        narrowed.add(f"{column} = any(%s)", [by.user_id or NOBODY, *_members(by.team_id)])
    elif owner != "all":
        narrowed.add(f"{column} = %s", owner)


def _members(team_id: int | None) -> list[int]:
    if team_id is None:
        return []
    return [row["id"] for row in fetch("select id from security_user where team_id = %s", [team_id])]
