"""Telling owners what the night found out about their opportunities, each thing once."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import notifying
from headhaul.pipeline.choices import Risk
from headhaul.pipeline.working_days import current

ONE_BY_ONE = 10  # with more at once an owner is told how many, and where they are

# New is what the snapshot before did not have; of the very first night there is nothing to compare with.
_NEW = """
with before as (select max(day) as day from pipeline_opportunitysnapshot where day < %(day)s)
select now.opportunity_id, now.owner_id, now.account_id, o.name,
    array(select unnest(now.risks) except select unnest(coalesce(past.risks, '{}'))) as risks
from before join pipeline_opportunitysnapshot now on now.day = %(day)s
join pipeline_opportunity o on o.id = now.opportunity_id and o.kind = 'open'
left join pipeline_opportunitysnapshot past on past.day = before.day and past.opportunity_id = now.opportunity_id
where now.owner_id is not null and before.day is not null and not now.risks <@ coalesce(past.risks, '{}')
order by now.owner_id, now.amount_cents desc nulls last, now.opportunity_id
"""


def tell_new_risks(*, at: datetime) -> int:
    """Tell each owner about the risks that came since the snapshot before. Returns how many were told something."""
    day = current().today(at)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in fetch(_NEW, {"day": day}):
        found[row["owner_id"]].append(row)
    told = 0
    for owner_id, rows in found.items():
        if len(rows) <= ONE_BY_ONE:
            told += sum(_tell(owner_id, row, day=str(day), at=at) for row in rows)
        else:
            told += _tell_all(owner_id, rows, day=str(day), at=at)
    return told


def _tell(owner_id: int, row: dict[str, Any], *, day: str, at: datetime) -> int:
    labels = [risk.label.lower() for risk in Risk if risk in row["risks"]]
    told = notifying.notify(
        user_ids=[owner_id],
        kind=NotificationKind.RISK,
        text=f"{row['name']}: {', '.join(labels)}",
        at=at,
        account_id=row["account_id"],
        target=("opportunity", row["opportunity_id"]),
        key=f"risk:{row['opportunity_id']}:{day}",
    )
    return len(told)


def _tell_all(owner_id: int, rows: list[dict[str, Any]], *, day: str, at: datetime) -> int:
    first = ", ".join(row["name"] for row in rows[:3])
    told = notifying.notify(
        user_ids=[owner_id],
        kind=NotificationKind.RISK,
        text=f"{len(rows)} of your opportunities have new risks: {first} and others",
        at=at,
        target=("risks", owner_id),
        key=f"risks:{day}",
    )
    return len(told)
