"""People at accounts: several addresses, zones with their source, changes that can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.errors import StaleContact
from headhaul.accounts.models import Account, Contact, ContactEmail, FieldChange
from headhaul.accounts.schemas.contacts import ContactRow
from headhaul.actions import dispatch
from headhaul.actions.services.undoing import UndoTooLate
from headhaul.kernel import Actor, InvalidData, NotFound
from tests.cast import NOON

pytestmark = pytest.mark.django_db

JOE = {
    "name": "Joe Miller",
    "role": "owner",
    "isDecisionMaker": True,
    "emails": [{"address": "Joe@Lone-Star.com", "label": "work"}, {"address": "joe@gmail.com", "isPrimary": True}],
    "phones": [{"number": "(214) 555-0100 ext 7", "label": "mobile"}],
}


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


def undo(reply: Any, actor: Actor) -> Any:
    return dispatch("undoAction", {"undoId": reply.undo_id}, actor=actor, at=NOON, door="http")


@pytest.fixture
def account(rosa: Actor) -> Any:
    return do("createAccount", rosa, name="Lone Star Reefer", state="TX", zip="79901")


def test_a_contact_has_several_addresses_in_one_spelling_the_primary_first(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    assert [line.address for line in joe.emails] == ["joe@gmail.com", "joe@lone-star.com"]
    assert [(line.number, line.extension) for line in joe.phones] == [("+12145550100", "7")]
    assert do("getContacts", rosa, accountId=account.id).items == [ContactRow(**dict(joe))]
    detail = do("getAccount", rosa, accountId=account.id)
    assert (detail.contacts.total, detail.contacts.decision_makers) == (1, ["Joe Miller"])


def test_whole_lists_are_given_and_what_stays_keeps_its_validity(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    ContactEmail.objects.filter(address="joe@gmail.com").update(validity="bounced", validity_at=NOON)
    kept = ContactEmail.objects.get(address="joe@gmail.com").pk
    lines = [{"address": "new@lone-star.com", "isPrimary": True}, {"address": "JOE@gmail.com"}]
    joe = do("updateContact", rosa, contactId=joe.id, version=joe.version, emails=lines)
    assert [(line.address, line.validity) for line in joe.emails] == [
        ("new@lone-star.com", "unknown"),
        ("joe@gmail.com", "bounced"),
    ]
    assert ContactEmail.objects.get(address="joe@gmail.com").pk == kept


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"emails": [{"address": "nonsense"}]}, "emails.0.address"),
        ({"phones": [{"number": "555-0100"}]}, "phones.0.number"),
        ({"phones": [{"number": "2145550100", "isPrimary": True}, {"number": "2145550101", "isPrimary": True}]},
         "phones"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"name": "x" * 201}, "name"),
        ({"name": "\u200b\u200b"}, "name"),
        ({"notes": "x" * 10_001}, "notes"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_the_name_of_its_field(
    account: Any, rosa: Actor, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("createContact", rosa, accountId=account.id, **({"name": "Joe"} | values))
    assert field in refusal.value.fields
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["José 🚛 Núñez", "محمد علي", "=cmd()|' /C calc'!A0", "李小龍", "O'Neil-Smith, Jr."])
def test_names_of_all_kinds_are_kept_as_they_are(account: Any, rosa: Actor, name: str) -> None:
    assert do("createContact", rosa, accountId=account.id, name=name).name == name


def test_a_stale_version_is_refused_and_changes_nothing(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    do("updateContact", rosa, contactId=joe.id, version=1, title="President")
    with pytest.raises(StaleContact) as refusal:
        do("updateContact", rosa, contactId=joe.id, version=1, title="Clerk")
    assert refusal.value.current == 2
    assert Contact.objects.get().title == "President"


def test_null_clears_and_what_is_left_out_stays(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE, title="Owner", notes="Likes mornings")
    joe = do("updateContact", rosa, contactId=joe.id, version=joe.version, title=None, phones=None)
    assert (joe.title, joe.phones, joe.role) == ("", [], "owner")
    assert do("getContact", rosa, contactId=joe.id).notes == "Likes mornings"
    with pytest.raises(InvalidData):
        do("updateContact", rosa, contactId=joe.id, version=joe.version, name=None)


def test_every_change_can_be_taken_back_and_the_taking_back_too(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE, timezone="America/Denver")
    before = do("getContact", rosa, contactId=joe.id)
    reply = ask(
        "updateContact",
        rosa,
        contactId=joe.id,
        version=1,
        name="Joseph",
        emails=[],
        phones=[],
        timezone=None,
        role=None,
    )
    back = undo(reply, rosa)
    after = do("getContact", rosa, contactId=joe.id)
    same = {"version", "updated_at", "changes"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)
    undo(back, rosa)
    assert do("getContact", rosa, contactId=joe.id).name == "Joseph"


def test_a_later_change_stands_in_the_way_of_taking_back(account: Any, rosa: Actor, max_: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    reply = ask("updateContact", rosa, contactId=joe.id, version=1, title="President")
    do("updateContact", max_, contactId=joe.id, version=2, title="Founder")
    with pytest.raises(UndoTooLate):
        undo(reply, rosa)
    assert Contact.objects.get().title == "Founder"


def test_a_removed_contact_comes_back_under_its_id_with_everything(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    do("updateContact", rosa, contactId=joe.id, version=1, title="President")
    before = do("getContact", rosa, contactId=joe.id)
    reply = ask("removeContact", rosa, contactId=joe.id)
    with pytest.raises(NotFound):
        do("getContact", rosa, contactId=joe.id)
    undo(reply, rosa)
    assert do("getContact", rosa, contactId=joe.id) == before


def test_a_contact_cannot_come_back_to_an_account_that_is_gone(account: Any, rosa: Actor, max_: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    reply = ask("removeContact", rosa, contactId=joe.id)
    do("removeAccount", max_, accountId=account.id)
    with pytest.raises(UndoTooLate, match="account of this contact"):
        undo(reply, rosa)


def test_history_says_which_addresses_came_and_went(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    do("updateContact", rosa, contactId=joe.id, version=1, phones=[{"number": "+12145550199"}])
    change = do("getContact", rosa, contactId=joe.id).changes[0]
    assert (change.field, change.old, change.new) == ("phones", ["+12145550100 ext. 7 (mobile)"], ["+12145550199"])
    assert (change.by, change.source) == ("Rosa", "http")
    assert FieldChange.objects.filter(contact_id=joe.id).count() == 4


def test_contacts_are_paged_by_name(account: Any, rosa: Actor) -> None:
    for name in ("dora", "Abe", "carl", "Bea", "abe"):
        do("createContact", rosa, accountId=account.id, name=name, allowDuplicate=True)
    seen, cursor = [], None
    while True:
        page = do("getContacts", rosa, accountId=account.id, limit=2, cursor=cursor)
        seen += [item.name for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["Abe", "abe", "Bea", "carl", "dora"]


def test_a_batch_leaves_its_id_in_the_history(account: Any, rosa: Actor) -> None:
    joe = do("createContact", rosa, accountId=account.id, **JOE)
    data = {"contactId": joe.id, "version": 1, "title": "President"}
    dispatch("updateContact", data, actor=rosa, at=NOON + timedelta(hours=1), door="mcp", batch_id="b1")
    change = FieldChange.objects.get(batch_id="b1")
    assert (change.field, change.source) == ("title", "mcp")
    assert Account.objects.get().version == 1
