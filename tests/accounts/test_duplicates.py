"""What looks alike is found: on entry, for one record, and by the search that fills the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.errors import PossibleDuplicate
from headhaul.accounts.models import Account, DuplicatePair
from headhaul.accounts.services import scanning
from headhaul.actions import dispatch
from headhaul.kernel import Actor, NotFound
from tests.accounts.people import account, contact
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def found(actor: Actor, **given: Any) -> dict[int, tuple[int, list[str]]]:
    return {one.id: (one.score, one.reasons) for one in do("findDuplicates", actor, **given).items}


@pytest.mark.parametrize(
    ("name", "values", "score", "reason"),
    [
        ("ACE TRUCKING, INC.", {}, 85, "same name, both in Dallas, TX"),
        ("The Ace Trucking L.L.C.", {"city": "DALLAS"}, 85, "same name, both in Dallas, TX"),
        ("Roadrunner", {"phone_key": "+12145550100", "city": "", "state": ""}, 65, "same telephone number"),
        ("Roadrunner", {"domain": "ace.example"}, 55, "same domain ace.example"),
        ("Roadrunner", {"email": "Office@ace.example", "city": "Waco"}, 65, "same e-mail address office@ace.example"),
        ("Ace Trucking", {"phone_key": "+12145550100", "city": "Plano"}, 81, "same telephone number"),
    ],
)  # fmt: skip
def test_accounts_that_share_something_are_found_with_the_reason(
    vera: Actor, name: str, values: dict[str, Any], score: int, reason: str
) -> None:
    one = account("Ace Trucking LLC", phone_key="+12145550100", domain="ace.example", email="office@ace.example")
    other = account(name, **values)
    assert found(vera, accountId=other.pk)[one.pk][0] == score
    assert found(vera, accountId=other.pk)[one.pk][1][0] == reason


def test_a_misspelt_name_in_the_same_town_is_found(vera: Actor) -> None:
    one = account("Blue Ridge Hauling LLC")
    typo = account("Blue Rigde Hauling Inc")
    far = account("Blue Rigde Hauling Inc", city="El Paso")
    (_, (score, reasons)), *others = found(vera, accountId=one.pk).items()
    assert not others
    assert score >= 50
    assert "% alike, both in Dallas, TX" in reasons[0]
    assert far.pk not in found(vera, accountId=one.pk)
    assert typo.pk in found(vera, accountId=one.pk)


def test_words_of_the_trade_weigh_little_and_two_usdot_numbers_speak_against_it(vera: Actor) -> None:
    one = account("Prairie Star Transport", dot_number=100)
    same = account("Prairie Star Logistics")
    rival = account("Prairie Star Transport", dot_number=200)
    account("Lone Elk Transport")
    alike = found(vera, accountId=one.pk)
    assert alike.keys() == {same.pk, rival.pk}
    assert alike[rival.pk] == (60, ["same name, both in Dallas, TX", "but two USDOT numbers"])


@pytest.mark.parametrize("name", ["", "...", "🚚🚚", "شركة النقل", "Ünïcode Spédition", "%_\\", "LLC"])
def test_any_name_can_be_compared(vera: Actor, name: str) -> None:
    one = account(name or "x")
    two = account(name or "x")
    comparable = name not in ("...", "%_\\", "LLC")
    assert (two.pk in found(vera, accountId=one.pk)) is comparable


def test_a_strong_likeness_is_refused_on_entry_and_names_it(rosa: Actor) -> None:
    one = account("Ace Trucking LLC", phone_key="+12145550100", phone="(214) 555-0100")
    given = {"name": "ACE Trucking", "city": "Dallas", "state": "TX", "phone": "214.555.0100"}
    with pytest.raises(PossibleDuplicate) as refused:
        do("createAccount", rosa, **given)
    assert refused.value.candidates[0].id == one.pk
    assert f"duplicates.{one.pk}" in refused.value.fields
    assert Account.objects.count() == 1
    made = do("createAccount", rosa, **given, allowDuplicate=True)
    assert [each.id for each in made.possible_duplicates] == [one.pk]


def test_a_weak_likeness_is_entered_and_mentioned(rosa: Actor) -> None:
    one = account("Prairie Star Transport")
    made = do("createAccount", rosa, name="Prairie Star Logistics", city="Dallas", state="TX")
    assert [each.id for each in made.possible_duplicates] == [one.pk]


def test_people_are_found_by_address_and_name(vera: Actor) -> None:
    here, there = account("Ace Trucking LLC"), account("Ace Trucking Inc", city="Waco")
    elsewhere = account("Zephyr Lines")
    one = contact(here, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    twin = contact(here, "dana reyes")
    near = contact(here, "Dana Reyess")
    mail = contact(elsewhere, "D. Reyes", emails=("dana@ace.example",))
    same_firm = contact(there, "Dana Reyes")
    contact(here, "Lee Ortiz", phones=("+12145550111",))  # the switchboard
    contact(elsewhere, "Dana Reyes")  # a namesake
    alike = found(vera, contactId=one.pk)
    assert alike.keys() == {twin.pk, near.pk, mail.pk, same_firm.pk}
    assert alike[twin.pk] == (80, ["same name at the same account"])
    assert alike[mail.pk][1][0] == "same e-mail address dana@ace.example"


def test_the_search_fills_the_queue_and_what_was_dismissed_stays_away(vera: Actor, rosa: Actor) -> None:
    one, two = account("Ace Trucking LLC"), account("Ace Trucking Inc")
    account("Zephyr Lines")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    page = do("listDuplicates", vera)
    assert [(pair.first.id, pair.second.id, pair.score) for pair in page.items] == [(one.pk, two.pk, 85)]
    assert (page.total, page.scanned_at) == (1, NOON)
    dismissed = dispatch("dismissDuplicate", {"pairId": page.items[0].id}, actor=rosa, at=NOON, door="http")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON, everything=True)
    assert not do("listDuplicates", vera).items
    do("undoAction", rosa, undoId=dismissed.undo_id)
    assert len(do("listDuplicates", vera).items) == 1


def test_a_later_search_looks_at_what_changed_and_forgets_pairs_that_are_none_any_more(vera: Actor) -> None:
    one, two = account("Ace Trucking LLC"), account("Ace Trucking Inc")
    three = account("Zephyr Lines", phone_key="+12145550100")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON + timedelta(hours=1))
    later = NOON + timedelta(days=1)
    Account.objects.filter(pk=two.pk).update(name="Bobcat Freight", updated_at=later)
    Account.objects.filter(pk=one.pk).update(phone_key="+12145550100")  # not said to have changed
    scanning.scan(entity=MergeEntity.ACCOUNT, at=later)
    assert not do("listDuplicates", vera).items
    Account.objects.filter(pk=three.pk).update(updated_at=later)
    done = scanning.scan(entity=MergeEntity.ACCOUNT, at=later + timedelta(hours=1))
    assert [(pair.first.id, pair.second.id) for pair in do("listDuplicates", vera).items] == [(one.pk, three.pk)]
    assert done.compared == 2


def test_a_number_that_many_share_makes_no_pairs(vera: Actor) -> None:
    for number in range(25):
        account(f"Zzz{number:02d}abc{number * 7919} Freight", phone_key="+18005550199", city=f"Town {number}")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    assert not DuplicatePair.objects.exists()


def test_the_search_agrees_with_asking_for_each_record(vera: Actor) -> None:
    names = ["Ace Trucking LLC", "Ace Trucking Inc", "Ace Logistics", "Acme Lines", "Blue Ridge", "Blue Rigde", "Zed"]
    for number, name in enumerate(names):
        account(name, phone_key=f"+1214555010{number % 3}", state="TX" if number % 2 else "OK", city="Dallas")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    queue = {(p.first_id, p.second_id): (p.score, p.reasons) for p in DuplicatePair.objects.all()}
    asked = {
        tuple(sorted((key, other))): verdict
        for key in Account.objects.values_list("pk", flat=True)
        for other, verdict in found(vera, accountId=key).items()
    }
    assert queue == asked
    assert queue


def test_contacts_have_a_queue_of_their_own_page_by_page(vera: Actor) -> None:
    firm = account("Ace Trucking LLC")
    for number in range(4):
        contact(firm, "Dana Reyes", emails=(f"d{number}@x.example",))
    scanning.scan(entity=MergeEntity.CONTACT, at=NOON)
    seen, cursor = [], None
    while True:
        page = do("listDuplicates", vera, entity="contact", limit=4, cursor=cursor)
        seen += [pair.id for pair in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6


def test_a_pair_of_which_one_is_not_seen_is_no_pair(rosa: Actor, rick: Actor) -> None:
    from headhaul.accounts.preferences import Visibility
    from headhaul.kernel import SYSTEM
    from headhaul.preferences.services import values

    account("Ace Trucking LLC", owner_id=rosa.user_id)
    account("Ace Trucking Inc", owner_id=rick.user_id)
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    pair = DuplicatePair.objects.get()
    assert do("listDuplicates", rosa).total == 1
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    assert do("listDuplicates", rosa).total == 0
    with pytest.raises(NotFound):
        do("dismissDuplicate", rosa, pairId=pair.pk)
    assert DuplicatePair.objects.get().state == PairState.OPEN
