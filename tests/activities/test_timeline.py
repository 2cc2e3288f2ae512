"""The timeline: everything once, in order, whatever the page size; for whom it is; and not flooded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account, Contact, FieldChange
from headhaul.actions.models import AuditEntry
from headhaul.activities.choices import ActivityType
from headhaul.activities.models import Activity, Alert, ScoreMove
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor, InvalidData
from tests.activities.conftest import account_named, contact_at, do
from tests.cast import NOON

pytestmark = pytest.mark.django_db

WHEN = st.integers(0, 30).map(lambda hours: NOON - timedelta(hours=hours * 13))  # few instants: many ties


def paged(actor: Actor, *, limit: int, **asked: Any) -> Iterator[Any]:
    """Every entry, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = do("getTimeline", actor, limit=limit, **asked, **cursor)
        assert len(page.items) <= limit
        yield from page.items
        if page.next_cursor is None:
            return
        assert len(page.items) == limit
        cursor = {"cursor": page.next_cursor}


def change(
    account: Account, field: str, old: Any, new: Any, at: datetime, by: Actor | None, **more: Any
) -> FieldChange:
    """A value that changed."""
    return FieldChange.objects.create(
        account=account, field=field, old=old, new=new, valid_from=at, recorded_at=at,
        changed_by_id=by.user_id if by else None, **more,
    )  # fmt: skip


def fill(account: Account, contact: Contact, by: Actor, moments: list[tuple[str, datetime]]) -> None:
    """Rows of every source at these moments."""
    for number, (kind, at) in enumerate(moments):
        match kind:
            case "alert":
                Alert.objects.create(kind="signal_spike", dot_number=number, day=at.date(), severity="high",
                                     text=f"rise {number}", account=account, created_at=at)  # fmt: skip
            case "score":
                ScoreMove.objects.create(account=account, day=NOON.date() - timedelta(days=number),
                                         score_hundredths=7000, before_hundredths=5000, noted_at=at)  # fmt: skip
            case "change":
                change(account, f"field{number % 3}", number, number + 1, at, by,
                       contact=contact if number % 3 == 0 else None)  # fmt: skip
            case "refresh":
                change(account, "fleet_size", number, number + 1, at, None)
            case "consent":
                ConsentEvent.objects.create(address="dana@lonestar.example", channel="sms", status="opted_in",
                                            source="a call", captured_at=at, recorded_at=at)  # fmt: skip
            case "audit":
                AuditEntry.objects.create(at=at, action="addTag", outcome="done", actor_kind="user", actor="Rosa",
                                          user_id=by.user_id, door="console", request_id="r",
                                          target_type="account" if number % 2 else "contact",
                                          target_id=str(account.pk if number % 2 else contact.pk),
                                          data_keys=["tag"])  # fmt: skip
            case _:
                is_done = kind == "task" and number % 2
                Activity.objects.create(account=account, type=kind, happened_at=at, created_at=at, owner_id=by.user_id,
                                        completed_at=at + timedelta(hours=13) if is_done else None,
                                        subject=f"{kind} {number}")  # fmt: skip


def brute(account: Account, contact: Contact) -> list[tuple[datetime, str, int]]:
    """What must come, computed in plain Python: (time, source, id) in order."""
    keys: list[tuple[datetime, str, int]] = []
    for activity in Activity.objects.filter(account=account):
        keys.append((activity.happened_at, "activity", activity.pk))
        if activity.completed_at:
            keys.append((activity.completed_at, "done", activity.pk))
    keys += [(each.created_at, "alert", each.pk) for each in Alert.objects.filter(account=account)]
    keys += [(each.noted_at, "score", each.pk) for each in ScoreMove.objects.filter(account=account)]
    keys += [(each.recorded_at, "consent", each.pk) for each in ConsentEvent.objects.all()]
    for entry in AuditEntry.objects.filter(action="addTag"):
        keys.append((entry.at, "audit" if entry.target_type == "account" else "audit_contact", entry.pk))
    saves: dict[Any, FieldChange] = {}
    for each in FieldChange.objects.filter(account=account).order_by("recorded_at", "pk"):
        week = each.recorded_at.isocalendar()[:2]
        saves[(each.changed_by_id, each.contact_id, each.recorded_at if each.changed_by_id else week)] = each
    for (user, contact_id, _), last in saves.items():
        group = [e for e in FieldChange.objects.filter(account=account, changed_by_id=user, contact_id=contact_id)
                 if (e.recorded_at == last.recorded_at if user else
                     e.recorded_at.isocalendar()[:2] == last.recorded_at.isocalendar()[:2])]  # fmt: skip
        keys.append((last.recorded_at, "change" if user else "refresh", max((e.recorded_at, e.pk) for e in group)[1]))
    return sorted(keys, key=lambda key: (-key[0].timestamp(), key[1], -key[2]))


KINDS = ("call", "task", "note", "stage_change", "alert", "score", "change", "refresh", "consent", "audit")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.tuples(st.sampled_from(KINDS), WHEN), max_size=40),
    limit=st.integers(1, 12),
)
def test_paging_gives_exactly_the_sorted_union_whatever_the_page_size(
    rosa: Actor, ada: Actor, moments: list[tuple[str, datetime]], limit: int
) -> None:
    from django.db import transaction

    with transaction.atomic():
        account = account_named("Lone Star")
        contact = contact_at(account, "Dana", email="dana@lonestar.example")
        account_named("Other")
        fill(account, contact, rosa, moments)
        found = [(each.at, *each.id.split(":")) for each in paged(ada, limit=limit, accountId=account.pk)]
        wanted = [(at, source, str(key)) for at, source, key in brute(account, contact)]
        transaction.set_rollback(True)
    assert found == wanted


@pytest.fixture
def full(rosa: Actor, account: Account, dana: Contact) -> Account:
    """Something of everything."""
    moments = [(kind, NOON - timedelta(hours=number)) for number, kind in enumerate(KINDS * 2)]
    fill(account, dana, rosa, moments)
    return account


def test_the_audit_is_for_managers(full: Account, rosa: Actor, max_: Actor) -> None:
    kinds = {name: {each.kind for each in paged(who, limit=50, accountId=full.pk)}
             for name, who in (("rep", rosa), ("manager", max_))}  # fmt: skip
    assert "audit" not in kinds["rep"]
    assert kinds["manager"] - kinds["rep"] == {"audit"}
    entry = next(each for each in paged(max_, limit=50, accountId=full.pk, kinds=["audit"]))
    assert entry.title == "[AUDIT] addTag"


def test_kinds_people_dates_and_words_narrow_it(full: Account, rosa: Actor, rick: Actor) -> None:
    def ids(**asked: Any) -> set[str]:
        return {each.id for each in paged(rosa, limit=7, accountId=full.pk, **asked)}

    everything = ids()
    assert {each.split(":")[0] for each in ids(kinds=["call", "signal"])} == {"activity", "alert", "score"}
    assert ids(userId=rick.user_id) == set()
    assert {each.split(":")[0] for each in ids(userId=rosa.user_id)} == {"activity", "done", "change"}
    middle = (NOON - timedelta(hours=9)).isoformat()
    assert ids(since=middle) | ids(until=middle) == everything
    assert ids(since=middle) & ids(until=middle) == set()
    assert {each.split(":")[0] for each in ids(text="RISE")} == {"alert"}
    assert ids(text="100%") == set()


def test_a_filter_that_is_none_is_refused_with_those_there_are(full: Account, rosa: Actor) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("getTimeline", rosa, accountId=full.pk, kinds=["calls"])
    assert "stage_change" in refusal.value.fields["kinds"]


def test_a_contacts_timeline_holds_what_is_theirs(full: Account, rosa: Actor, dana: Contact) -> None:
    do("logActivity", rosa, type="call", contactId=dana.pk)
    found = list(paged(rosa, limit=3, contactId=dana.pk))
    assert {each.kind for each in found} == {"call", "change", "consent"}
    assert {each.contact.name for each in found} == {"Dana Ortiz"}


def test_entries_lead_somewhere_and_say_what_can_be_changed(rosa: Actor, rick: Actor, account: Account) -> None:
    made = do("logActivity", rosa, type="note", accountId=account.pk, body="Ask @Rick Stone", subject="Yard").activity
    own = do("getTimeline", rosa, accountId=account.pk).items[0]
    assert (own.title, own.version, own.is_editable, own.edited_at) == ("Yard", 1, True, None)
    assert (own.target.type, own.target.id, own.actor.id) == ("activity", made.id, rosa.user_id)
    assert [person.id for person in own.mentioned] == [rick.user_id]
    assert not do("getTimeline", rick, accountId=account.pk).items[0].is_editable


def test_a_forged_cursor_is_refused(full: Account, rosa: Actor) -> None:
    from headhaul.kernel.keyset import encode_cursor

    for values in ([None, "activity", 1], [datetime(1, 1, 1, tzinfo=UTC), "activity", 1], [NOON, "activity", None]):
        with pytest.raises(InvalidData):
            do("getTimeline", rosa, accountId=full.pk, cursor=encode_cursor("timeline", values))


def test_every_type_has_a_place_in_the_filters(rosa: Actor, account: Account) -> None:
    kinds = set(do("getTimeline", rosa, accountId=account.pk).kinds)
    assert kinds >= {*map(str, ActivityType), "signal", "change", "consent", "audit"}
