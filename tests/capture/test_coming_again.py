"""Somebody comes again: a lead that was settled is a new one, and to one that is open nothing of it is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from headhaul.activities.models import Activity, Notification
from headhaul.capture.models import CaptureEvent, Lead, LeadTouch
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import attempts, outcomes, public, tickets
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity
from tests.capture.doing import captured, do
from tests.capture.test_outcomes import close
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DANA = {"company": "Lone Star Reefer", "state": "TX", "contactName": "Dana Diaz"}


def tasks() -> int:
    return Activity.objects.filter(type="task").count()


def told(actor: Actor) -> list[str]:
    rows = Notification.objects.filter(user_id=actor.user_id, kind="lead").order_by("pk")
    return list(rows.values_list("text", flat=True))


def form(fair: Any, *, at: Any = NOON, **more: Any) -> Any:
    CaptureEvent.objects.filter(pk=fair.id).update(form_is_open=True)
    key = CaptureEvent.objects.get(pk=fair.id).public_key
    ticket = tickets.issue(event_id=fair.id, at=at - timedelta(minutes=1))
    said = {"name": "Jo Jones", "company": "Acme", "email": "jo@acme.example", "ticket": ticket}
    return public.submit(public_key=key, sent=PublicLead.model_validate(said | more), address="192.0.2.1", at=at)


def test_whoever_was_disqualified_and_comes_again_is_a_new_lead(rosa: Actor, rick: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, **DANA)
    do("disqualifyLead", rosa, leadId=first.lead_id, reason="A student")
    key = str(uuid.uuid4())
    second = captured(rick, eventId=fair.id, clientId=key, **DANA, note="Bought trucks.", followUpDays=1, at=NOON + DAY)
    assert (second.status, second.account_id, second.contact_id) == ("created", first.account_id, first.contact_id)
    assert [row.id for row in do("getLeadQueue", rosa).items] == [second.lead_id]
    assert (tasks(), LeadTouch.objects.count()) == (2, 2)
    assert LeadTouch.objects.earliest("at").lead_id == first.lead_id
    assert any("Bought trucks." in text for text in told(rosa))
    again = captured(rick, eventId=fair.id, clientId=key, **DANA, note="Bought trucks.", followUpDays=1, at=NOON + DAY)
    assert (again.status, again.lead_id) == ("already", second.lead_id)


@pytest.mark.parametrize("outcome", [{"outcome": "won"}, {"outcome": "lost", "reason": "Price"}])
def test_so_is_one_that_was_won_or_lost(rosa: Actor, fair: Any, hot_carrier: int, outcome: Any) -> None:
    first = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz")
    close(rosa, first.opportunity_id, **outcome)
    outcomes.settle(at=NOON + 2 * DAY)
    second = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz", at=NOON + 3 * DAY)
    assert second.status == "created"


def test_to_an_open_one_the_note_is_added_and_its_owner_is_told(rosa: Actor, rick: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, **DANA, note="Has 20 trucks.")
    second = captured(rick, eventId=fair.id, **DANA, note="Wants a call.", at=NOON + DAY)
    assert (second.status, second.lead_id) == ("joined", first.lead_id)
    assert Lead.objects.get(pk=first.lead_id).note == "Has 20 trucks.\n\nWants a call."
    assert told(rosa) == [
        f"Came again at Dallas Trucking Show: Dana Diaz of Lone Star Reefer, {first.score} of 100. Wants a call."
    ]
    assert {note.body for note in Activity.objects.filter(type="note")} == {"Has 20 trucks.", "Wants a call."}


def test_whoever_took_it_down_twice_themselves_is_not_told(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, **DANA)
    captured(rosa, eventId=fair.id, **DANA, note="Wants a call.")
    assert told(rosa) == []


def test_a_follow_up_that_is_asked_for_is_made_unless_one_is_open_for_that_day(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, **DANA, followUpDays=2)
    assert captured(rosa, eventId=fair.id, **DANA).follow_up_id == first.follow_up_id
    assert captured(rosa, eventId=fair.id, **DANA, followUpDays=2).follow_up_id == first.follow_up_id
    sooner = captured(rosa, eventId=fair.id, **DANA, followUpDays=0)
    assert (tasks(), Activity.objects.get(pk=sooner.follow_up_id).due_on.isoformat()) == (2, "2026-11-20")


def test_a_follow_up_is_made_where_the_former_one_is_done(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, **DANA)
    do("completeTask", rosa, taskId=first.follow_up_id)
    second = captured(rosa, eventId=fair.id, **DANA, at=NOON + DAY)
    assert tasks() == 2
    assert second.follow_up_id != first.follow_up_id


def test_what_makes_it_hot_is_treated_as_a_new_hot_lead(rosa: Actor, rick: Actor, fair: Any, hot_carrier: int) -> None:
    first = captured(rosa, eventId=fair.id, **DANA)
    assert (first.grade, first.opportunity_id) == ("warm", None)
    do("logActivity", rosa, accountId=first.account_id, contactId=first.contact_id, type="call", at=NOON + DAY)
    at = NOON + 3 * DAY
    second = captured(rick, eventId=fair.id, **DANA, dotNumber=hot_carrier, at=at)
    assert (second.status, second.lead_id, second.grade) == ("joined", first.lead_id, "hot")
    assert second.score > 80
    assert Opportunity.objects.get().pk == second.opportunity_id
    assert Opportunity.objects.get().owner_id == rosa.user_id
    assert told(rosa)[-1].startswith("Became a hot lead at Dallas Trucking Show: Dana Diaz")
    assert at < second.due_at < at + DAY
    lead = Lead.objects.get(pk=first.lead_id)
    assert (lead.first_attempt_at, lead.account.status if lead.account else "") == (None, "prospecting")
    assert [row.id for row in do("getLeadQueue", rosa, isLate=True, at=at + DAY).items] == [first.lead_id]


def test_a_call_of_before_does_not_stop_the_clock_that_runs_anew(rosa: Actor, max_: Actor, fair: Any) -> None:
    form(fair, message="Please send information.")
    lead = Lead.objects.get()
    do("logActivity", max_, accountId=lead.account_id, contactId=lead.contact_id, type="call", at=NOON + DAY)
    at = NOON + 3 * DAY
    form(fair, at=at, message="Please call me today, we need 30 drivers.", phone="2145550188")
    lead.refresh_from_db()
    assert (lead.first_attempt_at, lead.came_again_at) == (None, at)
    assert lead.due_at is not None
    assert at < lead.due_at
    assert "we need 30 drivers" in lead.note
    assert "we need 30 drivers" in told(max_)[-1]
    assert Lead.objects.counted().count() == 1
    assert attempts.escalate(at=lead.due_at + DAY) == 1
    do("logActivity", max_, accountId=lead.account_id, contactId=lead.contact_id, type="call", at=lead.due_at + DAY)
    lead.refresh_from_db()
    assert lead.first_attempt_at is not None


def test_a_clock_that_nobody_stopped_is_not_put_off(rosa: Actor, fair: Any) -> None:
    form(fair)
    due_at = Lead.objects.get().due_at
    form(fair, at=NOON + DAY, message="Once more.")
    assert Lead.objects.counted().get().due_at == due_at


def test_nothing_new_is_scored_as_it_was(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, **DANA)
    captured(rosa, eventId=fair.id, **DANA, at=NOON + DAY)
    assert Lead.objects.get(pk=first.lead_id).scored_at == NOON
