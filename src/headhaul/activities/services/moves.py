"""Noting accounts' scores that went far from where they were last noted: a line for a move, not one for every night."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

FAR = 1_000  # hundredths: ten points

# The first note of an account is where it stands, and no move. The day's own note is left out of what came before, so
# that a night that is repeated finds the same.
_NOTE = """
insert into activities_scoremove (account_id, day, score_hundredths, before_hundredths, driver_count, noted_at)
select score.account_id, %(day)s::date, score.score_hundredths, last.score_hundredths, score.driver_count,
    %(at)s::timestamptz
from accounts_accountscore score
left join lateral (
    select m.score_hundredths from activities_scoremove m
    where m.account_id = score.account_id and m.day < %(day)s order by m.day desc limit 1
) last on true
where score.day = %(day)s and score.score_hundredths is not null
  and (last.score_hundredths is null or abs(score.score_hundredths - last.score_hundredths) >= %(far)s)
on conflict (account_id, day) do nothing
"""
_MOVES = "select count(*) from activities_scoremove where day = %s and before_hundredths is not null"


def note(*, day: date, at: datetime) -> int:
    """Note what moved ten points or more, up or down; how many moved that day."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"day": day, "at": at, "far": FAR})
        cursor.execute(_MOVES, [day])
        return int(cursor.fetchone()[0])
