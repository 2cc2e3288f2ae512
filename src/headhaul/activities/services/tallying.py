"""The tally of touches by day, person and kind: taken up, kept in the firm's zone, and held against the touches.

Triggers append to the news what every statement changes, so that no writer waits for another; here the news are added
to the days. A mend appends the difference between touches and tally, both read in one statement: what is written
meanwhile is in neither or in both, so that nothing has to stand still for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import TOUCHES

PATIENCE = "3s"  # for a writer that holds the activities, such as an import: the next start tries again

_FOLD = """
with told as (
    delete from activities_touchnews returning day, owner_id, type, n
)
insert into activities_touchday as t (day, owner_id, type, n)
select day, owner_id, type, sum(n) from told group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
on conflict (day, owner_id, type) do update set n = t.n + excluded.n
"""
MEND = f"""
insert into activities_touchnews (day, owner_id, type, n)
select day, owner_id, type, sum(n)
from (
    select (a.happened_at at time zone z.zone)::date as day, coalesce(a.owner_id, 0) as owner_id, a.type, count(*) as n
    from activities_activity a cross join activities_touchzone z
    where a.type in ({", ".join(repr(str(kind)) for kind in sorted(TOUCHES))}) group by 1, 2, 3
    union all
    select day, owner_id, type, -n from activities_touchday
    union all
    select day, owner_id, type, -n from activities_touchnews
) both_sides group by 1, 2, 3 having sum(n) <> 0
returning n
"""
_ZONE = "select zone, is_whole from activities_touchzone"
_KNOWN = "select exists (select from pg_timezone_names where name = %s) as is_known"
_BEGIN = (
    "lock table activities_activity in share row exclusive mode",
    "delete from activities_touchnews",
    "delete from activities_touchday",
)
_NAME = """
insert into activities_touchzone (zone, is_whole) values (%s, false)
on conflict (is_the_one) do update set zone = excluded.zone, is_whole = false
"""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was wrong with the tally: in how many days of a person and kind, and by how many touches."""

    cells: int
    touches: int


def keep(*, zone: str) -> Mended | None:
    """Take up the news. When the firm's days have come to begin elsewhere, count anew: writers are held for the moment
    in which it changes, not while it counts, and readers count for themselves until it is whole. Returns what was
    counted anew."""
    found = fetch(_ZONE, [])
    if not found or found[0]["zone"] != zone:
        if not fetch(_KNOWN, [zone])[0]["is_known"]:
            return None
        if not _begin(zone):
            return None
    elif found[0]["is_whole"]:
        fold()
        return None
    return mend()


def _begin(zone: str) -> bool:
    """Begin an empty tally in this zone, unless some writer is at the activities for longer than we wait."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{PATIENCE}'")
            for statement in _BEGIN:
                cursor.execute(statement)
            cursor.execute(_NAME, [zone])
    except OperationalError as fault:
        if isinstance(fault.__cause__, LockNotAvailable):
            return False
        raise
    return True


def fold() -> None:
    """Add the news to the days."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)


def mend() -> Mended:
    """Make the tally equal the touches, and say what was wrong with it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{_ZONE} for update")  # one at a time, and in one zone: two would both add what is missing
        cursor.execute(MEND)
        wrong = [int(n) for (n,) in cursor.fetchall()]
        cursor.execute(_FOLD)
        cursor.execute("delete from activities_touchday where n = 0")
        cursor.execute("update activities_touchzone set is_whole = true")
    return Mended(cells=len(wrong), touches=sum(abs(n) for n in wrong))
