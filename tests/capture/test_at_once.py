"""Two phones, one moment: nothing is doubled, nothing is lost, turns are taken."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from headhaul.accounts.models import Account, Contact
from headhaul.activities.models import Activity, Notification
from headhaul.capture.models import Lead, LeadTouch
from headhaul.kernel import Actor, AppError, Role
from headhaul.pipeline.models import Opportunity
from tests.capture.doing import captured, do
from tests.factories.market import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("signals_are_dropped")]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    connections.close_all()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it in threads that start together; answers or refusals in the order given."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def work_off(number: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[number] = work()
        except AppError as refusal:
            answers[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=work_off, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def test_the_same_lead_from_five_senders_is_one(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    key = str(uuid.uuid4())
    send = partial(captured, rosa, clientId=key, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz")
    answers = at_once(*[send] * 5)
    assert Counter(str(answer.status) for answer in answers) == {"created": 1, "already": 4}
    assert len({answer.lead_id for answer in answers}) == 1
    counts = [model.objects.count() for model in (Lead, Account, Contact, Opportunity, LeadTouch)]
    assert counts == [1, 1, 1, 1, 1]
    assert Activity.objects.filter(type="task").count() == 1
    assert Notification.objects.filter(kind="lead").count() == 1


@pytest.mark.parametrize(
    "shared",
    [
        {"dotNumber": 101, "contactName": "Dana Diaz"},
        {"company": "Sunbelt", "state": "TX", "contactName": "Dana Diaz"},
        {"contactName": "Dana Diaz", "phones": ["2145550101"]},
        {"contactName": "Dana Diaz", "emails": ["dana@sunbelt.example"]},
    ],
    ids=lambda shared: next(iter(shared)),
)
def test_one_person_taken_down_by_two_phones_is_one_lead(
    rosa: Actor, rick: Actor, fair: Any, hot_carrier: int, shared: dict[str, Any]
) -> None:
    answers = at_once(*[partial(captured, by, eventId=fair.id, **shared) for by in (rosa, rick, rosa, rick)])
    assert Counter(str(answer.status) for answer in answers) == {"created": 1, "joined": 3}
    assert (Lead.objects.counted().count(), Account.objects.count(), Contact.objects.count()) == (1, 1, 1)
    assert Lead.objects.count() == 4


def test_by_number_on_one_phone_and_by_the_census_telephone_on_the_other_it_is_one_account(
    rosa: Actor, rick: Actor, fair: Any, hot_carrier: int
) -> None:
    answers = at_once(
        partial(captured, rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz"),
        partial(captured, rick, eventId=fair.id, contactName="Walt Wong", phones=["214-555-0100"]),
    )
    assert answers[0].account_id == answers[1].account_id
    assert Account.objects.count() == 1


@pytest.mark.parametrize("mails", [True, False], ids=["by their mail", "by the name alone"])
def test_a_dozen_people_of_one_company_whose_state_nobody_typed_are_of_one_account(
    rosa: Actor, rick: Actor, fair: Any, mails: bool
) -> None:
    names = ["Acme Haul", "ACME HAUL LLC", "Acme Haul, Inc."]
    works = [
        partial(
            captured,
            rick if number % 2 else rosa,
            eventId=fair.id,
            company=names[number % 3],
            contactName=f"Person {uuid.uuid4().hex}",
            **({"emails": [f"p{number}@acmehaul.example"]} if mails else {}),
        )
        for number in range(12)
    ]
    answers = at_once(*works)
    assert len({answer.account_id for answer in answers}) == 1
    assert (Account.objects.count(), Contact.objects.count()) == (1, 12)


def test_leads_of_one_moment_go_round(rosa: Actor, rick: Actor, max_: Actor) -> None:
    rita, rob = person("Rita", Role.REP), person("Rob", Role.REP)
    takers = [{"userId": one.user_id} for one in (rosa, rick, rita, rob)]
    do("saveLeadRouting", max_, version=0, rules=[{"key": "all", "name": "All", "takers": takers}])
    works = [partial(captured, max_, company=f"Firm {uuid.uuid4().hex}", contactName="Al") for _ in range(8)]
    owners = Counter(answer.owner.name for answer in at_once(*works))
    assert owners == {"Rosa": 2, "Rick": 2, "Rita": 2, "Rob": 2}


def test_a_limit_a_day_holds_when_leads_come_at_once(rosa: Actor, max_: Actor) -> None:
    rules = [{"key": "all", "name": "All", "takers": [{"userId": rosa.user_id, "perDay": 2}]}]
    do("saveLeadRouting", max_, version=0, rules=rules)
    works = [partial(captured, max_, company=f"Firm {uuid.uuid4().hex}", contactName="Al") for _ in range(6)]
    owners = Counter(answer.owner.name for answer in at_once(*works))
    assert owners == {"Rosa": 2, "Max": 4}


def test_two_batches_with_the_same_leads_crosswise_are_each_taken_once(rosa: Actor, fair: Any) -> None:
    items = [
        {
            "clientId": str(uuid.UUID(int=number)),
            "eventId": fair.id,
            "company": f"Company {number:03}",
            "state": "TX",
            "contactName": f"P{number}",
            "phones": [f"214555{number:04}"],
        }
        for number in range(100, 115)
    ]
    one, two = at_once(
        partial(do, "captureLeads", rosa, items=items), partial(do, "captureLeads", rosa, items=items[::-1])
    )
    assert one.failed == two.failed == 0
    assert one.created + two.created == 15
    assert one.already + two.already == 15
    assert (Lead.objects.count(), Account.objects.count()) == (15, 15)
