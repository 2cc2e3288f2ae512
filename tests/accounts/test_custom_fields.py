"""Fields that a firm adds: typed, checked, merged by key, shown with their labels."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from headhaul.accounts.models import Contact, CustomField
from headhaul.accounts.services.custom_fields import FieldHasValues, StaleCustomField
from headhaul.actions import dispatch
from headhaul.kernel import Actor, InvalidData
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


def add(ada: Actor, key: str, kind: str, **more: Any) -> Any:
    return do("saveCustomField", ada, **({"entity": "account", "key": key, "label": key.title(), "kind": kind} | more))


def account_with(rosa: Actor, **custom: Any) -> Any:
    made = do("createAccount", rosa, name="X", custom=custom)
    return {value.key: value.value for value in do("getAccount", rosa, accountId=made.id).custom_fields}


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", " two   words ", "two words"),
        ("long_text", "a\nb", "a\nb"),
        ("number", "1,250.5", 1250.5),
        ("number", 7, 7),
        ("money", "$1,250.50", 125050),
        ("money", 125050, 125050),
        ("date", "2026-11-30", "2026-11-30"),
        ("yes_no", "Yes", True),
        ("yes_no", False, False),
        ("choice", "DROP", "Drop"),
        ("several", "reefer; drop", ["Drop", "Reefer"]),
        ("several", ["Reefer", "reefer"], ["Reefer"]),
        ("url", "https://example.com/a", "https://example.com/a"),
        ("text", "", None),
    ],
)
def test_a_value_is_kept_in_the_form_of_its_kind(rosa: Actor, ada: Actor, kind: str, given: Any, kept: Any) -> None:
    add(ada, "field", kind, choices=["Drop", "Reefer"])
    assert account_with(rosa, field=given) == {"field": kept}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 7),
        ("text", "x" * 501),
        ("number", "a lot"),
        ("number", True),
        ("number", "Infinity"),
        ("money", "1.005"),
        ("money", 1250.5),
        ("date", "11/30/2026"),
        ("date", "2026-02-30"),
        ("yes_no", "perhaps"),
        ("choice", "Other"),
        ("several", ["Drop", "Other"]),
        ("url", "javascript:alert(1)"),
        ("choice", ["Drop"]),
    ],
)
def test_a_value_of_another_kind_is_refused_by_its_key(rosa: Actor, ada: Actor, kind: str, given: Any) -> None:
    add(ada, "field", kind, choices=["Drop", "Reefer"])
    with pytest.raises(InvalidData) as refusal:
        account_with(rosa, field=given)
    assert list(refusal.value.fields) == ["custom.field"]


def test_values_merge_by_key_and_null_clears(rosa: Actor, ada: Actor) -> None:
    for key in ("one", "two"):
        add(ada, key, "text")
    made = do("createAccount", rosa, name="X", custom={"one": "1", "two": "2"})
    do("updateAccount", rosa, accountId=made.id, version=1, custom={"one": None})
    detail = do("getAccount", rosa, accountId=made.id)
    assert [(value.key, value.label, value.value) for value in detail.custom_fields] == [
        ("one", "One", None),
        ("two", "Two", "2"),
    ]
    assert (detail.changes[0].field, detail.changes[0].old, detail.changes[0].new) == ("custom.one", "1", None)


def test_an_unknown_key_is_refused_and_a_required_one_must_be_there(rosa: Actor, ada: Actor) -> None:
    add(ada, "vendor", "text", isRequired=True)
    with pytest.raises(InvalidData, match="Vendor is required"):
        do("createAccount", rosa, name="X")
    with pytest.raises(InvalidData, match="no custom field"):
        account_with(rosa, vendor="v", other="o")
    made = do("createAccount", rosa, name="X", custom={"vendor": "v"})
    with pytest.raises(InvalidData, match="Vendor is required"):
        do("updateAccount", rosa, accountId=made.id, version=1, custom={"vendor": None})
    do("updateAccount", rosa, accountId=made.id, version=1, city="Reno")


def test_a_kind_stays_as_long_as_there_are_values(rosa: Actor, ada: Actor) -> None:
    field = add(ada, "size", "text")
    field = do("saveCustomField", ada, fieldId=field.id, version=1, kind="number")
    account_with(rosa, size=3)
    with pytest.raises(FieldHasValues):
        do("saveCustomField", ada, fieldId=field.id, kind="text")
    with pytest.raises(FieldHasValues):
        do("removeCustomField", ada, fieldId=field.id)
    with pytest.raises(StaleCustomField):
        do("saveCustomField", ada, fieldId=field.id, version=1, label="Other")
    do("saveCustomField", ada, fieldId=field.id, isActive=False)
    assert do("getCustomFields", rosa).fields == []
    assert len(do("getCustomFields", rosa, includeInactive=True).fields) == 1


def test_a_choice_stays_as_long_as_records_have_chosen_it(rosa: Actor, ada: Actor) -> None:
    for kind, chosen in (("choice", "Gold"), ("several", ["Gold", "Silver"])):
        field = add(ada, f"tier_{kind}", kind, choices=["Gold", "Silver", "Bronze"])
        account_with(rosa, **{field.key: chosen})
        with pytest.raises(FieldHasValues, match="Gold: records have chosen that"):
            do("saveCustomField", ada, fieldId=field.id, choices=["Silver"])
        assert do("saveCustomField", ada, fieldId=field.id, choices=["Silver", "Gold"]).choices == ["Silver", "Gold"]


def test_fields_are_taken_back(ada: Actor) -> None:
    made = ask("saveCustomField", ada, entity="contact", key="shoe", label="Shoe", kind="choice", choices=["a", "b"])
    changed = ask("saveCustomField", ada, fieldId=made.payload.id, version=1, label="Boot", choices=["a"])
    for reply in (changed, made):
        back = dispatch("undoAction", {"undoId": reply.undo_id}, actor=ada, at=NOON, door="http")
    assert not CustomField.objects.exists()
    dispatch("undoAction", {"undoId": back.undo_id}, actor=ada, at=NOON, door="http")
    assert (CustomField.objects.get().label, CustomField.objects.get().choices) == ("Shoe", ["a", "b"])


def undone(reply: Any, actor: Actor) -> Any:
    return dispatch("undoAction", {"undoId": reply.undo_id}, actor=actor, at=NOON, door="http")


def custom_of(rosa: Actor, account_id: int) -> Any:
    return {value.key: value.value for value in do("getAccount", rosa, accountId=account_id).custom_fields}


@pytest.mark.parametrize(("kind", "old", "new"), [("choice", "Gold", "Silver"), ("several", ["Gold"], ["Silver"])])
def test_an_edit_is_taken_back_although_its_choice_is_out_of_use(
    rosa: Actor, ada: Actor, kind: str, old: Any, new: Any
) -> None:
    field = add(ada, "tier", kind, choices=["Gold", "Silver"])
    made = do("createAccount", rosa, name="X", custom={"tier": old})
    edited = ask("updateAccount", rosa, accountId=made.id, version=1, custom={"tier": new})
    saved = do("saveCustomField", ada, fieldId=field.id, choices=["Silver"])
    assert (saved.choices, saved.retired) == (["Silver"], ["Gold"])
    undone(edited, rosa)
    assert custom_of(rosa, made.id) == {"tier": old}
    with pytest.raises(InvalidData):
        account_with(rosa, tier=old)


def test_what_a_record_holds_may_stay_when_something_else_is_changed(rosa: Actor, ada: Actor) -> None:
    field = add(ada, "tier", "several", choices=["Gold", "Silver"])
    made = do("createAccount", rosa, name="X", custom={"tier": ["Gold"]})
    edited = ask("updateAccount", rosa, accountId=made.id, version=1, custom={"tier": ["Silver"]})
    do("saveCustomField", ada, fieldId=field.id, choices=["Silver", "Bronze"])
    undone(edited, rosa)
    row = do("getAccount", rosa, accountId=made.id)
    do("updateAccount", rosa, accountId=made.id, version=row.version, custom={"tier": ["Gold", "Bronze"]})
    assert custom_of(rosa, made.id) == {"tier": ["Bronze", "Gold"]}


def test_a_contact_goes_back_too_and_a_field_out_of_use_is_no_hindrance(rosa: Actor, ada: Actor) -> None:
    field = add(ada, "shoe", "choice", entity="contact", choices=["a", "b"])
    home = do("createAccount", rosa, name="X")
    made = do("createContact", rosa, accountId=home.id, name="Dana", custom={"shoe": "a"})
    edited = ask("updateContact", rosa, contactId=made.id, version=made.version, custom={"shoe": "b"})
    do("saveCustomField", ada, fieldId=field.id, choices=["b"], isActive=False)
    undone(edited, rosa)
    assert Contact.objects.get(pk=made.id).custom == {"shoe": "a"}


def test_a_choice_that_is_offered_again_is_retired_no_more(rosa: Actor, ada: Actor) -> None:
    field = add(ada, "tier", "choice", choices=["Gold", "Silver"])
    removed = ask("saveCustomField", ada, fieldId=field.id, choices=["Silver"])
    undone(removed, ada)
    row = CustomField.objects.get(pk=field.id)
    assert (row.choices, row.retired) == (["Gold", "Silver"], [])
    assert account_with(rosa, tier="Gold") == {"tier": "Gold"}


def test_choices_that_were_taken_out_before_are_known_from_the_history(rosa: Actor, ada: Actor) -> None:
    field = add(ada, "tier", "several", choices=["Gold", "Silver"])
    made = do("createAccount", rosa, name="X", custom={"tier": ["Gold", "Silver"]})
    do("updateAccount", rosa, accountId=made.id, version=1, custom={"tier": ["Silver"]})
    CustomField.objects.filter(pk=field.id).update(choices=["Silver"], retired=[])  # as it was before there were any
    fill = import_module("headhaul.accounts.migrations.0019_custom_field_retired")
    with connection.cursor() as cursor:
        cursor.execute(fill.FILL)
    assert CustomField.objects.get(pk=field.id).retired == ["Gold"]


@pytest.mark.parametrize(
    "data",
    [
        {"entity": "account", "key": "k", "kind": "text"},
        {"entity": "account", "key": "k", "label": "K"},
        {"label": "K", "kind": "text"},
        {"entity": "account", "key": "k", "label": "K", "kind": "choice"},
        {"entity": "account", "key": "k", "label": "K", "kind": "choice", "choices": ["a", "A"]},
        {"entity": "account", "key": "k", "label": "K", "kind": "choice", "choices": ["a;b"]},
        {"entity": "account", "key": "Big Key", "label": "K", "kind": "text"},
    ],
)
def test_an_incomplete_field_is_refused(ada: Actor, data: dict[str, Any]) -> None:
    with pytest.raises(InvalidData):
        do("saveCustomField", ada, **data)


def test_contacts_have_theirs(rosa: Actor, ada: Actor) -> None:
    add(ada, "shirt", "text", entity="contact")
    account = do("createAccount", rosa, name="X")
    joe = do("createContact", rosa, accountId=account.id, name="Joe", custom={"shirt": "XL"})
    assert do("getContact", rosa, contactId=joe.id).custom[0].value == "XL"
    with pytest.raises(InvalidData):
        do("createAccount", rosa, name="X", custom={"shirt": "XL"})
