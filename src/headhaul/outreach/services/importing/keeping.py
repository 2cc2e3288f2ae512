"""How drafts that an import made are taken back, as long as nobody is in them and nobody was called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q

from headhaul.accounts.models import ExternalId, ImportedRecord
from headhaul.accounts.ports.imports import Restoring
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.kernel import Actor
from headhaul.outreach.choices import SequenceState, TargetState
from headhaul.outreach.models import Call, CallCampaign, CallTarget
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.services.importing.steps import PLACES


class SequenceKeeper(ModelKeeper):
    """Sequences, with their versions. One that got its steps by a later import is still as imports left it."""

    entity, model, depth = "sequence", Kept, 2
    beside = frozenset({"outreach.SequenceVersion"})

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove those that only imports wrote on."""
        imported = ImportedRecord.objects.filter(entity=self.entity, record_id__in=list(versions)).values("record_id")
        told = imported.annotate(
            last=Max("version"), back=Count("pk", filter=Q(is_new=False, taken_back=True))
        ).values_list("record_id", "last", "back")
        left = {key: last + back for key, last, back in told}
        now = dict(Kept.objects.filter(pk__in=list(versions)).values_list("pk", "version"))
        asked = {key: now[key] if now.get(key) == left.get(key) else version for key, version in versions.items()}
        return super().remove(asked, by=by, at=at)

    def delete(self, ids: Sequence[int]) -> None:
        """With what they said: their trigger lets versions go with their sequence only."""
        if not ids:
            return
        _forget_steps(ids)
        with connection.cursor() as cursor:
            cursor.execute("delete from outreach_sequenceversion where sequence_id = any(%s)", [list(ids)])
        super().delete(ids)

    def restore(self, records: Sequence[Restoring], *, batch_id: str, by: Actor, at: datetime) -> dict[int, str]:
        """Back to the draft without steps, unless somebody started it or changed its steps."""
        ids = [record.record_id for record in records]
        used = Kept.objects.filter(pk__in=ids).exclude(state=SequenceState.DRAFT, enrolments=None)
        kept = dict.fromkeys(used.values_list("pk", flat=True), "it was started since")
        rest = [record for record in records if record.record_id not in kept]
        kept |= super().restore(rest, batch_id=batch_id, by=by, at=at)
        _forget_steps([key for key in ids if key not in kept])
        return kept


class CampaignKeeper(ModelKeeper):
    """Call campaigns, with scripts that nobody read out and people whom nobody called."""

    entity, model, depth = "callCampaign", CallCampaign, 2
    beside = frozenset({"outreach.CallScript", "outreach.CallTarget"})

    def hanging(self, ids: Sequence[int]) -> dict[int, str]:
        """Calls, and people who were taken."""
        found = super().hanging(ids)
        called = set(Call.objects.filter(campaign_id__in=ids).values_list("campaign_id", flat=True))
        taken = CallTarget.objects.filter(campaign_id__in=ids).exclude(state=TargetState.QUEUED, tries=0)
        for key in called | set(taken.values_list("campaign_id", flat=True)):
            if key is not None:
                found.setdefault(key, "somebody was called in it")
        return found

    def delete(self, ids: Sequence[int]) -> None:
        """With their scripts."""
        for campaign in CallCampaign.objects.filter(pk__in=ids):
            campaign.scripts.all().delete()
        super().delete(ids)


def _forget_steps(ids: Sequence[int]) -> None:
    numbers = [key * PLACES + place for key in ids for place in range(PLACES)]
    ExternalId.objects.filter(entity="sequenceStep", record_id__in=numbers).delete()
