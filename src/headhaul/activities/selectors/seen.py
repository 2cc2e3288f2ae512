"""Single reads that ask first whether the actor sees the account."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities import ports
from headhaul.activities.choices import OUTCOMES_OF
from headhaul.activities.schemas.activities import ActivityRow, GetLoggingChoices, LoggingChoices, TypeChoice
from headhaul.activities.schemas.common import Named
from headhaul.activities.selectors.rows import COLUMNS, SOURCE, shown
from headhaul.kernel import Actor, NotFound

MOST_CONTACTS = 200


def seen_row(activity_id: int, *, by: Actor) -> ActivityRow:
    """An activity whose account, or whose opportunity, the actor sees."""
    condition, parameters = scope_of(by).condition("a")
    found = fetch(f"select {COLUMNS}, {condition} as is_seen from {SOURCE} where v.id = %s", [*parameters, activity_id])
    missing = NotFound(f"There is no activity {activity_id}, or it was removed.", fields={"activityId": "unknown"})
    if not found:
        raise missing
    if not found[0]["is_seen"]:
        if found[0]["opportunity_id"] is None:
            raise missing
        ports.opportunities().account_of(found[0]["opportunity_id"], by=by)
    return shown(found[0])


def choices(*, asked: GetLoggingChoices, by: Actor) -> LoggingChoices:
    """What a form for logging offers."""
    condition, parameters = scope_of(by).condition("a")
    found = fetch(
        f"select a.id, a.name from accounts_account a where a.id = %s and {condition}", [asked.account_id, *parameters]
    )
    if not found:
        raise NotFound("There is no such account.", fields={"accountId": "unknown"})
    contacts = fetch(
        "select id, name from accounts_contact where account_id = %s and not has_left"
        " order by lower(name), id limit %s",
        [asked.account_id, MOST_CONTACTS],
    )
    return LoggingChoices(
        account=Named(**found[0]),
        contacts=[Named(**each) for each in contacts],
        types=[TypeChoice(type=kind, outcomes=list(outcomes)) for kind, outcomes in OUTCOMES_OF.items()],
    )
