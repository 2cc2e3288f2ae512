"""Sending the daily mails: taken up in the database first, sent outside of any transaction, settled afterwards.

A mail is sent at most once a user and day. What surely did not leave is tried again; where the process was killed or
the server fell silent in between, nobody knows, and it is not tried again: tomorrow's mail says what is still unread.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from django.db import transaction
from django.db.models import Q

from headhaul import preferences
from headhaul.activities.choices import DigestState
from headhaul.activities.gateways.mail import NoServerError, NotSentError, PerhapsSentError, Postman, is_set_up, postman
from headhaul.activities.models import Digest, DigestChoice, Notification
from headhaul.activities.preferences import DailyMail
from headhaul.activities.selectors.zones import zone_or_utc
from headhaul.activities.services import digesting
from headhaul.kernel.days import today
from headhaul.security.models import User

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
WAIT = timedelta(minutes=10)
KEPT_FOR = timedelta(days=60)


def send_due(*, at: datetime) -> dict[str, int]:
    """Send to everybody whose hour has come and who has not had today's; counts by what came of it."""
    counts: dict[str, int] = {}
    if not is_set_up():
        return counts
    with postman() as carrier:
        for user, zone in _due(at):
            state = _send(user, zone, carrier, at=at)
            if state is not None:
                counts[state] = counts.get(state, 0) + 1
            if state is DigestState.REFUSED and not _reachable(carrier):
                break
    return counts


def prune(*, at: datetime) -> int:
    """Forget which mails were sent long ago; how many."""
    return Digest.objects.filter(claimed_at__lt=at - KEPT_FOR).delete()[0]


def _due(at: datetime) -> Iterator[tuple[User, tzinfo]]:
    usual = preferences.get(DailyMail)
    chosen = {choice.user_id: choice for choice in DigestChoice.objects.all()}
    for user in User.objects.filter(is_active=True).order_by("pk"):
        choice = chosen.get(user.pk)
        if user.effective_role is None or not (choice.is_on if choice else usual.is_on):
            continue
        zone = zone_or_utc(user.timezone)
        hour = usual.hour if choice is None or choice.hour is None else choice.hour
        if at.astimezone(zone).hour >= hour:
            yield user, zone


def _send(user: User, zone: tzinfo, carrier: Postman, *, at: datetime) -> DigestState | None:
    digest = _take_up(user, zone, at=at)
    if digest is None:
        return None
    said = digesting.contents(user, at=at)
    if said.is_empty:
        return _settle(digest, DigestState.NOTHING, at=at)
    try:
        carrier.open()
        carrier.send(digesting.letter(digest, user, said, at=at, zone=zone))
    except NotSentError as refusal:
        log.warning("daily mail to user %s was refused: %s", user.pk, refusal)
        return _settle(digest, DigestState.REFUSED, at=at, error=str(refusal))
    except PerhapsSentError as silence:
        log.warning("daily mail to user %s: the server fell silent: %s", user.pk, silence)
        return _settle(digest, DigestState.UNKNOWN, at=at, error=str(silence))
    shown = [row.id for row in said.notifications]
    Notification.objects.filter(pk__in=shown, mailed_at__isnull=True).update(mailed_at=at)
    return _settle(digest, DigestState.SENT, at=at)


def _take_up(user: User, zone: tzinfo, *, at: datetime) -> Digest | None:
    """The day's row, ours alone and committed before anything leaves; None when it is not ours to send."""
    day = today(at, zone)
    with transaction.atomic():
        values = {"state": DigestState.SENDING, "attempts": 1, "claimed_at": at}
        digest, is_new = Digest.objects.get_or_create(user=user, day=day, defaults=values)
        if is_new:
            return digest
        again = Q(state=DigestState.REFUSED, attempts__lt=MOST_ATTEMPTS, settled_at__lte=at - WAIT)
        held = Digest.objects.select_for_update(skip_locked=True).filter(again, pk=digest.pk).first()
        if held is None:
            return None
        held.state, held.attempts, held.claimed_at = DigestState.SENDING, held.attempts + 1, at
        held.save(update_fields=["state", "attempts", "claimed_at"])
        return held


def _settle(digest: Digest, state: DigestState, *, at: datetime, error: str = "") -> DigestState:
    digest.state, digest.settled_at, digest.error = state, at, error
    digest.save(update_fields=["state", "settled_at", "error"])
    return state


def _reachable(carrier: Postman) -> bool:
    """Whether it is worth going on: one refused address is not a closed door."""
    try:
        carrier.open()
    except NoServerError:
        return False
    return True
