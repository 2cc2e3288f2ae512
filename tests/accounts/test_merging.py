"""Several records become one, and one becomes several again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.choices import AccountStatus, PairState
from headhaul.accounts.errors import CannotMerge, CannotUnmerge, MergedInto, StaleAccount
from headhaul.accounts.models import (
    Account,
    AccountPulse,
    AccountScore,
    AccountTag,
    Contact,
    ContactEmail,
    DuplicatePair,
    FieldChange,
    MergeRecord,
)
from headhaul.actions import dispatch
from headhaul.actions.services.undoing import UndoTooLate
from headhaul.activities.choices import ActivityType
from headhaul.activities.models import Activity
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.models import Opportunity, OpportunityContact, Pipeline
from tests.accounts.people import account, contact
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=LATER, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


def activity(of: Account, subject: str = "Called", **values: Any) -> Activity:
    given = {"type": ActivityType.CALL, "happened_at": NOON, "created_at": NOON}
    return Activity.objects.create(account=of, subject=subject, **given | values)


def opportunity(of: Account, **values: Any) -> Opportunity:
    pipeline = Pipeline.objects.get()
    given = {"pipeline": pipeline, "stage": pipeline.stages.order_by("position")[0], "name": "Ten drivers"}
    given |= {"stage_entered_at": NOON, "opened_at": NOON, "created_at": NOON, "updated_at": NOON}
    return Opportunity.objects.create(account=of, **given | values)


def everything() -> dict[str, list[str]]:
    """Every row of the rooms that a merge can touch, but for what says that a merge took place."""
    left_out = ("accounts_mergerecord", "accounts_mergedaway", "accounts_fieldchange", "accounts_duplicate")
    rooms = ("accounts_", "activities_", "pipeline_", "advisor_")
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t.startswith(rooms)]
        rows = {}
        for table in tables:
            if not table.startswith(left_out):
                cursor.execute(f"select (to_jsonb(t) - 'version' - 'updated_at')::text from {table} t order by 1")
                rows[table] = [row for (row,) in cursor.fetchall()]
    return rows


def test_fields_come_from_the_winner_unless_it_has_none_or_somebody_chose(max_: Actor) -> None:
    one = account("Ace Trucking", phone="", city="Dallas", street="", description="Met at MATS.", custom={"tms": "x"})
    two = account(
        "ACE Trucking LLC",
        phone="214-555-0100",
        phone_key="+12145550100",
        street="1 Main St",
        zip="75201",
        description="Ask for Dana.",
        status=AccountStatus.CLIENT,
        dot_number=77,
        custom={"tms": "y", "ref": 4},
    )
    done = do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk], choices={"name": two.pk})
    one.refresh_from_db()
    assert (one.name, one.phone_key, one.dot_number, one.status) == ("ACE Trucking LLC", "+12145550100", 77, "client")
    assert (one.street, one.city, one.zip) == ("1 Main St", "Dallas", "75201")
    assert one.description == "Met at MATS.\n\nAsk for Dana."
    assert one.custom == {"tms": "x", "ref": 4}
    assert (done.version, one.version, one.updated_at) == (2, 2, LATER)
    assert not Account.objects.filter(pk=two.pk).exists()
    changes = FieldChange.objects.filter(account=one, source="merge", batch_id=f"merge:{done.merge_id}")
    assert {"name", "dot_number", "phone", "custom.ref", "merged"} <= set(changes.values_list("field", flat=True))


def test_the_name_that_stands_is_shown_as_it_is_and_not_as_it_is_compared(max_: Actor) -> None:
    one, two = account("Ace Trucking"), account("Zephyr Lines")
    data = {"winnerId": one.pk, "loserIds": [two.pk], "choices": {"name": two.pk}}
    seen, done = do("previewMerge", max_, **data), do("mergeAccounts", max_, **data)
    assert seen.result == done.result
    assert {name: value for name, value in done.result.record.items() if name.startswith("name")} == {
        "name": "Zephyr Lines"
    }


def test_an_address_stays_together(max_: Actor) -> None:
    one = account("Ace", city="Dallas", state="TX")
    two = account("Ace", city="Houston", state="TX", street="9 Elm St")
    do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    one.refresh_from_db()
    assert (one.city, one.street) == ("Dallas", "")


def test_two_usdot_numbers_need_a_decision(max_: Actor) -> None:
    one, two = account("Ace", dot_number=100), account("Ace", dot_number=200)
    given = {"winnerId": one.pk, "loserIds": [two.pk]}
    assert do("previewMerge", max_, **given).unresolved == ["dotNumber"]
    with pytest.raises(CannotMerge) as refused:
        do("mergeAccounts", max_, **given)
    assert "choices.dotNumber" in refused.value.fields
    AccountScore.objects.filter(account=two).update(score_hundredths=8800, day=NOON.date())
    do("mergeAccounts", max_, **given, choices={"dotNumber": two.pk})
    one.refresh_from_db()
    assert (one.dot_number, one.score.score_hundredths, one.score.rank) == (200, 8800, 8800)


@pytest.mark.parametrize(
    "choices", [{"colour": 1}, {"name": 987654321}, {"name": "both"}, {"custom.none": 1}, {"description": 987654321}]
)
def test_a_choice_that_is_none_is_refused(max_: Actor, choices: dict[str, Any]) -> None:
    one, two = account("Ace"), account("Ace")
    with pytest.raises(CannotMerge) as refused:
        do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk], choices=choices)
    assert set(refused.value.fields) == {f"choices.{name}" for name in choices}


def test_a_record_is_not_merged_with_itself_nor_a_stale_one(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace")
    with pytest.raises(CannotMerge):
        do("mergeAccounts", max_, winnerId=one.pk, loserIds=[one.pk])
    with pytest.raises(CannotMerge):
        do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk, two.pk])
    with pytest.raises(StaleAccount):
        do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk], versions=[{"id": two.pk, "version": 9}])


def test_what_is_there_twice_goes_once_and_the_rest_moves(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace")
    for of, tag in ((one, "hot"), (two, "hot"), (two, "reefer")):
        AccountTag.objects.create(account=of, tag=tag, created_at=NOON)
    AccountPulse.objects.filter(account=two).update(last_activity_at=LATER, last_touch_at=LATER)
    activity(two)
    done = do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    assert done.result.tags == ["hot", "reefer"]
    assert {each.table: each.count for each in done.twice} == {"accounts_accounttag": 1}
    assert {each.what: each.count for each in done.moves if each.table == "activities_activity"} == {"activity": 1}
    assert AccountPulse.objects.get(account=one).last_touch_at == LATER


def test_a_person_keeps_all_addresses_and_one_first_one(max_: Actor) -> None:
    firm = account("Ace")
    one = contact(firm, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    two = contact(firm, "D. Reyes", emails=("d@home.example", "dana@ace.example"), title="Owner")
    ContactEmail.objects.filter(contact=two, address="dana@ace.example").update(validity="bounced", label="work")
    deal = opportunity(firm, decision_maker=two)
    for member in (one, two):
        OpportunityContact.objects.create(opportunity=deal, contact=member, added_at=NOON)
    done = do("mergeContacts", max_, winnerId=one.pk, loserIds=[two.pk])
    assert [(e.address, e.is_primary, e.validity, e.label) for e in done.result.emails] == [
        ("d@home.example", False, "unknown", ""),
        ("dana@ace.example", True, "bounced", "work"),
    ]
    deal.refresh_from_db()
    assert (deal.decision_maker_id, one.deals.count()) == (one.pk, 1)
    assert Contact.objects.get(pk=one.pk).title == "Owner"


def test_undoing_brings_every_row_back_as_it_was(max_: Actor) -> None:
    one, two = account("Ace", description="a"), account("Ace LLC", dot_number=5, description="b", custom={"k": 1})
    for of, tag in ((one, "hot"), (two, "hot"), (two, "reefer")):
        AccountTag.objects.create(account=of, tag=tag, created_at=NOON)
    AccountPulse.objects.filter(account=two).update(last_touch_at=LATER)
    for of in (one, two):
        activity(of)
        opportunity(of)
        contact(of, "Dana Reyes", emails=(f"dana{of.pk}@ace.example",))
    before = everything()
    merged = ask("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    assert everything() != before
    do("undoAction", max_, undoId=merged.undo_id)
    assert everything() == before


def test_undoing_contacts_brings_every_row_back_as_it_was(max_: Actor) -> None:
    firm = account("Ace")
    one = contact(firm, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    two = contact(firm, "D. Reyes", emails=("d@home.example", "dana@ace.example"), phones=("+12145550111",))
    three = contact(firm, "Dana R.", emails=("r@home.example",), notes="three", title="Owner")
    deal = opportunity(firm, decision_maker=two)
    for member in (one, two, three):
        OpportunityContact.objects.create(opportunity=deal, contact=member, added_at=NOON)
        activity(firm, contact=member)
    before = everything()
    merged = ask("mergeContacts", max_, winnerId=one.pk, loserIds=[two.pk, three.pk])
    assert Contact.objects.count() == 1
    do("undoAction", max_, undoId=merged.undo_id)
    assert everything() == before


def test_undoing_keeps_what_was_done_since_and_says_so(max_: Actor) -> None:
    one, two = account("Ace", phone=""), account("Ace LLC", phone="214", dot_number=5)
    moved = activity(two)
    gone = activity(two)
    done = do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    do("updateAccount", max_, accountId=one.pk, version=2, phone="999")
    since = activity(one, "Since")
    gone.delete()
    account("Bought the number", dot_number=6)
    back = do("unmerge", max_, mergeId=done.merge_id)
    one.refresh_from_db()
    moved.refresh_from_db()
    since.refresh_from_db()
    assert (one.phone, moved.account_id, since.account_id) == ("999", two.pk, one.pk)
    assert back.kept == [
        "phone: changed since the merge, so it stays",
        "Activities: 1 removed or moved elsewhere since",
    ]
    assert Account.objects.get(pk=two.pk).dot_number == 5


def test_a_number_that_got_another_account_does_not_come_back(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace LLC", dot_number=5)
    done = do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    Account.objects.filter(pk=one.pk).update(dot_number=None)
    other = account("Other", dot_number=5)
    kept = do("unmerge", max_, mergeId=done.merge_id).kept
    assert f"Ace LLC comes back without USDOT 5: account {other.pk} has it now" in kept


def test_undoing_can_be_undone(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace LLC")
    merged = ask("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk], choices={"name": two.pk})
    undone = ask("undoAction", max_, undoId=merged.undo_id)
    ask("undoAction", max_, undoId=undone.undo_id)
    assert list(Account.objects.values_list("pk", "name")) == [(one.pk, "Ace LLC")]


def test_merges_are_taken_apart_in_reverse_order(max_: Actor) -> None:
    one, two, three = account("Ace"), account("Ace"), account("Ace")
    first = ask("mergeAccounts", max_, winnerId=two.pk, loserIds=[three.pk])
    second = ask("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    with pytest.raises(MergedInto) as gone:
        do("getAccount", max_, accountId=three.pk)
    assert gone.value.new_id == one.pk
    with pytest.raises(UndoTooLate):
        do("undoAction", max_, undoId=first.undo_id)
    do("undoAction", max_, undoId=second.undo_id)
    do("undoAction", max_, undoId=first.undo_id)
    assert Account.objects.count() == 3
    with pytest.raises(CannotUnmerge):
        do("unmerge", max_, mergeId=first.payload.merge_id)


def test_whoever_holds_an_old_id_is_led_to_the_new_one(max_: Actor, vera: Actor) -> None:
    one, two = account("Ace"), account("Ace LLC")
    do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    for name, data in (("getAccount", {}), ("updateAccount", {"version": 1, "name": "Bee"}), ("addTag", {"tag": "x"})):
        with pytest.raises(MergedInto) as gone:
            do(name, max_, accountId=two.pk, **data)
        assert (gone.value.code, gone.value.status, gone.value.fields["mergedInto"]) == (
            "merged_away",
            404,
            str(one.pk),
        )
    with pytest.raises(NotFound):
        do("findDuplicates", vera, accountId=987654321)


def test_people_of_merged_accounts_who_are_the_same_become_pairs(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace")
    first, second = contact(one, "Dana Reyes"), contact(two, "Dana Reyes")
    do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    pair = DuplicatePair.objects.get(entity="contact")
    assert (pair.first_id, pair.second_id, pair.state) == (first.pk, second.pk, PairState.OPEN)


def test_pairs_of_the_queue_are_merged_in_groups_and_the_undecided_are_left(max_: Actor) -> None:
    one, two, three = account("Ace", dot_number=1), account("Ace"), account("Ace")
    bad = account("Bee", dot_number=2), account("Bee", dot_number=3)
    pairs = [(one, two), (two, three), bad]
    ids = [
        DuplicatePair.objects.create(
            entity="account", first_id=a.pk, second_id=b.pk, score=80, reasons=["same"], found_at=NOON
        ).pk
        for a, b in pairs
    ]
    done = ask("mergeDuplicates", max_, pairIds=ids)
    assert [(each.winner_id, each.loser_ids) for each in done.payload.merges] == [(one.pk, [two.pk, three.pk])]
    assert [left.pair_id for left in done.payload.left] == [ids[2]]
    assert set(DuplicatePair.objects.filter(pk__in=ids[:2]).values_list("state", flat=True)) == {"merged"}
    do("undoAction", max_, undoId=done.undo_id)
    assert Account.objects.count() == 5
    assert set(DuplicatePair.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"open"}


texts = st.sampled_from(["", "Ace", "ACE llc", "Zephyr"])
fields = st.sampled_from(["name", "address", "phone", "description", "status"])
records = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Ace", "Ace LLC", "اَيس"]),
        "phone": st.sampled_from(["", "1", "2"]),
        "city": st.sampled_from(["", "Dallas", "Waco"]),
        "street": texts,
        "state": st.sampled_from(["", "TX", "OK"]),
        "description": texts,
        "status": st.sampled_from(["target", "client"]),
        "custom": st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from([None, "", 1, "x"]), max_size=2),
        "timezone": texts,
        "tags": st.sets(st.sampled_from(["hot", "cold", "reefer"])),
        "people": st.integers(0, 2),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.lists(records, min_size=2, max_size=3), chosen=st.dictionaries(fields, st.integers(0, 1)))
def test_the_preview_is_what_the_merge_makes(max_: Actor, given: list[dict[str, Any]], chosen: dict[str, int]) -> None:
    made = []
    for values in given:
        tags, people = values.pop("tags"), values.pop("people")
        of = account(values.pop("name"), **values)
        made.append(of)
        AccountTag.objects.bulk_create(AccountTag(account=of, tag=tag, created_at=NOON) for tag in tags)
        for number in range(people):
            activity(of, contact=contact(of, f"Person {number}", emails=(f"p{number}@x.example",)))
        opportunity(of)
    data = {"winnerId": made[0].pk, "loserIds": [each.pk for each in made[1:]]}
    data["choices"] = {name: made[number].pk for name, number in chosen.items()}
    seen = do("previewMerge", max_, **data)
    before = everything()
    done = ask("mergeAccounts", max_, **data)
    assert (done.payload.result, done.payload.moves, done.payload.twice) == (seen.result, seen.moves, seen.twice)
    do("undoAction", max_, undoId=done.undo_id)
    assert everything() == before


def test_a_merge_record_knows_all_that_was(max_: Actor) -> None:
    one, two = account("Ace"), account("Ace LLC", created_at=datetime(2020, 1, 2, 3, 4, 5, 678901, UTC))
    do("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    kept = MergeRecord.objects.get()
    assert kept.losers[0]["created_at"] == "2020-01-02T03:04:05.678901+00:00"
    assert (kept.before["name"], kept.winner_id, kept.loser_ids) == ("Ace", one.pk, [two.pk])
