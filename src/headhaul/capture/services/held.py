"""What was held back as junk: kept for a while to look through, and then removed, unless somebody looks into it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.capture.errors import LeadState
from headhaul.capture.models import Lead
from headhaul.capture.preferences import PublicForms
from headhaul.capture.schemas.leads import HeldLeadsPruned
from headhaul.capture.services import editing
from headhaul.kernel import SYSTEM, Actor, Door

BATCH = 1_000
# What a person did with it, or tried to do, stands in the audit. Opening its page is no sign: junk is opened as well.
_PRUNE = """
delete from capture_lead where id in (
    select l.id from capture_lead l
    where l.is_spam and l.kept_at is null and l.received_at < %(before)s and l.version = 1
      and not exists (select from actions_auditentry a
                      where a.target_type = 'lead' and a.target_id = l.id::text and a.user_id is not null)
    order by l.received_at, l.id limit %(limit)s for update of l skip locked)
"""


def keep(*, lead_id: int, is_kept: bool, at: datetime, by: Actor) -> Lead:
    """Keep it beyond its time, or no longer. LeadState for what is no junk."""
    lead = editing.lock(lead_id, by=by)
    if not lead.is_spam:
        raise LeadState("This lead is not held back as junk: it stays anyway.")
    lead.kept_at = at if is_kept else None
    lead.updated_at = at
    lead.save(update_fields=["kept_at", "updated_at"])
    return lead


def prune(*, at: datetime) -> int:
    """Remove what was held back long enough and nobody has looked into, in batches; how many."""
    removed: int = 0
    while True:
        done: Any = dispatch("pruneHeldLeads", {}, actor=SYSTEM, at=at, door=Door.JOB).payload
        removed += int(done.removed)
        if done.removed < BATCH:
            return removed


def prune_some(*, at: datetime) -> HeldLeadsPruned:
    """Remove one batch of them, the oldest first."""
    before = at - timedelta(days=preferences.get(PublicForms).held_days)
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, {"before": before, "limit": BATCH})
        return HeldLeadsPruned(removed=cursor.rowcount, held_before=before)
