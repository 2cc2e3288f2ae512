"""What leaves by the outbox is a touch wherever touches are counted, once; what has not left after all is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.accounts.models import AccountPulse, Contact
from headhaul.activities.models import Activity
from headhaul.kernel import Actor
from headhaul.outreach.models import Message
from headhaul.outreach.services import results
from tests.activities.conftest import do
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver

pytestmark = pytest.mark.django_db


def test_a_sent_mail_and_text_count_for_velocity_and_stand_on_the_timeline_once(
    rosa: Actor, dana: Contact, plan: Plan
) -> None:
    plan("one", user_id=rosa.user_id)
    plan("two", channel="sms", user_id=rosa.user_id)
    assert deliver()["accepted"] == 2
    counted = do("getActivityVelocity", rosa, at=NOW, accountId=dana.account_id)
    assert counted.total == 2
    assert do("getActivityVelocity", rosa, at=NOW).total == 2  # hers
    entries = do("getTimeline", rosa, at=NOW, accountId=dana.account_id).items
    assert sorted(each.kind for each in entries if each.kind in ("email", "sms")) == ["email", "sms"]


def test_what_was_denied_is_no_touch(dana: Contact, plan: Plan) -> None:
    plan("one", to=outreach.contact(dana.account), channel="sms")
    deliver()
    assert Message.objects.get().state == "cancelled"
    assert not Activity.objects.exists()


def test_what_may_have_left_is_a_touch_until_the_provider_says_that_it_has_not() -> None:
    message = outreach.message(state="dispatching", at=NOW, text="Hello", subject="Drivers")
    before = AccountPulse.objects.get(account=message.account_id)
    attempt = message.attempts.get()
    results.unknown(attempt_id=attempt.pk, why="no answer", at=NOW)
    touched = AccountPulse.objects.get(account=message.account_id)
    assert touched.last_touch_at != before.last_touch_at
    assert Activity.objects.get().account_id == message.account_id
    results.aborted(attempt_id=attempt.pk, why="not there", at=NOW + timedelta(minutes=5))
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.activity_id) == ("queued", None, None)
    assert not Activity.objects.exists()
    assert AccountPulse.objects.get(account=message.account_id).last_touch_at == before.last_touch_at


def test_it_stays_one_touch_however_often_its_fate_is_told(plan: Plan) -> None:
    message = plan("one")
    deliver()
    attempt = message.attempts.get()
    results.accepted(attempt_id=attempt.pk, provider_id=attempt.provider_id, at=NOW + timedelta(minutes=1))
    assert Activity.objects.count() == 1
