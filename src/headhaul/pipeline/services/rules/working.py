"""Working off the events that wait, one by one, with as many workers as there are."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import connection, transaction

from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import WaitingEvent
from headhaul.pipeline.services.rules import firing, telling, waiting

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5


def work_off(*, at: datetime, most: int = 2_000) -> dict[str, int]:
    """Let the rules act on what waits, each event in a transaction of its own. Several workers share the work.

    An event that breaks is tried again; after the last attempt it is put aside with the reason, and managers are told.
    """
    done = aside = 0
    while done + aside < most:
        key = _take_one(at)
        if key is None:
            break
        done, aside = (done + 1, aside) if key else (done, aside + 1)
    return {"events": done, "put_aside": aside}


_TAKE = """
select id, trigger, key, data::text, attempts from pipeline_waitingevent
where error = '' and done_at is null order by attempts, id limit 1 for update skip locked
"""


def _take_one(at: datetime) -> bool | None:
    """Work off one event. None: nothing waits; False: it broke."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TAKE)
            row = cursor.fetchone()
        if row is None:
            return None
        stored = WaitingEvent(pk=row[0], trigger=row[1], key=row[2], attempts=row[4])
        try:
            with transaction.atomic():
                firing.fire_now([waiting.event_of(row[2], row[3])])
                _done(stored, at)
        except Exception as fault:  # whatever it is: what waits is never lost, and never stops what waits behind it
            log.exception("waiting event failed", key=stored.key)
            _count(stored, f"{type(fault).__name__}: {fault}", at)
            return False
    return True


def _done(stored: WaitingEvent, at: datetime) -> None:
    row = WaitingEvent.objects.filter(pk=stored.pk)
    if RuleTrigger(stored.trigger).is_of_time:
        row.update(done_at=at)  # the clock would find it again
    else:
        row.delete()


def _count(stored: WaitingEvent, said: str, at: datetime) -> None:
    is_last = stored.attempts + 1 >= MOST_ATTEMPTS
    WaitingEvent.objects.filter(pk=stored.pk).update(
        attempts=stored.attempts + 1, error=said[:1_000] if is_last else ""
    )
    if is_last:
        telling.that_an_event_was_put_aside(key=stored.key, said=said, at=at)
