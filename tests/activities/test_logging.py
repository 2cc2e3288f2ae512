"""Logging: what happened is checked, attached to the right record, kept, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.accounts.models import Account, AccountPulse, Contact
from headhaul.activities.choices import OUTCOMES_OF, ActivityType, Outcome
from headhaul.activities.errors import ContactGone, KeptByHeadhaul, NotTheirs, StaleActivity, WrongOutcome
from headhaul.activities.models import Activity, Notification
from headhaul.activities.services.logging import log
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services.consent import RefusalStands
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.preferences.services import values
from tests.activities.conftest import account_named, contact_at, do, replied
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def test_a_call_is_kept_with_all_that_was_said_of_it(rosa: Actor, account: Account, dana: Contact) -> None:
    saved = do(
        "logActivity", rosa, type="call", contactId=dana.pk, outcome="connected", subject="First talk",
        body="Needs 12 reefer drivers by January.", durationSeconds=340, direction="in",
    ).activity  # fmt: skip
    assert (saved.account.id, saved.contact.name, saved.owner.id) == (account.pk, "Dana Ortiz", rosa.user_id)
    assert (saved.outcome, saved.direction, saved.duration_seconds) == ("connected", "in", 340)
    assert (saved.happened_at, saved.source, saved.version) == (NOON, "http", 1)
    pulse = AccountPulse.objects.get(account=account)
    assert (pulse.last_activity_at, pulse.last_touch_at) == (NOON, NOON)


def test_a_note_is_activity_but_no_touch(rosa: Actor, account: Account) -> None:
    do("logActivity", rosa, at=LATER, type="note", accountId=account.pk, body="Moved to a new yard.")
    pulse = AccountPulse.objects.get(account=account)
    assert (pulse.last_activity_at, pulse.last_touch_at) == (LATER, None)


@pytest.mark.parametrize("kind", OUTCOMES_OF)
def test_an_outcome_is_one_that_this_kind_can_have(rosa: Actor, account: Account, kind: ActivityType) -> None:
    for outcome in Outcome:
        if outcome in OUTCOMES_OF[kind]:
            assert do("logActivity", rosa, type=kind, accountId=account.pk, outcome=outcome).activity.outcome == outcome
            continue
        with pytest.raises(WrongOutcome) as refusal:
            do("logActivity", rosa, type=kind, accountId=account.pk, outcome=outcome)
        assert all(str(known) in refusal.value.fields["outcome"] for known in OUTCOMES_OF[kind])


def test_the_longest_text_is_kept_to_the_letter_and_a_longer_one_is_refused_by_name(
    rosa: Actor, account: Account
) -> None:
    text = "🚚 שלום مرحبا\n" * 1_000
    assert do("logActivity", rosa, type="note", accountId=account.pk, body=text).activity.body == text
    with pytest.raises(InvalidData) as refusal:
        do("logActivity", rosa, type="note", accountId=account.pk, body="x" * 10_000_000)
    assert "20000" in refusal.value.fields["body"]
    assert Activity.objects.count() == 1


def test_what_happened_lies_at_most_a_day_ahead_and_has_a_zone(rosa: Actor, account: Account) -> None:
    ahead = (NOON + timedelta(days=1)).isoformat()
    do("logActivity", rosa, type="meeting", accountId=account.pk, happenedAt=ahead)
    for wrong in ((NOON + timedelta(days=1, seconds=1)).isoformat(), "2026-11-18T12:00:00", "9999-12-31T00:00:00Z"):
        with pytest.raises(InvalidData):
            do("logActivity", rosa, type="meeting", accountId=account.pk, happenedAt=wrong)


def test_only_tasks_are_due_and_at_a_moment_or_on_a_day(rosa: Actor, account: Account) -> None:
    with pytest.raises(InvalidData):
        do("logActivity", rosa, type="call", accountId=account.pk, dueOn="2026-12-01")
    with pytest.raises(InvalidData):
        do("logActivity", rosa, type="task", accountId=account.pk, dueOn="2026-12-01", dueAt="2026-12-01T10:00:00Z")


def test_a_contact_of_another_account_is_refused_and_nothing_is_kept(rosa: Actor, account: Account) -> None:
    stranger = contact_at(account_named("Prairie Freight"), "Pat")
    with pytest.raises(InvalidData) as refusal:
        do("logActivity", rosa, type="call", accountId=account.pk, contactId=stranger.pk)
    assert "contactId" in refusal.value.fields
    assert not Activity.objects.exists()


def test_a_contact_that_was_merged_away_is_said_to_be_gone(rosa: Actor, account: Account, dana: Contact) -> None:
    key = dana.pk
    dana.delete()
    for given in ({"contactId": key}, {"contactId": key, "accountId": account.pk}):
        with pytest.raises(ContactGone) as refusal:
            do("logActivity", rosa, type="call", **given)
        assert "merged" in refusal.value.message


def test_an_account_that_is_not_seen_is_not_there(rosa: Actor, rick: Actor, account: Account, dana: Contact) -> None:
    Account.objects.update(owner=rick.user_id)
    only_own()
    for given in ({"accountId": account.pk}, {"contactId": dana.pk}):
        with pytest.raises(NotFound):
            do("logActivity", rosa, type="note", **given)
    do("logActivity", rick, type="note", accountId=account.pk)


def only_own() -> None:
    """Reps see what is their own."""
    from headhaul.accounts.preferences import Visibility
    from headhaul.kernel import SYSTEM

    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    values.forget()


def test_undo_takes_a_logged_call_off_and_the_pulse_back(rosa: Actor, account: Account) -> None:
    do("logActivity", rosa, type="email", accountId=account.pk, outcome="sent")
    logged = replied("logActivity", rosa, at=LATER, type="call", accountId=account.pk)
    undone = replied("undoAction", rosa, undoId=logged.undo_id)
    pulse = AccountPulse.objects.get(account=account)
    assert (pulse.last_activity_at, pulse.last_touch_at) == (NOON, NOON)
    do("undoAction", rosa, undoId=undone.undo_id)
    back = Activity.objects.get(pk=logged.payload.activity.id)
    assert (back.type, back.happened_at, back.version) == ("call", LATER, 1)
    assert AccountPulse.objects.get(account=account).last_touch_at == LATER


def test_a_changed_entry_says_so_and_a_stale_change_is_refused(rosa: Actor, account: Account) -> None:
    first = do("logActivity", rosa, type="note", accountId=account.pk, body="old", subject="Yard").activity
    changed = replied("updateActivity", rosa, activityId=first.id, version=1, body="new", at=LATER)
    assert (changed.payload.activity.body, changed.payload.activity.subject) == ("new", "Yard")
    assert (changed.payload.activity.version, changed.payload.activity.edited_at) == (2, LATER)
    with pytest.raises(StaleActivity):
        do("updateActivity", rosa, activityId=first.id, version=1, body="other")
    do("undoAction", rosa, undoId=changed.undo_id)
    assert Activity.objects.get().body == "old"


def test_null_clears_and_what_is_left_out_stays(rosa: Actor, account: Account, dana: Contact) -> None:
    made = do("logActivity", rosa, type="call", contactId=dana.pk, durationSeconds=60, outcome="voicemail").activity
    saved = do("updateActivity", rosa, activityId=made.id, version=1, durationSeconds=None, contactId=None).activity
    assert (saved.duration_seconds, saved.contact, saved.outcome) == (None, None, "voicemail")


def test_others_entries_are_changed_and_removed_by_managers_alone(
    rosa: Actor, rick: Actor, max_: Actor, account: Account
) -> None:
    made = do("logActivity", rosa, type="note", accountId=account.pk, body="mine").activity
    with pytest.raises(NotTheirs):
        do("updateActivity", rick, activityId=made.id, version=1, body="his")
    with pytest.raises(NotTheirs):
        do("removeActivity", rick, activityId=made.id)
    removed = replied("removeActivity", max_, activityId=made.id)
    assert not Activity.objects.exists()
    do("undoAction", max_, undoId=removed.undo_id)
    assert Activity.objects.get(pk=made.id).body == "mine"


def test_what_headhaul_wrote_is_edited_by_nobody(max_: Actor, account: Account) -> None:
    moved = log(account_id=account.pk, type=ActivityType.STAGE_CHANGE, subject="Discovery", at=NOON, by=max_)
    with pytest.raises(KeptByHeadhaul):
        do("removeActivity", max_, activityId=moved.pk)


def test_a_removed_entry_comes_back_to_the_account_its_account_became(rosa: Actor, account: Account) -> None:
    made = do("logActivity", rosa, type="note", accountId=account.pk, body="kept").activity
    removed = replied("removeActivity", rosa, activityId=made.id)
    survivor = account_named("Survivor")
    from headhaul.activities.models import RemovedActivity

    RemovedActivity.objects.update(account=survivor)
    do("undoAction", rosa, undoId=removed.undo_id)
    assert Activity.objects.get(pk=made.id).account_id == survivor.pk


def test_never_again_is_kept_for_every_address_and_undo_lifts_it(rosa: Actor, dana: Contact) -> None:
    logged = replied("logActivity", rosa, type="call", contactId=dana.pk, outcome="do_not_contact", body="Stop calling")
    assert logged.payload.do_not_contact == ["+12145550111", "dana@lonestar.example"]
    said = ConsentEvent.objects.filter(channel="all", status="revoked")
    assert {event.address for event in said} == {"+12145550111", "dana@lonestar.example"}
    assert {event.evidence for event in said} == {"Stop calling"}
    do("undoAction", rosa, undoId=logged.undo_id)
    latest = ConsentEvent.objects.order_by("address", "-pk").distinct("address")
    assert {event.status for event in latest} == {"unknown"}


def test_what_one_logged_is_not_taken_back_by_a_colleague(rosa: Actor, max_: Actor, dana: Contact) -> None:
    made = do("logActivity", rosa, type="call", contactId=dana.pk, outcome="do_not_contact").activity
    with pytest.raises(RefusalStands, match="removeSuppression"):
        do("removeActivity", max_, activityId=made.id, liftsDenial=True)
    assert {event.status for event in ConsentEvent.objects.all()} == {"revoked"}


def test_removing_later_leaves_a_denial_in_place(rosa: Actor, dana: Contact) -> None:
    made = do("logActivity", rosa, type="call", contactId=dana.pk, outcome="do_not_contact").activity
    do("removeActivity", rosa, activityId=made.id)
    assert {event.status for event in ConsentEvent.objects.all()} == {"revoked"}


def test_an_outcome_changed_to_never_again_denies_too(rosa: Actor, account: Account) -> None:
    made = do("logActivity", rosa, type="call", accountId=account.pk, outcome="gatekeeper").activity
    saved = replied("updateActivity", rosa, activityId=made.id, version=1, outcome="do_not_contact")
    assert saved.payload.do_not_contact == ["+12145550100", "office@lonestar.example"]
    do("undoAction", rosa, undoId=saved.undo_id)
    assert Activity.objects.get().outcome == "gatekeeper"
    assert ConsentEvent.objects.latest("pk").status == "unknown"


def test_an_opportunity_brings_its_account_and_must_be_of_it(rosa: Actor, account: Account) -> None:
    from tests.activities.deals import deal

    opportunity = deal(account)
    made = do("logActivity", rosa, type="meeting", opportunityId=opportunity.pk).activity
    assert (made.account.id, made.opportunity_id) == (account.pk, opportunity.pk)
    with pytest.raises(InvalidData):
        do("logActivity", rosa, type="note", accountId=account_named("Other").pk, opportunityId=opportunity.pk)
    with pytest.raises(NotFound):
        do("logActivity", rosa, type="note", opportunityId=opportunity.pk + 99)


def test_an_opportunitys_owner_logs_at_it_without_seeing_the_account(
    rosa: Actor, rick: Actor, account: Account
) -> None:
    from tests.activities.deals import deal

    Account.objects.update(owner=rick.user_id)
    only_own()
    opportunity = deal(account, owner_id=rosa.user_id)
    made = do("logActivity", rosa, type="note", opportunityId=opportunity.pk, body="x").activity
    do("updateActivity", rosa, activityId=made.id, version=1, body="y")
    assert do("getTimeline", rosa, opportunityId=opportunity.pk).items[0].body == "y"
    with pytest.raises(NotFound):
        do("getTimeline", rosa, accountId=account.pk)


def test_a_removed_entry_takes_its_notifications_along_and_brings_them_back(
    rosa: Actor, rick: Actor, account: Account
) -> None:
    made = replied("logActivity", rosa, type="note", accountId=account.pk, body="@Rick Stone look")
    assert Notification.objects.count() == 1
    undone = replied("undoAction", rosa, undoId=made.undo_id)
    assert Notification.objects.count() == 0
    do("undoAction", rosa, undoId=undone.undo_id)
    assert Notification.objects.get().user_id == rick.user_id
