"""How many accounts there are, read from the tallies that triggers keep."""

from __future__ import annotations

from headhaul.accounts.choices import NOT_PROSPECTS, AccountStatus
from headhaul.accounts.selectors.pages import fetch


def by_status() -> dict[AccountStatus, int]:
    """Accounts in each status."""
    rows = fetch("select status, sum(n) as n from accounts_tally group by status", [])
    counted = {row["status"]: int(row["n"]) for row in rows}
    return {status: counted.get(status.value, 0) for status in AccountStatus}


def unowned_prospects() -> int:
    """Accounts that somebody should work and nobody has."""
    rows = fetch(
        "select coalesce(sum(n), 0) as n from accounts_tally where not is_owned and status <> all(%s)",
        [[status.value for status in NOT_PROSPECTS]],
    )
    return int(rows[0]["n"])
