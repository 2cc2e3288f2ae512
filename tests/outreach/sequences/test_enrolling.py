"""Enrolling: each once, with the reason if not; by id, view, filter or account; dry runs, rounds, taking back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.models import ContactEmail, ContactPhone
from headhaul.accounts.preferences import Visibility
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.services import consent, suppression
from headhaul.kernel import SYSTEM, Actor, AppError, InvalidData, NotFound
from headhaul.outreach.models import Enrolment, EnrolmentChange
from headhaul.preferences.services.values import save
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.sequences.doing import CALL, EMAIL, SMS, do, enrolled, running, told, undo


def reasons(answer: dict[str, object]) -> dict[int, str | None]:
    return {each["contactId"]: each["reason"] for each in answer["results"]}  # type: ignore[attr-defined]


def test_everybody_is_enrolled_or_skipped_with_the_reason(max_: Actor, rosa: Actor) -> None:
    home = outreach.account(owner=rosa)
    fine, mute, gone, erased, denied = (outreach.contact(home) for _ in range(5))
    ContactEmail.objects.filter(contact=mute).delete()
    ContactPhone.objects.filter(contact=mute).delete()
    type(gone).objects.filter(pk=gone.pk).update(has_left=True)
    type(erased).objects.filter(pk=erased.pk).update(erased_at=NOON)
    suppression.add(scope=Scope.ADDRESS, key=outreach.address_of(denied, "email"), channel=ConsentChannel.ALL,
                    reason=SuppressionReason.OPT_OUT, source="test", at=NOON, by=SYSTEM)  # fmt: skip
    client = outreach.contact(outreach.account(owner=rosa, status=AccountStatus.CLIENT))
    made = running(max_, EMAIL)
    everybody = [fine, mute, gone, erased, denied, client]
    answer = enrolled(rosa, made["id"], *[each.pk for each in everybody], 999_999)
    assert reasons(answer) == {
        fine.pk: None, mute.pk: "no_address", gone.pk: "has_left", erased.pk: "erased", denied.pk: "suppressed",
        client.pk: "client", 999_999: "not_found",
    }  # fmt: skip
    assert (answer["enrolled"], answer["skipped"], answer["matched"]) == (1, 6, 7)
    assert all(each["sentence"] for each in answer["results"] if not each["isEnrolled"])


def test_nobody_is_in_a_sequence_twice(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], person.pk)
    assert reasons(enrolled(rosa, made["id"], person.pk)) == {person.pk: "already_in"}
    with pytest.raises(IntegrityError), transaction.atomic():
        outreach.enrolment(Enrolment.objects.get().sequence, person, round=2)


def test_a_second_round_only_when_asked(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], person.pk)
    do("stopEnrollment", rosa, contactId=person.pk)
    assert reasons(enrolled(rosa, made["id"], person.pk)) == {person.pk: "was_in"}
    enrolled(rosa, made["id"], person.pk, again=True)
    assert sorted(Enrolment.objects.values_list("round", "state")) == [(1, "stopped"), (2, "waiting")]


def test_a_dry_run_changes_nothing_and_says_the_same(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = do("saveSequence", max_, name="Draft", steps=[EMAIL])["sequence"]
    tried = enrolled(rosa, made["id"], person.pk, dryRun=True)
    assert (tried["enrolled"], tried["isDryRun"]) == (1, True)
    assert not Enrolment.objects.exists()


def test_a_sequence_that_does_not_run_takes_nobody(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = do("saveSequence", max_, name="Draft", steps=[EMAIL])["sequence"]
    with pytest.raises(AppError, match="Start it first"):
        enrolled(rosa, made["id"], person.pk)


def test_texts_alone_need_an_opt_in_of_somebody(max_: Actor, rosa: Actor) -> None:
    quiet, keen = (outreach.contact(outreach.account(owner=rosa)) for _ in range(2))
    outreach.says_yes(keen, "sms")
    made = running(max_, SMS)
    assert reasons(enrolled(rosa, made["id"], quiet.pk, keen.pk)) == {quiet.pk: "no_consent", keen.pk: None}


def test_whoever_cannot_get_some_steps_is_counted_beforehand(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL, SMS, CALL)
    answer = enrolled(rosa, made["id"], person.pk)
    assert answer["warnings"] == [
        "1 cannot be reached by text message now; they skip those steps.",
        "1 cannot be reached by call now; they skip those steps.",
    ]


def test_by_saved_view_of_contacts(max_: Actor, rosa: Actor) -> None:
    wanted = outreach.contact(outreach.account(owner=rosa, state="TX"))
    outreach.contact(outreach.account(owner=rosa, state="OH"))
    view = do("saveView", rosa, entity="contacts", name="Texas", filters={"accountState": ["TX"]})
    made = running(max_, EMAIL)
    answer = do("enrollContacts", rosa, sequenceId=made["id"], viewId=view["id"], expectedCount=1)
    assert reasons(answer) == {wanted.pk: None}
    assert Enrolment.objects.get().source == f"view:{view['id']}"


def test_by_filter_of_accounts_it_is_the_one_who_decides(max_: Actor, rosa: Actor) -> None:
    home = outreach.account(owner=rosa, state="TX")
    outreach.contact(home)
    boss = outreach.contact(home, is_decision_maker=True)
    outreach.account(owner=rosa, state="TX")
    made = running(max_, EMAIL)
    answer = do("enrollContacts", rosa, sequenceId=made["id"], accountFilters={"state": ["TX"]})
    assert reasons(answer) == {boss.pk: None}
    assert answer["skippedBy"] == {"nobody": 1}
    everybody = do("enrollContacts", rosa, sequenceId=made["id"], accountIds=[home.pk], whom="all", dryRun=True)
    assert everybody["matched"] == 2


def test_another_number_than_was_seen_is_refused(max_: Actor, rosa: Actor) -> None:
    outreach.contact(outreach.account(owner=rosa, state="TX"))
    made = running(max_, EMAIL)
    with pytest.raises(AppError, match="1 match now, not 7"):
        do("enrollContacts", rosa, sequenceId=made["id"], contactFilters={}, expectedCount=7)


def test_one_way_to_name_people(max_: Actor, rosa: Actor) -> None:
    made = running(max_, EMAIL)
    with pytest.raises(InvalidData, match="exactly one way"):
        do("enrollContacts", rosa, sequenceId=made["id"])


def test_a_rep_who_sees_only_their_own_enrols_only_their_own(max_: Actor, rosa: Actor, rick: Actor) -> None:
    save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    theirs = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL)
    assert reasons(enrolled(rick, made["id"], theirs.pk)) == {theirs.pk: "not_found"}
    enrolled(rosa, made["id"], theirs.pk)
    assert do("getEnrollments", rick)["items"] == []
    with pytest.raises(NotFound):
        do("stopEnrollment", rick, contactId=theirs.pk)


def test_enrolling_is_taken_back_together(max_: Actor, rosa: Actor) -> None:
    people = [outreach.contact(outreach.account(owner=rosa)) for _ in range(3)]
    made = running(max_, EMAIL)
    reply = told("enrollContacts", rosa, sequenceId=made["id"], contactIds=[each.pk for each in people])
    undo(reply, rosa)
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"stopped"}
    assert EnrolmentChange.objects.filter(reason="Enrolling was taken back.").count() == 3


def test_stopping_is_taken_back_to_the_step_they_stood_before(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL, SMS)
    enrolled(rosa, made["id"], person.pk)
    undo(told("stopEnrollment", rosa, contactId=person.pk, reason="Asked me in person"), rosa)
    row = do("getEnrollments", rosa, enrolmentId=Enrolment.objects.get().pk)["items"][0]
    assert (row["state"], row["stepKey"], row["endedReason"]) == ("waiting", "hello", "")
    assert [move["toState"] for move in row["moves"]] == ["waiting", "stopped", "waiting"]


def test_whoever_answered_is_not_brought_back(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], person.pk)
    Enrolment.objects.update(state="replied", ended_at=NOON)
    assert do("resumeEnrollment", rosa, contactId=person.pk)["changed"] == 0


def test_a_later_start_and_another_owner(max_: Actor, rosa: Actor, rick: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa, state="TX"))
    made = running(max_, EMAIL)
    start = NOON + timedelta(days=10)
    enrolled(rosa, made["id"], person.pk, startAt=start.isoformat(), ownerId=rick.user_id)
    row = Enrolment.objects.get()
    assert row.owner_id == rick.user_id
    assert row.next_at is not None
    assert row.next_at >= start


def test_the_list_is_paged_and_filtered(max_: Actor, rosa: Actor) -> None:
    people = [outreach.contact(outreach.account(owner=rosa), name=f"Person {n}") for n in range(5)]
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], *[each.pk for each in people])
    first = do("getEnrollments", rosa, sequenceId=made["id"], limit=2)
    second = do("getEnrollments", rosa, sequenceId=made["id"], limit=2, cursor=first["nextCursor"])
    assert first["total"] == 5
    assert len({row["id"] for row in first["items"] + second["items"]}) == 4
    assert [row["contactName"] for row in do("getEnrollments", rosa, q="Person 3")["items"]] == ["Person 3"]
    assert do("getEnrollments", rosa, state="held")["items"] == []


def test_a_no_of_a_consent_event_counts(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    word = consent.Word(address=outreach.address_of(person, "email"), channel=ConsentChannel.EMAIL,
                        status=ConsentStatus.OPTED_OUT, source="test")  # fmt: skip
    consent.record(words=[word], at=NOON, by=SYSTEM)
    made = running(max_, EMAIL)
    assert reasons(enrolled(rosa, made["id"], person.pk)) == {person.pk: "suppressed"}


def test_the_list_of_sequences_counts_people(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account("Lone Star", owner=rosa))
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], person.pk)
    listed = do("listSequences", rosa)["items"][0]
    assert (listed["counts"]["live"], listed["counts"]["waiting"], listed["channels"]) == (1, 1, ["email"])
