"""Carrying the day's signals over to the accounts' scores, where they differ."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

_REFRESH = """
update accounts_accountscore score
set day = fresh.day, score_hundredths = fresh.score_hundredths, driver_count = fresh.n,
    confidence = fresh.confidence, urgency = fresh.urgency, is_spike = coalesce(fresh.is_spike, false)
from (
    select a.id, s.day, s.score_hundredths, s.n, s.confidence, s.urgency, s.is_spike
    from accounts_account a
    left join carriers_signal s on s.day = %(day)s and s.dot_number = a.dot_number
    where %(one)s::bigint is null or a.id = %(one)s
) fresh
where score.account_id = fresh.id
  and (score.day, score.score_hundredths, score.driver_count, score.confidence, score.urgency, score.is_spike)
      is distinct from
      (fresh.day, fresh.score_hundredths, fresh.n, fresh.confidence, fresh.urgency,
       coalesce(fresh.is_spike, false))
"""


def refresh(*, day: date, account_id: int | None = None) -> int:
    """Make every account's score, or one's, that of `day`; or none where there is none. Returns the rows changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"day": day, "one": account_id})
        return int(cursor.rowcount)
