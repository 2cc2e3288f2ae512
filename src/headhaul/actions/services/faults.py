"""What the database says, in our own words. Bad data is the sender's to mend; anything unknown is ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError
from psycopg import errors as pg

from headhaul.kernel import AppError, Conflict, Failed, InvalidData, Unavailable

log = logging.getLogger(__name__)


@contextmanager
def translated(*, action: str, request_id: str) -> Iterator[None]:
    """Let AppErrors pass; turn every other exception into one, and log what nobody foresaw."""
    try:
        yield
    except AppError:
        raise
    except Exception as fault:
        answer = _answer_to(fault)
        if isinstance(answer, (Failed, Unavailable)):
            log.exception("action %s failed, request %s", action, request_id)
        else:
            kind = type(fault.__cause__ or fault).__name__
            log.warning("action %s, request %s: %s", action, request_id, kind)
        raise answer from fault


def _answer_to(fault: Exception) -> AppError:
    cause = fault.__cause__ if isinstance(fault, DatabaseError) else fault
    match cause:
        case pg.UniqueViolation() | pg.ExclusionViolation():
            return Conflict("Somebody else was first: this exists already. Look again.")
        case pg.DeadlockDetected() | pg.SerializationFailure() | pg.LockNotAvailable():
            return Conflict("Somebody else changed the same thing at this moment. Try again.")
        case pg.QueryCanceled():
            return Unavailable("This took too long and was stopped; nothing was changed. Narrow it down.")
        case psycopg.DataError():
            return InvalidData("A value is out of range or of a kind that cannot be stored.")
        case psycopg.IntegrityError():
            return InvalidData("The data contradicts what is stored; look at the references and limits.")
        case psycopg.OperationalError():
            return Unavailable("The database does not answer now; nothing was changed. Try again.")
    return Failed("Something broke on our side; nothing was changed. Give your administrator the request id.")
