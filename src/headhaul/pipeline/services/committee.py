"""Who has a part in the deal."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_REPLACE = """
with gone as (
    delete from pipeline_opportunitycontact where opportunity_id = %s and contact_id <> all(%s)
)
insert into pipeline_opportunitycontact (opportunity_id, contact_id, added_at)
select %s, contact_id, %s from unnest(%s::bigint[]) as c(contact_id)
on conflict (opportunity_id, contact_id) do nothing
"""


def members(opportunity_id: int) -> list[int]:
    """The contacts of the buying committee, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select contact_id from pipeline_opportunitycontact where opportunity_id = %s order by 1", [opportunity_id]
        )
        return [key for (key,) in cursor.fetchall()]


def replace(opportunity_id: int, contact_ids: list[int], *, at: datetime) -> None:
    """Make these the committee; who was in it already stays as they were added."""
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, [opportunity_id, contact_ids, opportunity_id, at, contact_ids])
