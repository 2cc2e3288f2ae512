"""Searching accounts and people by what somebody has in hand: a name, a number in any spelling, an e-mail, a domain."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.accounts.models import Account, AccountScore, Contact
from headhaul.actions import dispatch
from headhaul.kernel import Actor, NotFound
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


def test_a_name_of_many_digits_is_no_telephone_number(rosa: Actor) -> None:
    do("createAccount", rosa, name="Depot 482913 0500", phone="214-555-0100")
    assert [hit.name for hit in do("search", rosa, q="Depot 482913 0500").items] == ["Depot 482913 0500"]
    assert [row.name for row in do("listAccounts", rosa, q="Depot 482913 0500").items] == ["Depot 482913 0500"]


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


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("reefer lone star", [("account", "Lone Star Reefer")]),
        ("star reef", [("account", "Lone Star Reefer")]),
        ("st lo reefer", [("account", "Lone Star Reefer")]),
        ("lone mesa", []),
        ("on reefer", []),  # two letters are the beginning of a word, not its middle
        ("miller joe", [("contact", "Joe Miller")]),
        ("trucking mill", [("carrier", "MILLER TRUCKING")]),
        ("lone % reefer", []),
    ],
)
def test_words_come_in_any_order_and_all_are_there(
    known: None, vera: Actor, words: str, found: list[tuple[str, str]]
) -> None:
    answer = do("search", vera, q=words)
    assert [(hit.kind, hit.name) for hit in answer.items if not answer.is_close] == found


def test_words_that_stand_together_lead(rosa: Actor) -> None:
    for name in ("Iron Horse of Lone Pine", "Pine Lone Horse", "Big Lone Pine", "Lone Pine"):
        do("createAccount", rosa, name=name)
    names = [hit.name for hit in do("search", rosa, q="lone pine").items]
    assert (names[0], set(names[1:3]), names[3:]) == (
        "Lone Pine",
        {"Big Lone Pine", "Iron Horse of Lone Pine"},
        ["Pine Lone Horse"],
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("reafer", ("account", "Lone Star Reefer")),
        ("reefer lone starr", ("account", "Lone Star Reefer")),
        ("blue messa", ("account", "Blue Mesa Lines")),
        ("joanma", ("contact", "Joanna Blue")),
        ("millar truckin", ("carrier", "MILLER TRUCKING")),
    ],
)
def test_a_typo_finds_what_is_close_and_says_so(known: None, vera: Actor, words: str, first: tuple[str, str]) -> None:
    answer = do("search", vera, q=words)
    assert answer.is_close
    assert first in [(hit.kind, hit.name) for hit in answer.items]


@pytest.mark.parametrize("words", ["miller", "zzqqxxyy", "nobody@gmail.com", "joe@", "98765432", "%"])
def test_what_is_found_or_far_from_everything_is_not_called_close(known: None, vera: Actor, words: str) -> None:
    assert not do("search", vera, q=words).is_close


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("reefer lone star", ["Lone Star Reefer"]),
        ("joe@lone-star.com", ["Lone Star Reefer"]),
        ("ann@gmail.com", ["Lone Star Reefer"]),
        ("Office@BlueMesa.com", ["Blue Mesa Lines"]),
        ("nobody@bluemesa.com", ["Blue Mesa Lines"]),
        ("nobody@gmail.com", []),
        ("bluemesa.com", ["Blue Mesa Lines"]),
        ("www.lone-star.com", ["Lone Star Reefer"]),
        ("mesa.com", []),
        ("214 555 0199", ["Lone Star Reefer"]),
        ("(505) 555-0142 x3", ["Blue Mesa Lines"]),
    ],
)
def test_the_list_of_accounts_takes_what_the_search_takes(
    known: None, vera: Actor, words: str, names: list[str]
) -> None:
    page = do("listAccounts", vera, q=words)
    assert ([row.name for row in page.items], page.total, page.is_close) == (names, len(names), False)


def test_accounts_are_found_by_the_domain_of_their_people(rosa: Actor, vera: Actor) -> None:
    account = do("createAccount", rosa, name="Delta Haul")
    do("createContact", rosa, accountId=account.id, name="Di", emails=[{"address": "di@mail.delta-haul.com"}])
    for words in ("delta-haul.com", "mail.delta-haul.com"):
        assert [row.name for row in do("listAccounts", vera, q=words).items] == ["Delta Haul"]
        assert [row.name for row in do("listContacts", vera, q=words).items] == ["Di"]
    assert do("listAccounts", vera, q="ta-haul.com").items == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("miller joe", ["Joe Miller"]),
        ("Joe@Lone-Star.com", ["Joe Miller"]),
        ("lone-star.com", ["Joe Miller"]),
        ("505.555.0143", ["Joanna Blue"]),
        ("nobody@gmail.com", []),
    ],
)
def test_the_list_of_contacts_takes_what_the_search_takes(
    known: None, vera: Actor, words: str, names: list[str]
) -> None:
    page = do("listContacts", vera, q=words)
    assert ([row.name for row in page.items], page.is_close) == (names, False)


def test_a_list_shows_what_is_close_page_by_page(rosa: Actor) -> None:
    for number in range(5):
        account = do("createAccount", rosa, name=f"Reefer Lines {number}")
        do("createContact", rosa, accountId=account.id, name=f"Joanna {number}")
    do("createAccount", rosa, name="Flatbed Kings")
    for action, words, beginning in (("listAccounts", "reafer", "Reefer"), ("listContacts", "joanma", "Joanna")):
        seen, cursor = [], None
        while True:
            page = do(action, rosa, q=words, limit=2, sort="name", cursor=cursor)
            assert page.is_close
            seen += [row.name.split()[0] for row in page.items]
            if cursor is None:
                assert page.total == 5
            if not (cursor := page.next_cursor):
                break
        assert seen == [beginning] * 5


def test_what_is_close_is_never_changed_or_filed(rosa: Actor, max_: Actor) -> None:
    do("createAccount", rosa, name="Reefer Lines")
    with pytest.raises(NotFound):
        do("bulkUpdateAccounts", max_, filters={"q": "reafer"}, changes={"status": "client"})
    assert do("getListGroups", rosa, entity="accounts", filters={"q": "reafer"}, groupBy="status").groups == []


def _plain(names: list[str], words: str) -> set[str]:
    """What the words find, as a person would say it."""

    def holds(name: str) -> bool:
        parts = words.lower().split()
        together = words.lower() in name.lower()
        return together or all(
            part in name.lower() if len(part) >= 3 else any(each.startswith(part) for each in name.lower().split(" "))
            for part in parts
        )

    return {name for name in names if holds(name)}


def test_the_words_find_what_a_reader_would_find(rosa: Actor) -> None:
    parts = ("Lone", "Star", "Reefer", "St", "Lo", "Iron", "Starlone")
    names = [" ".join(each) for size in (1, 2, 3) for each in itertools.permutations(parts, size)]
    made = Account.objects.bulk_create([Account(name=name, created_at=NOON, updated_at=NOON) for name in names])
    AccountScore.objects.bulk_create([AccountScore(account=each) for each in made])
    for words in ("lone", "star lone", "lo star", "st lo", "reefer iron star", "ron st", "lon eta"):
        found: list[str] = []
        cursor = None
        while True:
            page = do("listAccounts", rosa, q=words, sort="name", limit=100, cursor=cursor)
            found += [row.name for row in page.items if not page.is_close]
            if not (cursor := page.next_cursor):
                break
        assert (len(found), set(found)) == (len(_plain(names, words)), _plain(names, words)), words
