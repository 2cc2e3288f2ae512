"""Opening an account because of a signal, where the worthiness gate lets it through."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.errors import AccountExists, NotWorthy
from headhaul.accounts.models import Account
from headhaul.accounts.services.opening import Opened, open_from_signal
from headhaul.carriers.services.signals_store import current_day
from headhaul.carriers.services.worthiness import worthiness
from headhaul.kernel import Actor


def check_can_open(*, dot_number: int, at: datetime) -> None:
    """Raise NotWorthy with the reasons when the worthiness gate says no."""
    verdict = worthiness(dot_number=dot_number, at=at)
    if not verdict.is_worthy:
        raise NotWorthy(f"{' '.join(verdict.reasons)} A manager can override this with a reason.")


def open_prospect(*, dot_number: int, owner_id: int | None, at: datetime, by: Actor) -> Opened:
    """The carrier's account, opened on the current signals if there is none and the carrier is worthy."""
    existing = Account.objects.visible_to(by).filter(dot_number=dot_number).first()
    if existing is not None:
        return Opened(account=existing, created=False)
    check_can_open(dot_number=dot_number, at=at)
    opened = open_from_signal(dot_number=dot_number, day=current_day(), owner_id=owner_id, at=at, by=by)
    if not opened.created and not Account.objects.visible_to(by).filter(pk=opened.account.pk).exists():
        raise AccountExists(
            "Somebody else has an account for this carrier. Ask a manager.", fields={"dotNumber": "taken"}
        )
    return opened
