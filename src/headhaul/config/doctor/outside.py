"""Services elsewhere."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from headhaul.carriers.gateways.faults import FmcsaFault, FmcsaUnknownCarrier
from headhaul.carriers.services import lookups
from headhaul.config.doctor.findings import Finding, bad, good, notice

_ANY_CARRIER = 21800  # one of the largest; whether it is known does not matter here


def fmcsa(at: datetime, *, online: bool) -> Finding:
    """Is there a key, and does the service take it?"""
    if not lookups.has_key():
        return notice("FMCSA", "FMCSA_WEB_KEY is not set: accounts keep the facts of the imported census")
    if not online:
        return good("FMCSA", f"key configured for {settings.FMCSA_BASE_URL} (not asked; --online asks)")
    lookups.forget(dot_number=_ANY_CARRIER)
    try:
        lookups.client().carrier(_ANY_CARRIER, at=at)
    except FmcsaUnknownCarrier:
        return good("FMCSA", "answers")
    except FmcsaFault as fault:
        return bad("FMCSA", f"{settings.FMCSA_BASE_URL} gives no answer: {fault}")
    return good("FMCSA", "answers")
