"""What was held back as junk goes when its time is over, unless somebody looks into it; and that is on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.actions.models import AuditEntry
from headhaul.capture.models import Lead
from headhaul.capture.preferences import PublicForms
from headhaul.capture.services import held
from headhaul.kernel import SYSTEM, Actor, AppError
from headhaul.nightly.choices import Trigger
from headhaul.nightly.services import upkeep
from headhaul.preferences.services.values import save
from tests.capture.doing import do, undone
from tests.capture.test_public_forms import key, send
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
__all__ = ["key"]  # the fixture
DAY = timedelta(days=1)
JUNK = "http://a.example http://b.example http://c.example"


def junk(key: str, number: int = 1) -> Lead:
    send(key, message=JUNK, company=f"Junk {number}", email=f"junk{number}@junk.example")
    return Lead.objects.filter(is_spam=True).latest("pk")


def is_there(lead: Lead) -> bool:
    return Lead.objects.filter(pk=lead.pk).exists()


def test_it_stays_as_long_as_the_setting_says_and_not_longer(key: str) -> None:
    lead = junk(key)
    assert held.prune(at=NOON + 90 * DAY) == 0
    assert held.prune(at=NOON + 91 * DAY) == 1
    assert not is_there(lead)


def test_the_setting_counts(key: str) -> None:
    lead = junk(key)
    save(section=PublicForms, values={"heldDays": 7}, expected_version=0, by=SYSTEM, at=NOON)
    assert held.prune(at=NOON + 8 * DAY) == 1
    assert not is_there(lead)


def test_one_entry_says_how_many_went_and_none_when_nothing_did(key: str) -> None:
    junk(key, 1), junk(key, 2)
    held.prune(at=NOON + 50 * DAY)
    assert not AuditEntry.objects.filter(action="pruneHeldLeads").exists()
    held.prune(at=NOON + 100 * DAY)
    entry = AuditEntry.objects.get(action="pruneHeldLeads")
    assert (entry.target_type, entry.target_id, entry.actor_kind) == ("held_leads", "2 removed", "system")


def test_more_than_a_batch_goes_in_one_night(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "BATCH", 2)
    for number in range(5):
        junk(key, number)
    assert held.prune(at=NOON + 100 * DAY) == 5


def test_the_night_reports_it(key: str) -> None:
    junk(key)
    run = upkeep.run(trigger=Trigger.PERSON, at=NOON + 100 * DAY)
    assert run.steps.get(name="held_leads").counts == {"removed": 1}


def test_what_was_released_is_a_lead_and_stays(key: str, max_: Actor) -> None:
    lead = junk(key)
    do("releaseLead", max_, leadId=lead.pk, at=NOON + DAY)
    assert held.prune(at=NOON + 1_000 * DAY) == 0
    assert is_there(lead)


def test_what_somebody_keeps_stays_until_they_let_it_go(key: str, rosa: Actor) -> None:
    lead = junk(key)
    shown = do("getLead", rosa, leadId=lead.pk)
    assert (shown.kept_at, shown.removed_on) == (None, (lead.received_at + 90 * DAY).date())
    kept = do("keepHeldLead", rosa, leadId=lead.pk, at=NOON + DAY)
    assert (kept.kept_at, kept.removed_on) == (NOON + DAY, None)
    assert held.prune(at=NOON + 1_000 * DAY) == 0


def test_what_somebody_tried_to_work_on_stays(key: str, rosa: Actor) -> None:
    lead = junk(key)
    with pytest.raises(AppError):
        do("disqualifyLead", rosa, leadId=lead.pk, reason="Junk indeed")
    assert held.prune(at=NOON + 1_000 * DAY) == 0
    assert is_there(lead)


def test_keeping_can_be_taken_back(key: str, rosa: Actor) -> None:
    lead = junk(key)
    undone("keepHeldLead", rosa, leadId=lead.pk)
    lead.refresh_from_db()
    assert lead.kept_at is None


def test_a_lead_that_was_never_held_is_not_kept(key: str, rosa: Actor) -> None:
    lead: Any = Lead.objects.get(pk=send(key).lead_id)
    with pytest.raises(AppError):
        do("keepHeldLead", rosa, leadId=lead.pk)
