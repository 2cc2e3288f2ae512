"""What a signal allows: whether a carrier may become an account, and with which score."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.errors import NotWorthy
from headhaul.accounts.models import Account
from headhaul.accounts.services.opening import Opened, open_from_signal
from headhaul.carriers.choices import Gate
from headhaul.carriers.models import Signal, SignalDay
from headhaul.kernel import Actor


def check_can_open(signal: Signal) -> None:
    """Raise NotWorthy with the reasons when the worthiness gate says no."""
    reasons = [gate.name.lower().replace("_", " ") for gate in Gate if signal.gate_mask >> gate & 1]
    if reasons:
        raise NotWorthy(f"{signal.name} is no prospect: {', '.join(reasons)}. A manager can override this.")


def open_prospect(*, dot_number: int, owner_id: int | None, at: datetime, by: Actor) -> Opened:
    """The carrier's account, opened on the current signals if there is none and the carrier is worthy."""
    existing = Account.objects.visible_to(by).filter(dot_number=dot_number).first()
    if existing is not None:
        return Opened(account=existing, created=False)
    day = SignalDay.objects.filter(is_current=True).values_list("day", flat=True).first()
    signal = Signal.objects.filter(day=day, dot_number=dot_number).first() if day else None
    if signal is not None:
        check_can_open(signal)
    return open_from_signal(dot_number=dot_number, day=day, owner_id=owner_id, at=at, by=by)
