"""Taking a lead down: all that comes of it, and that nothing is doubled."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact
from headhaul.activities.models import Activity, Notification
from headhaul.activities.services.reminding import remind
from headhaul.capture.models import Lead, LeadTouch
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity
from headhaul.security.models import User
from tests.capture.doing import captured

pytestmark = pytest.mark.django_db


def test_a_hot_lead_becomes_account_contact_opportunity_task_and_news(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    done = captured(
        rosa,
        eventId=fair.id,
        dotNumber=hot_carrier,
        contactName="Dana Diaz",
        emails=["Dana@LoneStarReefer.com"],
        phones=["(214) 555-0177"],
        note="Needs 20 reefer drivers.",
        tags=["MATS"],
        consent={"email": True, "sms": True, "isWritten": True},
    )
    assert (done.status, done.grade, done.is_new) == ("created", "hot", True)
    account = Account.objects.get(pk=done.account_id)
    assert (account.dot_number, account.status, account.owner_id) == (101, "prospecting", rosa.user_id)
    assert Contact.objects.get(pk=done.contact_id).name == "Dana Diaz"
    opportunity = Opportunity.objects.get(pk=done.opportunity_id)
    assert opportunity.amount_cents == 6 * 250_000  # a tenth of 60 matched drivers
    touch = LeadTouch.objects.get()
    assert (touch.channel, touch.source, touch.lead_id) == ("event", "trade_show", done.lead_id)
    assert {(e.address, e.channel) for e in ConsentEvent.objects.all()} == {
        ("dana@lonestarreefer.com", "email"),
        ("+12145550177", "sms"),
    }
    task = Activity.objects.get(pk=done.follow_up_id)
    assert (task.type, task.owner_id, str(task.due_on)) == ("task", rosa.user_id, "2026-11-24")
    assert Notification.objects.filter(user_id=rosa.user_id, kind="lead").count() == 1
    assert done.due_at is not None


@pytest.mark.parametrize(
    ("zone", "days", "reminded"),
    [
        ("America/Chicago", 2, "2026-11-24T15:00:00+00:00"),  # 09:00 there; a weekend lies between
        ("America/Los_Angeles", 2, "2026-11-24T17:00:00+00:00"),
        ("America/Chicago", 0, "2026-11-20T15:00:00+00:00"),  # it is 06:00 there
        ("Europe/Berlin", 0, None),  # 13:00 there: that morning is over
    ],
)
def test_the_owner_is_reminded_of_the_follow_up_on_its_morning(
    rosa: Actor, fair: Any, zone: str, days: int, reminded: str | None
) -> None:
    User.objects.filter(pk=rosa.user_id).update(timezone=zone)
    task = Activity.objects.get(pk=captured(rosa, eventId=fair.id, followUpDays=days).follow_up_id)
    assert (task.remind_at.isoformat() if task.remind_at else None) == reminded
    if task.remind_at is None:
        return
    assert remind(at=task.remind_at - timedelta(seconds=1)) == 0
    assert remind(at=task.remind_at) == 1
    assert Notification.objects.get(kind="task_due").user_id == rosa.user_id


def test_the_same_lead_sent_five_times_is_one(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    key = str(uuid.uuid4())
    answers = [captured(rosa, clientId=key, eventId=fair.id, dotNumber=hot_carrier) for _ in range(5)]
    assert [answer.status for answer in answers] == ["created", *["already"] * 4]
    plain = [answer.model_dump(exclude={"status"}) for answer in answers]
    assert all(each == plain[0] for each in plain)
    assert (Lead.objects.count(), Account.objects.count(), Opportunity.objects.count()) == (1, 1, 1)
