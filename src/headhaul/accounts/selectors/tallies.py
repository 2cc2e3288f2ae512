"""How many accounts there are, read from the tallies that triggers keep."""

from __future__ import annotations

from headhaul.accounts.choices import NOT_PROSPECTS, AccountStatus
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor


def by_status(*, by: Actor | None = None) -> dict[AccountStatus, int]:
    """Accounts in each status: all of them, or those an actor sees."""
    seen = _seen(by)
    sql = f"select t.status, sum(t.n) as n from accounts_tally t where {seen.where} group by t.status"
    counted = {row["status"]: int(row["n"]) for row in fetch(sql, seen.parameters)}
    return {status: counted.get(status.value, 0) for status in AccountStatus}


def unowned_prospects(*, by: Actor | None = None) -> int:
    """Accounts that somebody should work and nobody has."""
    seen = _seen(by)
    seen.add("t.owner_id = 0 and t.status <> all(%s)", [status.value for status in NOT_PROSPECTS])
    sql = f"select coalesce(sum(t.n), 0) as n from accounts_tally t where {seen.where}"
    return int(fetch(sql, seen.parameters)[0]["n"])


def _seen(by: Actor | None) -> Conditions:
    """The tallies of what an actor sees; in them, owner and team 0 are nobody."""
    narrowed = Conditions()
    if by is not None and not (scope := scope_of(by)).is_all:
        condition, parameters = scope.condition("t", nobody="= 0")
        narrowed.add(condition, *parameters)
    return narrowed
