"""Outreach on the timeline: clicks, complaints and sequences beside everything else, once, in order, paged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account, Contact
from headhaul.accounts.selectors.pages import fetch
from headhaul.actions import dispatch
from headhaul.activities.models import Activity
from headhaul.kernel import Actor
from headhaul.outreach.models import Enrolment, EnrolmentChange, Message, MessageEvent
from tests.factories import outreach
from tests.factories.market import NOON, person

pytestmark = pytest.mark.django_db

WHEN = st.integers(0, 20).map(lambda hours: NOON - timedelta(hours=hours * 13))  # few instants: many ties
EVENTS = ("clicked human", "clicked machine", "clicked unknown", "opened machine", "complaint", "complaint machine")
MOVES = ("enrolled", "planned", "sent", "held", "paused", "resumed", "ended", "moved", "back")
KINDS = (*EVENTS, *MOVES, "note", "email")


@pytest.fixture
def rick(db: None) -> Actor:
    return person("Rick", "rep")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def paged(actor: Actor, *, limit: int, **asked: Any) -> Iterator[Any]:
    """Every entry, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = do("getTimeline", actor, limit=limit, **asked, **cursor)
        yield from page.items
        if page.next_cursor is None:
            return
        assert len(page.items) == limit
        cursor = {"cursor": page.next_cursor}


def move(of: Enrolment, kind: str, at: datetime, by: Actor | None = None, **more: Any) -> EnrolmentChange:
    """A line of its history; "back" is what was ended and is taken back."""
    states = {"back": ("stopped", "active"), "ended": ("active", "stopped"), "paused": ("active", "paused")}
    before, after = states.get(kind, ("active", "active"))
    values = {"kind": "moved" if kind == "back" else kind, "from_state": before, "to_state": after, "at": at}
    return EnrolmentChange.objects.create(enrolment=of, by_id=by.user_id if by else None, **values | more)


def fill(who: list[Contact], by: Actor, moments: list[tuple[str, datetime]]) -> None:
    """Rows of every kind at these moments, for these people in turn."""
    entered = [outreach.enrolment(outreach.sequence(), each, owner=by) for each in who]
    sent = [outreach.message(each, by=by, of=of, subject="Drivers") for each, of in zip(who, entered, strict=True)]
    tried = outreach.message(who[0], by=by, subject="A test", purpose="test")
    outreach.event(tried, "clicked", grade="human", at=NOON)
    for number, (kind, at) in enumerate(moments):
        one = number % len(who)
        if kind in EVENTS:
            word, _, grade = kind.partition(" ")
            outreach.event(sent[one], word, grade=grade, at=at)
        elif kind in MOVES:
            move(entered[one], kind, at, by if number % 2 else None, reason="A reason.")
        elif kind == "note":
            Activity.objects.create(account=who[one].account, type="note", happened_at=at, created_at=at)
        else:
            outreach.message(who[one], by=by, at=at, subject="Drivers")


def brute(account: Account, contact: Contact | None = None) -> list[tuple[datetime, str, int]]:
    """What must come, computed in plain Python: (time, source, id) in order."""
    mine = {"contact": contact} if contact else {"account": account}
    keys: list[tuple[datetime, str, int]] = []
    serials = {row["id"]: row["serial"] for row in fetch("select id, serial from outreach_message", [])}
    for note in Activity.objects.filter(**mine):
        keys.append((note.happened_at, "activity", note.pk))
    for message in Message.objects.filter(**mine).exclude(purpose="test"):
        if message.sent_at:
            keys.append((message.sent_at, "message", serials[message.pk]))
        events = list(MessageEvent.objects.filter(message=message))
        clicks = [(each.at, each.pk) for each in events if each.kind == "clicked" and each.grade == "human"]
        if clicks:
            at, key = max(clicks)
            keys.append((at, "message_event", key))
        for each in events:
            if each.kind == "complaint" and each.grade != "machine":
                keys.append((each.at, "message_event", each.pk))
    for line in EnrolmentChange.objects.filter(**{f"enrolment__{name}": value for name, value in mine.items()}):
        is_back = line.kind == "moved" and line.from_state != line.to_state
        if line.kind in ("enrolled", "paused", "resumed", "ended") or is_back:
            keys.append((line.at, "enrolment", line.pk))
    return sorted(keys, key=lambda key: (-key[0].timestamp(), key[1], -key[2]))


def found_by(actor: Actor, **asked: Any) -> list[tuple[datetime, str, str]]:
    return [(each.at, *each.id.split(":")) for each in paged(actor, **asked)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.tuples(st.sampled_from(KINDS), WHEN), max_size=30),
    limit=st.integers(1, 12),
)
def test_paging_gives_exactly_the_sorted_union_whatever_the_page_size(
    vera: Actor, rosa: Actor, moments: list[tuple[str, datetime]], limit: int
) -> None:
    from django.db import transaction

    with transaction.atomic():
        home = outreach.account(at=NOON)
        who = [outreach.contact(home) for _ in range(2)]
        fill(who, rosa, moments)
        fill([outreach.contact(at=NOON)], rosa, moments)  # somebody else's
        whole = found_by(vera, limit=limit, accountId=home.pk)
        of_one = found_by(vera, limit=limit, contactId=who[0].pk)
        wanted = [(at, source, str(key)) for at, source, key in brute(home)]
        wanted_of_one = [(at, source, str(key)) for at, source, key in brute(home, who[0])]
        transaction.set_rollback(True)
    assert whole == wanted
    assert of_one == wanted_of_one


def test_each_kind_is_filtered_for_itself_and_together_they_are_the_whole(vera: Actor, rosa: Actor) -> None:
    home = outreach.account(at=NOON)
    fill([outreach.contact(home)], rosa, [(kind, NOON - timedelta(hours=n)) for n, kind in enumerate(KINDS * 2)])

    def ids(**asked: Any) -> set[str]:
        return {each.id for each in paged(vera, limit=5, accountId=home.pk, **asked)}

    parts = {kind: ids(kinds=[kind]) for kind in ("click", "complaint", "sequence", "email", "note")}
    assert {each.kind for each in paged(vera, limit=5, accountId=home.pk)} == set(parts)
    assert all(parts.values())
    assert set.union(*parts.values()) == ids()
    assert sum(map(len, parts.values())) == len(ids())
    assert ids(kinds=["click", "sequence"]) == parts["click"] | parts["sequence"]
    middle = (NOON - timedelta(hours=9)).isoformat()
    assert ids(since=middle) | ids(until=middle) == ids()
    by_rosa = {each.id for each in paged(vera, limit=5, accountId=home.pk, userId=rosa.user_id)}
    assert not by_rosa & (parts["click"] | parts["complaint"])
    lines = EnrolmentChange.objects.filter(by_id=rosa.user_id)
    assert by_rosa & parts["sequence"] == {f"enrolment:{line.pk}" for line in lines} & parts["sequence"]
    assert ids(text="a reason") == parts["sequence"]
    assert ids(text="%") == set()


def test_it_says_what_happened_to_whom_and_why(vera: Actor, rosa: Actor) -> None:
    dana = outreach.contact(name="Dana Diaz")
    enrolled = outreach.enrolment(outreach.sequence("First touch"), dana)
    message = outreach.message(dana, by=rosa, of=enrolled, subject="Drivers")
    move(enrolled, "enrolled", NOON - timedelta(hours=6), reason="Reefer leads")
    move(enrolled, "enrolled", NOON - timedelta(hours=5), rosa, reason="person, round 1")
    move(enrolled, "paused", NOON - timedelta(hours=4), rosa, reason="They are moving.")
    move(enrolled, "ended", NOON - timedelta(hours=1), reason="All steps are done.", to_state="finished")
    move(enrolled, "ended", NOON, rosa, reason="They hired somebody.")
    outreach.event(message, "clicked", grade="human", at=NOON - timedelta(hours=3))
    outreach.event(message, "clicked", grade="human", at=NOON - timedelta(hours=2))
    outreach.event(message, "complaint", at=NOON - timedelta(minutes=30))
    entries = do("getTimeline", vera, contactId=dana.pk, kinds=["click", "complaint", "sequence"]).items
    assert [(each.title, each.body, each.actor.name if each.actor else "") for each in entries] == [
        ("Stopped in the sequence First touch", "They hired somebody.", "Rosa"),
        ("Complained about an e-mail: Drivers", "", ""),
        ("Finished the sequence First touch", "", ""),
        ("Clicked 2 times in an e-mail: Drivers", "", ""),
        ("Paused in the sequence First touch", "They are moving.", "Rosa"),
        ("Enrolled in the sequence First touch", "", "Rosa"),
        ("Enrolled in the sequence First touch", "Reefer leads", ""),
    ]
    assert {each.contact.name for each in entries} == {"Dana Diaz"}


def test_each_stands_there_when_it_is_done(max_: Actor, vera: Actor) -> None:
    dana = outreach.contact()
    sequence = outreach.sequence("First touch", owner=max_)
    do("enrollContacts", max_, sequenceId=sequence.pk, contactIds=[dana.pk])
    enrolled = Enrolment.objects.get()
    do("pauseEnrollment", max_, enrolmentIds=[enrolled.pk], reason="A holiday.")
    do("resumeEnrollment", max_, enrolmentIds=[enrolled.pk])
    do("stopEnrollment", max_, enrolmentIds=[enrolled.pk], reason="They hired somebody.")
    entries = do("getTimeline", vera, contactId=dana.pk, kinds=["sequence"]).items
    assert [each.title.split(" the sequence")[0] for each in reversed(entries)] == [
        "Enrolled in", "Paused in", "Goes on in", "Stopped in",
    ]  # fmt: skip
    assert entries[0].body == "They hired somebody."
    assert {each.target.id for each in entries} == {enrolled.pk}
