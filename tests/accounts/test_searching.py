"""Searching accounts and people by what somebody has in hand: a name, a number in any spelling, an e-mail, a domain."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.accounts.models import Account, AccountScore, Contact
from headhaul.actions import dispatch
from headhaul.kernel import Actor
from tests.factories.market import NOON, carrier

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


@pytest.fixture
def known(rosa: Actor) -> None:
    """Two accounts with three people, and carriers without an account."""
    lone = do("createAccount", rosa, name="Lone Star Reefer", phone="214-555-0100", website="https://www.lone-star.com")
    blue = do("createAccount", rosa, name="Blue Mesa Lines", email="office@bluemesa.com", phone="(505) 555-0142 x3")
    people = [
        (lone.id, "Joe Miller", "joe@lone-star.com", "+1 214 555 0199"),
        (lone.id, "Ann Stone", "ann@gmail.com", "214.555.0100"),
        (blue.id, "Joanna Blue", "joanna@bluemesa.com", "505 555 0143"),
    ]
    for account, name, email, phone in people:
        do(
            "createContact",
            rosa,
            accountId=account,
            name=name,
            title="Owner",
            emails=[{"address": email}],
            phones=[{"number": phone}],
        )
    carrier(4711, legal_name="MILLER TRUCKING")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("miller", [("contact", "Joe Miller"), ("carrier", "MILLER TRUCKING")]),
        ("jo", [("contact", "Joanna Blue"), ("contact", "Joe Miller")]),
        ("blue", [("account", "Blue Mesa Lines"), ("contact", "Joanna Blue")]),
        ("2145550100", [("account", "Lone Star Reefer"), ("contact", "Ann Stone")]),
        ("+1 (214) 555-0100", [("account", "Lone Star Reefer"), ("contact", "Ann Stone")]),
        ("505.555.0142", [("account", "Blue Mesa Lines")]),
        ("JOE@lone-star.com", [("contact", "Joe Miller")]),
        ("office@bluemesa.com", [("account", "Blue Mesa Lines")]),
        ("nobody@bluemesa.com", [("account", "Blue Mesa Lines")]),
        ("nobody@gmail.com", []),
        ("www.lone-star.com", [("account", "Lone Star Reefer")]),
        ("lone-star.com", [("account", "Lone Star Reefer")]),
        ("%", []),
        ("joe@", []),
    ],
)
def test_what_is_in_hand_finds_it(known: None, vera: Actor, words: str, found: list[tuple[str, str]]) -> None:
    assert [(hit.kind, hit.name) for hit in do("search", vera, q=words).items] == found


def test_a_person_comes_with_their_account(known: None, vera: Actor) -> None:
    hit = do("search", vera, q="joe@lone-star.com").items[0]
    assert (hit.account_name, hit.detail) == ("Lone Star Reefer", "joe@lone-star.com")
    assert hit.account_id is not None


def test_the_very_name_leads_however_many_hold_the_word(rosa: Actor) -> None:
    rows = [Account(name=f"Blue Eagle {n:04}", created_at=NOON, updated_at=NOON) for n in range(600)]
    rows += [Account(name=f"Eagle Freight {n:04}", created_at=NOON, updated_at=NOON) for n in range(300)]
    made = Account.objects.bulk_create([*rows, Account(name="Eagle", created_at=NOON, updated_at=NOON)])
    AccountScore.objects.bulk_create([AccountScore(account=each) for each in made])
    people = [Contact(account=made[0], name=f"Blue Jay {n:04}", created_at=NOON, updated_at=NOON) for n in range(400)]
    Contact.objects.bulk_create([*people, Contact(account=made[0], name="Jay", created_at=NOON, updated_at=NOON)])
    with connection.cursor() as cursor:
        cursor.execute("analyze accounts_account, accounts_contact")
    assert [hit.name for hit in do("search", rosa, q="eagle").items][:2] == ["Eagle", "Eagle Freight 0000"]
    assert do("search", rosa, q="JAY").items[0].name == "Jay"


def test_people_are_not_crowded_out_by_companies(rosa: Actor) -> None:
    for number in range(12):
        account = do("createAccount", rosa, name=f"Smith Haulage {number}")
    do("createContact", rosa, accountId=account.id, name="Smith")
    kinds = [hit.kind for hit in do("search", rosa, q="smith", limit=6).items]
    assert kinds == ["account"] * 5 + ["contact"]


@pytest.mark.parametrize(("words", "most"), [("miller", 3), ("2145550100", 1), ("joe@lone-star.com", 1)])
def test_a_search_asks_few_questions(known: None, vera: Actor, words: str, most: int) -> None:
    do("search", vera, q=words)  # settings are read once a second
    with CaptureQueriesContext(
        connection,
    ) as asked:
        do("search", vera, q=words)
    assert len([query for query in asked if "accounts_" in query["sql"] or "carriers_" in query["sql"]]) <= most


def test_somebody_who_was_forgotten_is_not_found(known: None, rosa: Actor, ada: Actor) -> None:
    hit = do("search", rosa, q="joe@lone-star.com").items[0]
    do("eraseContact", ada, contactId=hit.id, reason="their wish")
    assert all(each.kind != "contact" for each in do("search", rosa, q="joe@lone-star.com").items)
    assert [each.kind for each in do("search", rosa, q="erased").items] == []
