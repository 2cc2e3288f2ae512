"""Services elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from headhaul.activities.choices import DigestState
from headhaul.activities.models import Digest
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


def mail(at: datetime) -> Finding:
    """Does the daily mail have a server, and did it take yesterday's?"""
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return notice("Mail", "HEADHAUL_SMTP_URL is not set: no daily mails are sent")
    lately = Digest.objects.filter(claimed_at__gte=at - timedelta(days=1))
    failed = lately.filter(state__in=[DigestState.REFUSED, DigestState.UNKNOWN]).order_by("-claimed_at")
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}, links open {settings.PUBLIC_URL}"
    if newest := failed.first():
        return bad("Mail", f"{server}: {failed.count()} daily mails failed since yesterday ({newest.error})")
    return good("Mail", f"{server}; {lately.filter(state=DigestState.SENT).count()} daily mails since yesterday")
