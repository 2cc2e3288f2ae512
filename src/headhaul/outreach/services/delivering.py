"""Delivering: claim, decide once more and write the attempt in one transaction, then call, then write what came of it.

The attempt is on disk before the first byte leaves, with the receipt that allowed it. No transaction is open while a
provider is spoken to. Whatever happens in between, to this process or to the database, ends as known or as unknown,
never as sent twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from headhaul.outreach.gateways.base import (
    CALL_SECONDS,
    MOST_DELAY,
    Gateway,
    Outgoing,
    Refused,
    SenderOptions,
    Sent,
    Unsure,
    ticks,
)
from headhaul.outreach.gateways.registry import gateway_of
from headhaul.outreach.services import admitting, claiming, outbox, parking, results
from headhaul.outreach.services.clocks import MOST_SKEW, Clock
from headhaul.outreach.services.slots import Slots

log = logging.getLogger(__name__)

HALF_A_LEASE = claiming.LEASE.total_seconds() / 2
PATIENCE = 5
TOO_LATE = "too_late"
Pause = Callable[[float], None]
Result = Callable[[datetime], str]


@dataclass(slots=True)
class Delivered:
    """What a run did, by how each message ended up. `stopped` says why nothing was tried."""

    claimed: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    stopped: str = ""

    def count(self, how: str) -> None:
        """One more."""
        self.ended[how] = self.ended.get(how, 0) + 1

    def __getitem__(self, how: str) -> int:
        return self.ended.get(how, 0)


def deliver_due(*, clock: Clock, limit: int = 100, owner: str, pause: Pause | None = None) -> Delivered:
    """Send up to `limit` messages whose time has come. Any number of workers may do this at once."""
    done = Delivered()
    if (skew := clock.skew()) > MOST_SKEW:
        log.error("sending stands still: this machine's clock is %.1f s off the database's", skew)
        done.stopped = f"The clock of this machine is {skew:.1f} seconds off; nothing was sent."
        return done
    at = clock.now()
    if why := admitting.all_held(at=at):
        done.stopped = why
        return done
    parking.park(at=at, wait=admitting.LOOK_AGAIN)
    parking.keep(at=at)
    outbox.expire(at=at, limit=parking.BATCH)
    began = ticks()
    claim = claiming.claim(owner=owner, at=at, limit=limit)
    done.claimed = len(claim.message_ids)
    worker = _Worker(clock, claim.owner, pause)
    try:
        for position, message_id in enumerate(claim.message_ids):
            if ticks() - began > HALF_A_LEASE:
                claiming.give_back(owner=claim.owner, message_ids=claim.message_ids[position:], at=clock.now())
                done.claimed = position
                break
            done.count(worker.deliver(message_id))
    finally:
        worker.close()
    return done


class _Worker:
    """One claim's worth of work: gateways stay connected from message to message."""

    def __init__(self, clock: Clock, owner: str, pause: Pause | None) -> None:
        self._clock, self._owner, self._pause = clock, owner, pause
        self._slots = Slots()
        self._gateways: dict[int | None, Gateway] = {}

    def deliver(self, message_id: UUID) -> str:
        """One message; how it ended up."""
        before = ticks()
        begun = admitting.begin(message_id=message_id, owner=self._owner, clock=self._clock, slots=self._slots)
        if not isinstance(begun, Outgoing):
            return begun
        late = ticks() - before
        if late > MOST_DELAY:
            why = f"Not sent: {late:.1f} s had passed since it was allowed."
            return self._keep(partial(_aborted, begun.attempt_id, why))
        return self._keep(self._called(begun))

    def close(self) -> None:
        """Hang up everywhere."""
        for gateway in self._gateways.values():
            gateway.close()

    def _called(self, outgoing: Outgoing) -> Result:
        """Call the provider; what there is to write down about it."""
        attempt_id = outgoing.attempt_id
        try:
            sent = self._gateway(outgoing.sender).send(outgoing, deadline=CALL_SECONDS)
        except Refused as no:
            return partial(_aborted, attempt_id, no.text) if no.code == TOO_LATE else partial(_refused, attempt_id, no)
        except Unsure as unsure:
            return partial(_unknown, attempt_id, unsure.text)
        except Exception as fault:
            log.exception("a gateway failed in a way that it does not name; the attempt counts as unknown")
            return partial(_unknown, attempt_id, repr(fault))
        return partial(_accepted, attempt_id, sent)

    def _keep(self, write: Result) -> str:
        """Write a result down; a database that restarts is waited for, since nobody else knows."""
        for tries in range(PATIENCE):
            try:
                return write(self._clock.now())
            except (OperationalError, InterfaceError):
                if self._pause is None or connection.in_atomic_block:
                    raise
                connection.close()
                self._pause(0.2 * 2**tries)
        return write(self._clock.now())

    def _gateway(self, sender: SenderOptions) -> Gateway:
        if sender.id not in self._gateways:
            self._gateways[sender.id] = gateway_of(sender)
        return self._gateways[sender.id]


def _accepted(attempt_id: UUID, sent: Sent, at: datetime) -> str:
    results.accepted(attempt_id=attempt_id, provider_id=sent.provider_id, provider_rfc_id=sent.provider_rfc_id, at=at)
    return "accepted"


def _refused(attempt_id: UUID, no: Refused, at: datetime) -> str:
    results.refused(attempt_id=attempt_id, no=no, at=at)
    return "retried" if no.retry else "refused"


def _unknown(attempt_id: UUID, why: str, at: datetime) -> str:
    results.unknown(attempt_id=attempt_id, why=why, at=at)
    return "unknown"


def _aborted(attempt_id: UUID, why: str, at: datetime) -> str:
    results.aborted(attempt_id=attempt_id, why=why, at=at)
    return "aborted"
