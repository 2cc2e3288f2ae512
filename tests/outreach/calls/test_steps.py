"""What call steps of sequences do to queues, and what they leave alone: leases, promises, other lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor, Conflict, NotFound
from headhaul.outreach.models import Call, CallTarget, Enrolment, EnrolmentChange
from headhaul.outreach.services import engine
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo
from tests.outreach.sequences.doing import CALL, EMAIL, enrolled, running

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def asked_for(max_: Actor, rosa: Actor, person: Contact, *steps: dict[str, Any], name: str = "S1") -> Enrolment:
    """A sequence whose first step has put them into its queue a minute after the day began."""
    made = running(max_, *steps, at=WEEKDAY - timedelta(days=1), name=name)
    enrolled(rosa, made["id"], person.pk, at=WEEKDAY)
    engine.advance_due(at=WEEKDAY + MINUTE)
    return Enrolment.objects.get(sequence=made["id"])


def told_of(row: Enrolment) -> list[tuple[str, str]]:
    return list(EnrolmentChange.objects.filter(enrolment=row).order_by("pk").values_list("kind", "reason"))


def promised(rosa: Actor, target: CallTarget, *, at: datetime = WEEKDAY) -> None:
    do("takeCall", rosa, at=at, targetId=target.pk)
    call = do("startCall", rosa, at=at, targetId=target.pk)
    do("logCallOutcome", rosa, at=at, callId=call.call_id, disposition="callback", callbackLocal="2026-11-20T14:00")


def test_a_step_takes_nobody_from_the_rep_who_is_calling(max_: Actor, rosa: Actor, rick: Actor) -> None:
    person = someone(owner=rosa)
    shared = campaign_of(max_, person)
    taken = do("takeCall", rosa, callCampaignId=shared).target.target_id
    row = asked_for(max_, rosa, person, dict(CALL, callCampaignId=shared))
    assert dict(CallTarget.objects.values_list("enrolment_id", "state")) == {None: "taken", row.pk: "queued"}
    with pytest.raises(NotFound):
        do("takeCall", rick, at=WEEKDAY + 2 * MINUTE)
    assert do("startCall", rosa, at=WEEKDAY + 3 * MINUTE, targetId=taken).call_id


def test_a_step_leaves_a_promised_call_back_as_it_is(max_: Actor, rosa: Actor) -> None:
    person = someone(owner=rosa)
    shared = campaign_of(max_, person)
    promised(rosa, CallTarget.objects.get())
    asked_for(max_, rosa, person, dict(CALL, callCampaignId=shared))
    kept = CallTarget.objects.get(enrolment_id=None)
    assert (kept.state, kept.last_disposition, kept.due_at) == ("callback", "callback", FRIDAY)


def test_two_sequences_have_an_entry_each(max_: Actor, rosa: Actor) -> None:
    person = someone(owner=rosa)
    shared = campaign_of(max_)
    first = asked_for(max_, rosa, person, dict(CALL, callCampaignId=shared), EMAIL)
    asked_for(max_, rosa, person, dict(CALL, key="ring2", callCampaignId=shared), EMAIL, name="S2")
    for minutes in range(2, 30, 9):
        engine.advance_due(at=WEEKDAY + minutes * MINUTE)
    first.refresh_from_db()
    assert (first.step_key, CallTarget.objects.filter(state="queued").count()) == ("ring", 2)
    assert [kind for kind, _ in told_of(first)] == ["enrolled", "planned"]


@pytest.mark.parametrize("way", ["left out", "gone"])
def test_a_call_that_nobody_made_counts_as_left_out(way: str, max_: Actor, rosa: Actor) -> None:
    row = asked_for(max_, rosa, someone(owner=rosa), CALL, EMAIL)
    if way == "gone":
        CallTarget.objects.all().delete()
    else:
        do("releaseCall", rosa, at=WEEKDAY + MINUTE, targetId=CallTarget.objects.get().pk, skip=True)
    engine.advance_due(at=WEEKDAY + 20 * MINUTE)
    assert "sent" not in [kind for kind, _ in told_of(row)]
    [why] = [reason for kind, reason in told_of(row) if kind == "skipped"]
    assert "nobody made it" in why
    row.refresh_from_db()
    assert (row.step_key, Call.objects.count()) == ("hello", 0)


def test_a_step_waits_for_the_promise_and_for_the_rep(max_: Actor, rosa: Actor) -> None:
    row = asked_for(max_, rosa, someone(owner=rosa), CALL | {"patience": {"amount": 1, "unit": "days"}}, EMAIL)
    promised(rosa, CallTarget.objects.get(), at=WEEKDAY + 2 * MINUTE)
    engine.advance_due(at=FRIDAY - timedelta(hours=2))  # two days later: the patience is over, the promise is not
    target = CallTarget.objects.get()
    row.refresh_from_db()
    assert (target.state, target.due_at, row.step_key) == ("callback", FRIDAY, "ring")
    do("takeCall", rosa, at=FRIDAY + timedelta(days=3), targetId=target.pk)
    engine.advance_due(at=FRIDAY + timedelta(days=3) + MINUTE)
    row.refresh_from_db()
    assert (CallTarget.objects.get().state, row.step_key) == ("taken", "ring")


def test_no_end_of_a_sequence_takes_a_promise_back(max_: Actor, rosa: Actor) -> None:
    row = asked_for(max_, rosa, someone(owner=rosa), CALL, EMAIL)
    promised(rosa, CallTarget.objects.get(), at=WEEKDAY + 2 * MINUTE)
    do("stopEnrollment", rosa, at=WEEKDAY + 3 * MINUTE, enrolmentIds=[row.pk])
    [shown] = do("getCallQueue", rosa, at=FRIDAY).items
    assert (shown.is_callback, shown.is_callable) == (True, True)


def test_a_paused_step_asks_again_by_the_same_entry(max_: Actor, rosa: Actor) -> None:
    row = asked_for(max_, rosa, someone(owner=rosa), CALL, EMAIL)
    do("pauseEnrollment", rosa, at=WEEKDAY + 2 * MINUTE, enrolmentIds=[row.pk])
    assert CallTarget.objects.get().state == "skipped"
    do("resumeEnrollment", rosa, at=WEEKDAY + 3 * MINUTE, enrolmentIds=[row.pk])
    engine.advance_due(at=WEEKDAY + 4 * MINUTE)
    assert CallTarget.objects.get().state == "queued"


def test_nobody_is_called_from_two_campaigns_at_once(max_: Actor, rosa: Actor, rick: Actor) -> None:
    person = someone()
    first, second = campaign_of(max_, person), campaign_of(max_, person, name="Second")
    do("takeCall", rosa, callCampaignId=first)
    other = CallTarget.objects.get(campaign_id=second)
    with pytest.raises(Conflict, match="Somebody else is calling them at this moment, in Reefer fleets"):
        do("takeCall", rick, targetId=other.pk)
    with pytest.raises(Conflict, match="You have taken them already"):
        do("takeCall", rosa, targetId=other.pk)
    with pytest.raises(NotFound):
        do("takeCall", rick, callCampaignId=second)
    queue = do("getCallQueue", rick, callCampaignId=second)
    assert (queue.callable_now, queue.items[0].is_callable, queue.items[0].why[0].rule) == (0, False, "taken")
    assert do("takeCall", rick, at=WEEKDAY + 31 * MINUTE, targetId=other.pk).target.taken_by_id == rick.user_id
    with pytest.raises(Conflict, match="Somebody else"):  # the lease of the first is over, and he is calling
        do("startCall", rosa, at=WEEKDAY + 32 * MINUTE, targetId=CallTarget.objects.get(campaign_id=first).pk)


def test_two_people_with_one_number_are_not_rung_at_once(max_: Actor, rosa: Actor, rick: Actor) -> None:
    person = someone(score=9_000)
    beside = outreach.contact(person.account, zone="America/New_York", phone=outreach.address_of(person, "call"))
    free = someone(score=100)
    campaign_of(max_, person, beside, free)
    do("takeCall", rosa, targetId=CallTarget.objects.get(contact=person).pk)
    assert do("takeCall", rick).target.contact_id == free.pk


def test_a_list_and_a_step_are_put_in_and_taken_out_apart(max_: Actor, rosa: Actor) -> None:
    person = someone(owner=rosa)
    shared = campaign_of(max_, person)
    asked_for(max_, rosa, person, dict(CALL, callCampaignId=shared))
    gone = told("removeCallTargets", max_, callCampaignId=shared, contactIds=[person.pk])
    assert (gone.payload.removed, CallTarget.objects.get().step_key) == (1, "ring")
    CallTarget.objects.update(state="done")
    undo(gone, max_)
    assert CallTarget.objects.count() == 2


def test_calls_of_a_step_that_two_doubles_had_are_of_one_entry_after_the_merge(max_: Actor, rosa: Actor) -> None:
    kept = someone(owner=rosa)
    double = outreach.contact(kept.account, zone="America/New_York", phone="+12125550188")
    outreach.says_yes(double, "call", at=WEEKDAY - timedelta(days=3))
    made = running(max_, CALL, EMAIL, at=WEEKDAY - timedelta(days=1))
    enrolled(rosa, made["id"], kept.pk, double.pk, at=WEEKDAY)
    engine.advance_due(at=WEEKDAY + MINUTE)
    for target in CallTarget.objects.order_by("pk"):
        do("takeCall", rosa, at=WEEKDAY + 2 * MINUTE, targetId=target.pk)
        call = do("startCall", rosa, at=WEEKDAY + 2 * MINUTE, targetId=target.pk)
        do("logCallOutcome", rosa, at=WEEKDAY + 3 * MINUTE, callId=call.call_id, disposition="voicemail")
    was = list(Call.objects.order_by("pk").values_list("contact_id", "target_id", "enrolment_id"))
    merged = told("mergeContacts", max_, at=WEEKDAY + 4 * MINUTE, winnerId=kept.pk, loserIds=[double.pk])
    left = CallTarget.objects.get()
    assert set(Call.objects.values_list("contact_id", "target_id", "enrolment_id")) == {
        (kept.pk, left.pk, left.enrolment_id)
    }
    undo(merged, max_, at=WEEKDAY + 4 * MINUTE)
    assert list(Call.objects.order_by("pk").values_list("contact_id", "target_id", "enrolment_id")) == was
