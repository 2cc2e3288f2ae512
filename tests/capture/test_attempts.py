"""The clock of a lead: the first try of a person stops it, and managers hear once when nobody tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.activities.models import Activity, Notification
from headhaul.capture.models import Lead
from headhaul.capture.services import attempts
from headhaul.kernel import Actor, Role
from headhaul.outreach.services import touches
from headhaul.security.models import Team, User
from tests.capture.doing import captured, do
from tests.factories import outreach as make
from tests.factories.market import NOON, person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def first_attempt(lead: Any) -> Any:
    return Lead.objects.get(pk=lead.lead_id).first_attempt_at


def call(by: Actor, lead: Any, **more: Any) -> None:
    do(
        "logActivity",
        by,
        **{"type": "call", "contactId": lead.contact_id, "outcome": "no_answer", "at": NOON + HOUR} | more,
    )


def test_a_try_that_is_taken_back_starts_the_clock_again(rosa: Actor) -> None:
    lead = captured(rosa)
    call(rosa, lead)
    logged = do("logActivity", rosa, type="call", contactId=lead.contact_id, outcome="no_answer", at=NOON + 2 * HOUR)
    first = Activity.objects.filter(type="call").order_by("happened_at").first()
    assert first is not None
    do("removeActivity", rosa, activityId=first.pk, version=first.version)
    assert first_attempt(lead) == NOON + 2 * HOUR, "the other call is the first one now"
    do("removeActivity", rosa, activityId=logged.activity.id, version=logged.activity.version)
    row = Lead.objects.get(pk=lead.lead_id)
    assert (row.first_attempt_at, row.status) == (None, "new")
    assert attempts.escalate(at=NOON + 30 * 24 * HOUR) == 1
    do("restoreActivity", rosa, activityId=first.pk)
    assert first_attempt(lead) == NOON + HOUR


def test_a_try_that_was_at_somebody_else_is_no_try(rosa: Actor) -> None:
    lead = captured(rosa)
    call(rosa, lead)
    other = do("createContact", rosa, accountId=lead.account_id, name="Somebody Else").id
    logged = Activity.objects.get(type="call")
    do("updateActivity", rosa, activityId=logged.pk, version=logged.version, contactId=other)
    assert first_attempt(lead) is None


def test_a_call_stops_the_clock_and_makes_it_worked_on(rosa: Actor) -> None:
    lead = captured(rosa)
    call(rosa, lead)
    row = Lead.objects.get(pk=lead.lead_id)
    assert (row.first_attempt_at, row.status) == (NOON + HOUR, "working")
    call(rosa, lead, at=NOON + 2 * HOUR)
    assert first_attempt(lead) == NOON + HOUR


@pytest.mark.parametrize(
    "more",
    [
        {"direction": "in"},
        {"type": "note", "outcome": None, "body": "thinking"},
        {"happenedAt": (NOON - HOUR).isoformat()},
    ],
)
def test_what_is_no_try_leaves_it_running(rosa: Actor, more: Any) -> None:
    lead = captured(rosa)
    call(rosa, lead, **more)
    assert first_attempt(lead) is None


def test_a_call_to_somebody_else_there_is_no_try_at_this_one(rosa: Actor) -> None:
    lead = captured(rosa)
    other = do("createContact", rosa, accountId=lead.account_id, name="Walt Wong")
    call(rosa, lead, contactId=other.id)
    assert first_attempt(lead) is None
    call(rosa, lead, contactId=None, accountId=lead.account_id)
    assert first_attempt(lead) is not None


def test_a_message_somebody_wrote_is_a_try_and_one_of_a_sequence_is_not(rosa: Actor) -> None:
    lead = captured(rosa, emails=["pat@d.example"])
    contact = Lead.objects.select_related("contact").get(pk=lead.lead_id).contact
    assert contact is not None
    by_itself = make.message(contact, of=make.enrolment(make.sequence(), contact, owner=rosa), at=NOON + HOUR)
    touches.record(by_itself)
    assert first_attempt(lead) is None
    touches.record(make.message(contact, by=rosa, at=NOON + 2 * HOUR))
    assert first_attempt(lead) == NOON + 2 * HOUR


def test_managers_hear_once_of_who_was_not_tried(rosa: Actor, max_: Actor, ada: Actor) -> None:
    late = captured(rosa)
    tried = captured(rosa, company="B", contactName="Bo")
    call(rosa, tried)
    due = Lead.objects.get(pk=late.lead_id).due_at
    assert due is not None
    assert attempts.escalate(at=due) == 0
    assert attempts.escalate(at=due + HOUR) == 1
    assert attempts.escalate(at=due + 2 * HOUR) == 0
    told = Notification.objects.filter(kind="lead", key=f"lead:{late.lead_id}:late")
    assert {row.user_id for row in told} == {max_.user_id, ada.user_id}
    assert "Pat Diaz" in told[0].text
    assert do("getLeadQueue", max_, isLate=True, at=due + HOUR).items[0].id == late.lead_id


def test_the_managers_of_the_owners_team_hear_before_all_others(max_: Actor, ada: Actor) -> None:
    team = Team.objects.create(name="South", created_at=NOON)
    mona = person("Mona", Role.MANAGER, team=team)
    rita = person("Rita", Role.REP, team=team)
    lena = person("Lena", Role.REP)
    Team.objects.filter(pk=team.pk).update(lead_id=lena.user_id)
    lead = captured(rita)
    attempts.escalate(at=NOON + timedelta(days=30))
    told = Notification.objects.filter(kind="lead", key=f"lead:{lead.lead_id}:late")
    assert {row.user_id for row in told} == {mona.user_id, lena.user_id}


def test_a_try_that_was_written_down_late_is_no_escalation(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    make_late = NOON + timedelta(days=20)
    call(rosa, lead, happenedAt=(NOON + HOUR).isoformat(), at=make_late)
    assert attempts.escalate(at=make_late + HOUR) == 0


def test_settled_leads_are_never_escalated(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    do("disqualifyLead", rosa, leadId=lead.lead_id, reason="Wrong number")
    assert attempts.escalate(at=NOON + timedelta(days=20)) == 0
    assert User.objects.filter(pk=rosa.user_id).exists()
