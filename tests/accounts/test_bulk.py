"""Many at once: what matches is changed in one go, and taken back value by value."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.models import Account, AccountTag, Contact, CustomField, FieldChange
from headhaul.accounts.services.bulk.changing import CountChanged
from headhaul.actions import dispatch
from headhaul.actions.services.undoing import AlreadyUndone
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound, Role
from headhaul.preferences.services import values
from headhaul.security.models import Team, User
from tests.accounts.test_lists import account, custom_field, do
from tests.factories.market import NOON, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(rosa: Actor) -> list[int]:
    """Three accounts, the first Rosa's and tagged."""
    custom_field("tier", "choice", choices=("gold", "silver"))
    rows = [
        account("One", owner_id=rosa.user_id, tags=("old",), custom={"tier": "gold"}),
        account("Two", status="client"),
        account("Three", custom={"tier": "silver"}),
    ]
    return [row.pk for row in rows]


def bulk(actor: Actor, **data: Any) -> Any:
    return dispatch("bulkUpdateAccounts", data, actor=actor, at=NOON, door="http")


def state() -> dict[str, tuple[Any, ...]]:
    """What bulk edits may change, by name."""
    tags = {row.pk: sorted(row.tags.values_list("tag", flat=True)) for row in Account.objects.all()}
    return {
        row.name: (row.status, row.segment, row.region, row.owner_id, row.team_id, row.custom, tags[row.pk])
        for row in Account.objects.all()
    }


def test_every_field_is_written_with_its_history_and_version(three: list[int], max_: Actor, rick: Actor) -> None:
    team = Team.objects.create(name="South", created_at=NOON)
    changes = {
        "status": "client", "segment": "regional", "region": "southeast", "ownerId": rick.user_id, "teamId": team.pk,
        "custom": {"tier": "silver"}, "addTags": ["Hot"], "removeTags": ["old"],
    }  # fmt: skip
    done = bulk(max_, accountIds=three, changes=changes).payload
    assert (done.matched, done.changed, done.missing, done.full_of_tags) == (3, 3, 0, 0)
    expected = ("client", "regional", "southeast", rick.user_id, team.pk, {"tier": "silver"}, ["hot"])
    assert set(map(repr, state().values())) == {repr(expected)}
    assert set(Account.objects.values_list("version", flat=True)) == {2}
    changed = FieldChange.objects.filter(account_id=three[1], batch_id=done.batch_id)
    assert {(row.field, row.old, row.new) for row in changed} == {
        ("segment", "unknown", "regional"),
        ("region", "", "southeast"),
        ("owner", None, rick.user_id),
        ("team", None, team.pk),
        ("custom.tier", None, "silver"),
        ("tag", None, "hot"),
    }
    assert {(row.source, row.changed_by_id) for row in changed} == {("bulk", max_.user_id)}


def test_taking_it_back_leaves_everything_as_it_was_and_can_be_taken_back_itself(
    three: list[int], max_: Actor, rick: Actor
) -> None:
    before = state()
    changes = {"status": "prospecting", "ownerId": rick.user_id, "custom": {"tier": None}, "addTags": ["hot"],
               "removeTags": ["old"]}  # fmt: skip
    done = bulk(max_, accountIds=three, changes=changes)
    after = state()
    assert after["One"] == ("prospecting", "unknown", "", rick.user_id, None, {}, ["hot"])
    undone = dispatch("undoAction", {"undoId": done.undo_id}, actor=max_, at=NOON, door="http")
    assert state() == before
    assert undone.payload.notes == []
    do("undoAction", max_, undoId=undone.undo_id)
    assert state() == after
    with pytest.raises(AlreadyUndone):
        do("undoAction", max_, undoId=done.undo_id)


def test_what_somebody_changed_since_stays_and_is_named(three: list[int], max_: Actor, rosa: Actor) -> None:
    done = bulk(max_, accountIds=three, changes={"status": "not_a_fit", "region": "southeast"})
    do("updateAccount", rosa, accountId=three[0], version=2, status="client")
    AccountTag.objects.create(account_id=three[0], tag="later", created_at=NOON)
    reply = do("undoAction", max_, undoId=done.undo_id)
    assert [(row.status, row.region) for row in Account.objects.order_by("pk")] == [
        ("client", ""),
        ("client", ""),
        ("target", ""),
    ]
    assert reply.notes == ["5 values put back; 1 was changed since and stayed."]
    again = bulk(max_, accountIds=three, changes={"status": "former_client"}).payload
    do("updateAccount", rosa, accountId=three[0], version=5, status="client")
    kept = do("undoBulkUpdate", max_, batchId=again.batch_id)
    assert [(each.account_id, each.name, each.field) for each in kept.kept_values] == [(three[0], "One", "status")]


def test_an_owner_who_is_gone_does_not_come_back(three: list[int], max_: Actor, rosa: Actor, rick: Actor) -> None:
    done = bulk(max_, accountIds=three, changes={"ownerId": rick.user_id})
    User.objects.filter(pk=rosa.user_id).delete()
    reply = do("undoAction", max_, undoId=done.undo_id)
    assert reply.notes == ["2 values put back; 1 was changed since and stayed."]
    assert Account.objects.get(pk=three[0]).owner_id == rick.user_id


def test_a_whole_view_is_changed_by_its_filter(three: list[int], max_: Actor) -> None:
    filters = {"custom": [{"key": "tier", "op": "isKnown"}]}
    with pytest.raises(CountChanged):
        bulk(max_, filters=filters, expectedCount=3, changes={"status": "client"})
    assert Account.objects.filter(status="client").count() == 1
    done = bulk(max_, filters=filters, expectedCount=2, changes={"status": "client"}).payload
    assert (done.matched, done.changed) == (2, 2)
    assert Account.objects.filter(status="client").count() == 3


def test_rows_that_are_so_already_are_not_touched(three: list[int], max_: Actor) -> None:
    done = bulk(max_, accountIds=three, changes={"status": "client"})
    assert (done.payload.matched, done.payload.changed) == (3, 2)
    assert Account.objects.get(pk=three[1]).version == 1
    again = bulk(max_, accountIds=three, changes={"status": "client"})
    assert (again.payload.changed, again.undo_id) == (0, None)


def test_ids_that_are_not_there_are_counted(three: list[int], max_: Actor) -> None:
    done = bulk(max_, accountIds=[*three, three[0], 999_999], changes={"status": "not_a_fit"}).payload
    assert (done.matched, done.missing) == (3, 1)
    with pytest.raises(NotFound):
        bulk(max_, accountIds=[999_999], changes={"status": "client"})


def test_an_account_without_room_for_the_tags_is_left_alone_and_counted(three: list[int], max_: Actor) -> None:
    AccountTag.objects.bulk_create(
        AccountTag(account_id=three[1], tag=f"t{number}", created_at=NOON) for number in range(50)
    )
    done = bulk(max_, accountIds=three, changes={"addTags": ["hot"]}).payload
    assert (done.full_of_tags, AccountTag.objects.filter(tag="hot").count()) == (1, 2)
    assert bulk(max_, accountIds=[three[1]], changes={"addTags": ["t1"]}).payload.full_of_tags == 0


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"changes": {}}, "changes"),
        ({"changes": {"status": None}}, "changes.status"),
        ({"changes": {"region": "atlantis"}}, "changes.region"),
        ({"changes": {"teamId": 77}}, "changes.teamId"),
        ({"changes": {"ownerId": 77}}, "ownerId"),
        ({"changes": {"custom": {"tier": "bronze"}}}, "custom.tier"),
        ({"changes": {"custom": {"gone": None}}}, "custom.gone"),
        ({"changes": {"custom": {"needed": None}}}, "custom.needed"),
        ({"changes": {"addTags": ["a=b"]}}, "tag"),
        ({"changes": {"status": "client"}, "filters": {}}, "accountIds"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    three: list[int], max_: Actor, data: dict[str, Any], field: str
) -> None:
    custom_field("needed", "text")
    CustomField.objects.filter(key="needed").update(is_required=True)
    before = state()
    with pytest.raises(InvalidData) as refusal:
        bulk(max_, accountIds=three, **data)
    assert field in refusal.value.fields
    assert (state(), FieldChange.objects.count()) == (before, 0)


def test_reps_do_not_change_in_bulk(three: list[int], rosa: Actor) -> None:
    with pytest.raises(Forbidden):
        bulk(rosa, accountIds=three, changes={"status": "client"})


def test_a_manager_changes_only_what_they_see(three: list[int], rosa: Actor, ada_sets_teams: None) -> None:
    outsider = person("Mona", Role.MANAGER)
    with pytest.raises(NotFound):
        bulk(outsider, accountIds=[three[0]], changes={"status": "client"})
    done = bulk(outsider, filters={}, changes={"status": "client"}).payload
    assert done.matched == 2  # nobody's are everybody's


@pytest.fixture
def ada_sets_teams(db: None) -> None:
    """Managers see what their team owns."""
    admin = person("Ada", Role.ADMIN)
    do("saveSettings", admin, section="visibility", expectedVersion=0, values={"managers": "team"})
    values.forget()


def test_contacts_change_in_bulk_too_and_back(three: list[int], max_: Actor) -> None:
    custom_field("size", "text", entity="contact")
    common = {"account_id": three[0], "created_at": NOON, "updated_at": NOON}
    people = [Contact.objects.create(name=name, **common).pk for name in ("Ann", "Bob")]
    changes = {"role": "owner", "isDecisionMaker": True, "custom": {"size": "M"}}
    done = dispatch("bulkUpdateContacts", {"filters": {"accountId": three[0]}, "changes": changes}, actor=max_, at=NOON,
                    door="http")  # fmt: skip
    assert set(Contact.objects.values_list("role", "is_decision_maker", "version")) == {("owner", True, 2)}
    assert FieldChange.objects.filter(contact_id=people[0], account_id=three[0]).count() == 3
    do("undoAction", max_, undoId=done.undo_id)
    assert set(Contact.objects.values_list("role", "is_decision_maker", "version")) == {("unknown", False, 3)}
    assert Contact.objects.get(pk=people[0]).custom == {}
