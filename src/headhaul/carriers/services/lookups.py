"""The look-up client of this process, as the settings say, with its answers kept in the database."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Q

from headhaul import preferences
from headhaul.carriers.gateways.qcmobile import QcMobile
from headhaul.carriers.gateways.qcmobile_wire import QcMobileSettings, StoredAnswer
from headhaul.carriers.models import FmcsaLookup
from headhaul.carriers.preferences import FmcsaLookups


class KeptAnswers:
    """FMCSA's answers in a table that all processes share."""

    def read(self, *, path: str, at: datetime) -> StoredAnswer | None:
        """The answer kept for this path, unless it is too old at `at`."""
        kept = FmcsaLookup.objects.filter(path=path, keep_until__gt=at).first()
        return StoredAnswer(kept.content, kept.retrieved_at) if kept else None

    def write(self, *, path: str, answer: StoredAnswer, keep_until: datetime) -> None:
        """Keep an answer, replacing an older one."""
        FmcsaLookup.objects.update_or_create(
            path=path,
            defaults={
                "content": answer.content,
                "retrieved_at": answer.retrieved_at,
                "keep_until": keep_until,
            },
        )


def has_key() -> bool:
    """Whether FMCSA can be asked at all."""
    return bool(settings.FMCSA_WEB_KEY)


def client() -> QcMobile:
    """The client that all threads of this process share, so that pace and breaker hold for all of them."""
    wanted = preferences.get(FmcsaLookups)
    return _client(
        QcMobileSettings(
            web_key=settings.FMCSA_WEB_KEY,
            base_url=settings.FMCSA_BASE_URL,
            timeout=wanted.timeout_seconds,
            deadline=wanted.deadline_seconds,
            attempts=wanted.attempts,
            requests_per_second=wanted.requests_per_second,
            failures_before_rest=wanted.failures_before_rest,
            rest=wanted.rest_seconds,
            cache_hours=wanted.keep_hours,
        )
    )


@lru_cache(maxsize=1)
def _client(wanted: QcMobileSettings) -> QcMobile:
    return QcMobile(wanted, cache=KeptAnswers())


def forget(*, dot_number: int) -> None:
    """Ask anew next time whatever is kept about this carrier."""
    about = Q(path=str(dot_number)) | Q(path__startswith=f"{dot_number}/")
    FmcsaLookup.objects.filter(about).delete()


def prune(*, at: datetime) -> int:
    """Remove answers that are too old to be used; how many."""
    return FmcsaLookup.objects.filter(keep_until__lte=at).delete()[0]
