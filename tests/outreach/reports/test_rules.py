"""What counts as what, whose it is, and which day it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from headhaul.accounts.preferences import Visibility
from headhaul.kernel import SYSTEM, Actor, InvalidData, NotFound
from headhaul.outreach.choices import MessageState
from headhaul.outreach.models import Call, Message, MessageFact, TrackedLink
from headhaul.outreach.preferences import Reporting
from headhaul.preferences.services import values
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.reports.doing import do

pytestmark = pytest.mark.django_db


def total(actor: Actor, **asked: Any) -> Any:
    return do("getCampaignMetrics", actor, **asked).total


def test_seven_messages_are_too_few_for_a_percentage(vera: Actor) -> None:
    made = [outreach.message() for _ in range(7)]
    outreach.event(made[0], "replied")
    reply = total(vera).rates.reply
    assert (reply.part, reply.n, reply.percent, reply.is_enough) == (1, 7, None, False)
    assert 2 < reply.low < 4
    assert 50 < reply.high < 52


def test_thirty_are_enough_unless_the_firm_wants_more(vera: Actor) -> None:
    made = [outreach.message() for _ in range(30)]
    outreach.event(made[0], "replied")
    assert total(vera).rates.reply.percent == 3.33
    values.save(section=Reporting, values={"enough": 100}, expected_version=0, by=SYSTEM, at=NOON)
    assert total(vera).rates.reply.percent is None


def test_an_answer_proves_that_it_arrived(vera: Actor) -> None:
    for state in (MessageState.BOUNCED, MessageState.UNKNOWN_FINAL):
        outreach.event(outreach.message(state=state), "replied")
    outreach.event(outreach.message(state=MessageState.BOUNCED), "opened")
    counts = total(vera).counts
    assert (counts.sent, counts.delivered, counts.confirmed, counts.bounced, counts.opened) == (3, 2, 0, 1, 1)


def test_a_failure_before_it_left_was_never_sent(vera: Actor) -> None:
    outreach.message(state=MessageState.FAILED)
    outreach.message(state=MessageState.FAILED, sent_at=NOON)
    counts = total(vera).counts
    assert (counts.planned, counts.not_sent, counts.sent, counts.failed) == (2, 1, 1, 1)


def test_clicks_of_several_kinds_count_once_by_the_surest(vera: Actor) -> None:
    clicked = outreach.message()
    for grade in ("machine", "unknown", "human", "machine"):
        outreach.event(clicked, "clicked", grade=grade)
    counts = total(vera).counts
    assert (counts.clicked_human, counts.clicked_unknown, counts.clicked_machine) == (1, 0, 0)


def test_clicks_are_a_share_of_the_e_mails_that_had_something_to_click_on(vera: Actor) -> None:
    for number in range(50):
        mail = outreach.message()
        if number < 40:
            TrackedLink.objects.create(message=mail, token=f"t{number}", url="https://hire.example", created_at=NOON)
        if number < 10:
            outreach.event(mail, "clicked", grade="human")
        TrackedLink.objects.create(message=mail, token=f"x{number}", url="trap", is_trap=True, created_at=NOON)
        outreach.message(channel="sms")
    lost = outreach.message(state=MessageState.BOUNCED)
    TrackedLink.objects.create(message=lost, token="lost", url="https://hire.example", created_at=NOON)
    found = total(vera)
    assert (found.counts.delivered, found.counts.tracked) == (100, 40)
    assert (found.rates.click.part, found.rates.click.n, found.rates.click.percent) == (10, 40, 25.0)
    assert found.rates.unsubscribe.n == 100


def test_a_grade_that_is_corrected_is_counted_anew(vera: Actor) -> None:
    click = outreach.event(outreach.message(), "clicked", grade="human")
    click.grade = "machine"
    click.save()
    assert total(vera).counts.clicked_machine == 1
    click.delete()
    assert total(vera).counts.clicked_machine == 0


def test_drafts_replies_tests_and_notices_are_no_campaign(vera: Actor) -> None:
    outreach.message(state=MessageState.DRAFT)
    for purpose in ("reply", "notice", "test"):
        outreach.message(purpose=purpose)
    assert total(vera).counts.planned == 0


def test_facts_follow_messages_wherever_they_go(vera: Actor) -> None:
    one, two = outreach.message(state=MessageState.QUEUED), outreach.message()
    Message.objects.filter(pk=one.pk).update(state="claimed", lease_owner="w", lease_until=NOON)
    assert MessageFact.objects.get(pk=one.pk).fate == "waiting"
    Message.objects.filter(pk=one.pk).update(state="cancelled", lease_owner="", lease_until=None, campaign="Reefer")
    fact = MessageFact.objects.get(pk=one.pk)
    assert (fact.fate, fact.campaign) == ("not_sent", "Reefer")
    Message.objects.filter(pk=two.pk).delete()
    assert list(MessageFact.objects.values_list("pk", flat=True)) == [one.pk]


def test_a_day_is_the_firms(vera: Actor) -> None:
    """Half past eleven in the evening in Chicago is the next day in London."""
    outreach.message(at=datetime(2026, 11, 18, 5, 30, tzinfo=UTC))
    assert total(vera, **{"from": "2026-11-17", "to": "2026-11-17"}).counts.sent == 1
    assert total(vera, **{"from": "2026-11-18", "to": "2026-11-18"}).counts.sent == 0


def test_a_cohort_counts_by_the_day_of_enrolment(vera: Actor) -> None:
    inside = outreach.enrolment(outreach.sequence(), outreach.contact(), at=NOON - timedelta(days=40))
    outreach.message(of=inside, step_key="hello", at=NOON - timedelta(days=2))
    week = {"from": "-7d", "to": "today"}
    assert total(vera, **week).counts.sent == 1
    assert total(vera, by="enrolled", **week).counts.sent == 0
    assert total(vera, by="enrolled").counts.sent == 1


def test_a_rep_who_sees_only_their_own_counts_only_that(rosa: Actor, rick: Actor) -> None:
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    mine, others = outreach.account(owner=rosa), outreach.account(owner=rick)
    outreach.message(outreach.contact(mine), by=rick)
    outreach.message(outreach.contact(others), by=rosa)
    outreach.message(outreach.contact(others), by=rick)
    assert total(rosa).counts.sent == 2
    assert {rep.name for rep in do("getRepPerformance", rosa).reps} == {"Rosa", "Rick"}
    assert len(do("getReportMessages", rosa, measure="sent").items) == 2
    assert total(rosa, owner="me").counts.sent == 1


def test_calls_are_counted_by_how_they_ended(vera: Actor, rosa: Actor) -> None:
    ends = ["connected", "meeting_set", "voicemail", "gatekeeper", "", "dnc"]
    for end in ends:
        Call.objects.create(
            user_id=rosa.user_id, number="+12145550100", started_at=NOON, disposition=end, seconds=60,
            created_at=NOON, updated_at=NOON,
        )  # fmt: skip
    called = do("getChannelPerformance", vera).channels[-1].calls
    assert called.made == called.conversations + called.gatekeeper + called.not_reached + called.open == len(ends)
    assert (called.conversations, called.meetings, called.talk_minutes) == (3, 1, 3)
    assert (called.conversation.part, called.conversation.n) == (3, 5)
    [rep] = do("getRepPerformance", vera).reps
    assert (rep.name, rep.calls.made, rep.line.counts.planned) == ("Rosa", 6, 0)


def test_a_sequence_says_where_those_stand_who_were_enrolled(vera: Actor) -> None:
    inside = outreach.sequence("Reefer fleets")
    for state in ("active", "active", "replied"):
        outreach.enrolment(inside, outreach.contact(), state=state)
    [line] = do("getSequencePerformance", vera).sequences
    assert (line.name, line.enrolled, line.enrolments["active"], line.enrolments["replied"]) == (
        "Reefer fleets",
        3,
        2,
        1,
    )


def test_steps_stand_in_their_order_and_gone_ones_at_the_end(vera: Actor) -> None:
    inside = outreach.enrolment(outreach.sequence(), outreach.contact())
    outreach.message(of=inside, step_key="old")
    steps = do("getStepPerformance", vera, sequenceId=inside.sequence_id).steps
    assert [(step.step_key, step.number) for step in steps] == [("hello", 1), ("nudge", 3), ("old", None)]


def test_what_cannot_be_asked_is_refused_with_what_can(vera: Actor) -> None:
    with pytest.raises(InvalidData, match="backwards"):
        total(vera, **{"from": "2026-11-18", "to": "2026-11-17"})
    with pytest.raises(InvalidData, match="ten years"):
        total(vera, **{"from": "1990-01-01", "to": "2026-11-17"})
    with pytest.raises(NotFound):
        do("getStepPerformance", vera, sequenceId=404)


def test_messages_planned_at_once_are_noted_in_one_statement(django_assert_num_queries: Any) -> None:
    person = outreach.contact()
    planned = [
        Message(
            dedupe_key=f"bulk:{number}", channel="email", contact=person, address="a@b.example", due_at=NOON,
            created_at=NOON, updated_at=NOON,
        )
        for number in range(1_000)
    ]  # fmt: skip
    with transaction.atomic(), django_assert_num_queries(1):
        Message.objects.bulk_create(planned)
    assert MessageFact.objects.filter(fate="waiting").count() == 1_000
