"""What is mailed to people regularly: the daily mail, and what rooms above add, each at most once a user and day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from django.conf import settings

from headhaul import preferences
from headhaul.activities.gateways.mail import Letter
from headhaul.activities.models import DigestChoice
from headhaul.activities.preferences import DailyMail
from headhaul.security.models import User


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that somebody is to get: of which day of theirs, on whose clock."""

    user: User
    zone: tzinfo
    day: date


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, and what to note once it has left."""

    letter: Letter
    sent: Callable[[datetime], None]


class Mailing(Protocol):
    """A regular mail. `kind` is stored: never change one."""

    kind: str

    def due(self, *, at: datetime) -> Iterator[Due]:
        """Who is to have had it by now. That it was sent already need not be known here."""
        ...

    def write(self, due: Due, *, at: datetime) -> Written | None:
        """What it says, or nothing when there is nothing to say."""
        ...


_known: dict[str, Mailing] = {}


def register(mailing: Mailing) -> None:
    """Add a regular mail."""
    _known[mailing.kind] = mailing


def known() -> list[Mailing]:
    """All of them, in the order in which they were added."""
    return list(_known.values())


def hours() -> Callable[[int], int]:
    """At which hour of their own day somebody gets mail, by their id."""
    usual = preferences.get(DailyMail).hour
    rows = DigestChoice.objects.filter(hour__isnull=False).values_list("user_id", "hour")
    chosen = {user_id: hour for user_id, hour in rows if hour is not None}
    return lambda user_id: chosen.get(user_id, usual)


def message_id(word: str, due: Due) -> str:
    """The same for the same day, so that a mail program shows a second one as the first."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "headhaul"
    return f"<{word}-{due.day:%Y%m%d}-{due.user.pk}@{host}>"
