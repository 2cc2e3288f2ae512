"""Every night writes the open opportunities down once and for good, and says what is new about them once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from headhaul.accounts.models import Account, Contact
from headhaul.activities.models import Activity, Notification
from headhaul.kernel import Actor
from headhaul.nightly.choices import Trigger
from headhaul.nightly.services import opportunities as night
from headhaul.pipeline.models import OpportunitySnapshot
from headhaul.pipeline.services import snapshots, telling
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)  # the evening of the 20th in Chicago
Opened = Callable[..., Any]


def test_a_snapshot_says_how_it_stood_that_evening(
    opened: Opened, account: Account, contact: Contact, rosa: Actor
) -> None:
    made = opened(
        amountCents=9_00, closeOn="2026-12-31", contactIds=[contact.pk], effectiveAt="2026-11-09T15:00:00Z",
        nextStep="Call", nextStepOn="2026-11-25",
    )  # fmt: skip
    do("closeOpportunity", rosa, opportunityId=opened(name="Gone").id, version=1, outcome="lost", reason="Price")
    for days, outcome, heard in (
        (1, "", NIGHT),
        (3, "connected", NIGHT),
        (40, "", NIGHT),
        (2, "", NIGHT + timedelta(1)),
    ):
        Activity.objects.create(
            account=account, type="call", outcome=outcome, happened_at=NIGHT - timedelta(days=days), created_at=heard
        )
    assert snapshots.take(at=NIGHT) == 1
    row = OpportunitySnapshot.objects.get()
    assert (row.day, row.opportunity_id, row.stage_key) == (date(2026, 11, 20), made.id, "prospecting")
    assert (row.days_in_stage, row.days_open) == (8, 11)  # Veterans Day and a weekend are not worked
    assert (row.touches_30, row.replies_30, row.contacts) == (2, 1, 1)
    assert (row.amount_cents, row.probability, row.driver_count, row.has_next_step) == (9_00, 10, 20, True)
    shown = do("getOpportunity", rosa, at=NIGHT, opportunityId=made.id)
    assert row.risks == shown.risks
    assert row.days_in_stage == shown.days_in_stage


def test_a_day_is_written_once_whatever_happens_after(opened: Opened, rosa: Actor) -> None:
    made = opened(amountCents=1)
    snapshots.take(at=NIGHT)
    do("updateOpportunity", rosa, opportunityId=made.id, version=1, amountCents=2)
    opened(name="Late")
    assert snapshots.take(at=NIGHT) == 1  # only the one that was not there
    assert OpportunitySnapshot.objects.get(opportunity_id=made.id).amount_cents == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        OpportunitySnapshot.objects.update(amount_cents=3)


def test_a_night_that_was_missed_is_made_up_for_and_leaves_today_to_its_evening(opened: Opened, rosa: Actor) -> None:
    made, hour = opened(amountCents=1), timedelta(hours=1)
    snapshots.take(at=NIGHT + 11 * hour)  # half past nine on the 21st in Chicago, after a night off
    do("updateOpportunity", rosa, opportunityId=made.id, version=1, amountCents=999, at=NIGHT + 13 * hour)
    opened(name="Opened on the 21st", at=NIGHT + 13 * hour)
    assert snapshots.take(at=NIGHT + 14 * hour) == 0, "by hand, at noon"
    assert snapshots.take(at=NIGHT + 24 * hour) == 2
    rows = OpportunitySnapshot.objects.filter(opportunity_id=made.id).order_by("day")
    assert [(row.day.day, row.amount_cents) for row in rows] == [(20, 1), (21, 999)]


def test_owners_hear_of_new_risks_once(opened: Opened, rosa: Actor) -> None:
    made = opened(name="Reefer deal", nextStep="Call", nextStepOn="2026-11-21")
    for number in (0, 1, 2):
        at = NIGHT + timedelta(days=number)
        snapshots.take(at=at)
        telling.tell_new_risks(at=at)
        telling.tell_new_risks(at=at)
    assert list(Notification.objects.values_list("user_id", "text", "target_type", "target_id")) == [
        (rosa.user_id, "Reefer deal: next step overdue", "opportunity", made.id)
    ]


def test_whoever_has_many_new_risks_hears_how_many(opened: Opened, rosa: Actor) -> None:
    opened(name="First", nextStep="Call")
    snapshots.take(at=NIGHT)
    for number in range(12):
        opened(name=f"Deal {number}")
    snapshots.take(at=NIGHT + timedelta(days=1))
    assert telling.tell_new_risks(at=NIGHT + timedelta(days=1)) == 1
    assert Notification.objects.get().text.startswith("12 of your opportunities have new risks: Deal 0, Deal 1, Deal 2")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signals_are_dropped")
def test_the_pipelines_night_is_recorded_and_can_be_repeated(opened: Opened) -> None:
    opened()
    first = night.run(trigger=Trigger.SCHEDULE, at=NIGHT)
    again = night.run(trigger=Trigger.SCHEDULE, at=NIGHT)
    assert [run.steps.get(name="snapshots").counts["opportunities"] for run in (first, again)] == [1, 0]
