"""How leads, touches, events and sources that an import made are taken back.

Consent stays, for good, and so does what a lead filled in where an account or contact lacked it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Q

from headhaul.accounts.models import ExternalId
from headhaul.accounts.ports.imports import Restoring
from headhaul.accounts.services.importing.keeping import GONE, ModelKeeper
from headhaul.activities.models import Activity
from headhaul.capture.models import CaptureEvent, Lead, LeadSource, LeadTouch
from headhaul.capture.services.following import AGAIN
from headhaul.kernel import Actor


class LeadKeeper(ModelKeeper):
    """Leads, each with its touch, its note and its follow-up."""

    entity, model, depth = "lead", Lead, 4
    beside = frozenset({"capture.Lead", "capture.LeadTouch", "capture.RoutingDecision"})

    def hanging(self, ids: Sequence[int]) -> dict[int, str]:
        """Also those who were taken down again since, and a follow-up that somebody took up."""
        found = super().hanging(ids)
        later = Lead.objects.filter(merged_into_id__in=ids).exclude(pk__in=ids).order_by()
        for key, count in later.values_list("merged_into_id").annotate(count=Count("pk")):
            found.setdefault(key, f"they were taken down {count} time{'' if count == 1 else 's'} more")
        leads = Lead.objects.filter(pk__in=ids)
        tasks = {lead.follow_up_id: lead.pk for lead in leads if lead.follow_up_id is not None}
        worked = Q(version__gt=1) | Q(completed_at__isnull=False)
        for key in Activity.objects.filter(worked, pk__in=tasks).values_list("pk", flat=True):
            found.setdefault(tasks[key], "its follow-up was taken up")
        return found

    def delete(self, ids: Sequence[int]) -> None:
        """With what was written down of them."""
        leads = list(Lead.objects.filter(pk__in=ids))
        LeadTouch.objects.filter(lead_id__in=ids).delete()
        accounts = {lead.account_id for lead in leads if lead.account_id is not None}
        Activity.objects.filter(account_id__in=accounts, data__lead__in=list(ids)).delete()
        for lead in leads:
            if lead.merged_into_id is not None and lead.account_id is not None:
                said = Activity.objects.filter(account_id=lead.account_id, data__lead=lead.merged_into_id)
                said.filter(happened_at=lead.captured_at, subject__contains=AGAIN).delete()
        super().delete([lead.pk for lead in leads if lead.merged_into_id is not None])
        super().delete(ids)


class TouchKeeper:
    """Touches without a lead. They have no version: what is written of them stays, or goes."""

    entity, depth = "leadTouch", 3

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove those that are there."""
        found = set(LeadTouch.objects.filter(pk__in=list(versions)).values_list("pk", flat=True))
        LeadTouch.objects.filter(pk__in=found).delete()
        ExternalId.objects.filter(entity=self.entity, record_id__in=found).delete()
        return {key: GONE for key in versions if key not in found}

    def restore(self, records: Sequence[Restoring], *, batch_id: str, by: Actor, at: datetime) -> dict[int, str]:
        """Nothing was changed."""
        return {}


class EventKeeper(ModelKeeper):
    """Events that leads brought along."""

    entity, model, depth = "captureEvent", CaptureEvent, 1


class SourceKeeper(ModelKeeper):
    """Sources that leads brought along. Touches name them by their keys."""

    entity, model = "leadSource", LeadSource

    def hanging(self, ids: Sequence[int]) -> dict[int, str]:
        """Touches too."""
        found = super().hanging(ids)
        keys = dict(LeadSource.objects.filter(pk__in=ids).values_list("key", "pk"))
        for key in LeadTouch.objects.filter(source__in=keys).order_by().values_list("source", flat=True).distinct():
            found.setdefault(keys[key], "accounts came by it")
        return found
