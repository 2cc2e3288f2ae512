"""Sending regular mails: taken up in the database first, sent outside of any transaction, settled afterwards.

A mail of a kind is sent at most once a user and day. What surely did not leave is tried again; where the process was
killed or the server fell silent in between, nobody knows, and it is not tried again: tomorrow's mail says what is
still unread.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from headhaul.activities.choices import DigestState
from headhaul.activities.gateways.mail import NoServerError, NotSentError, PerhapsSentError, Postman, is_set_up, postman
from headhaul.activities.models import Digest
from headhaul.activities.services import mailings
from headhaul.activities.services.mailings import Due, Mailing

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
        for mailing in mailings.known():
            for due in mailing.due(at=at):
                state = _send(mailing, due, carrier, at=at)
                if state is not None:
                    counts[state] = counts.get(state, 0) + 1
                if state is DigestState.REFUSED and not _reachable(carrier):
                    return counts
    return counts


def prune(*, at: datetime) -> int:
    """Forget which mails were sent long ago; how many."""
    return Digest.objects.filter(claimed_at__lt=at - KEPT_FOR).delete()[0]


def _send(mailing: Mailing, due: Due, carrier: Postman, *, at: datetime) -> DigestState | None:
    digest = _take_up(mailing.kind, due, at=at)
    if digest is None:
        return None
    written = mailing.write(due, at=at)
    if written is None:
        return _settle(digest, DigestState.NOTHING, at=at)
    try:
        carrier.open()
        carrier.send(written.letter)
    except NotSentError as refusal:
        log.warning("%s mail to user %s was refused: %s", mailing.kind, due.user.pk, refusal)
        return _settle(digest, DigestState.REFUSED, at=at, error=str(refusal))
    except PerhapsSentError as silence:
        log.warning("%s mail to user %s: the server fell silent: %s", mailing.kind, due.user.pk, silence)
        return _settle(digest, DigestState.UNKNOWN, at=at, error=str(silence))
    written.sent(at)
    return _settle(digest, DigestState.SENT, at=at)


def _take_up(kind: str, due: Due, *, at: datetime) -> Digest | None:
    """The day's row, ours alone and committed before anything leaves; None when it is not ours to send."""
    with transaction.atomic():
        values = {"state": DigestState.SENDING, "attempts": 1, "claimed_at": at}
        digest, is_new = Digest.objects.get_or_create(user=due.user, kind=kind, day=due.day, defaults=values)
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
