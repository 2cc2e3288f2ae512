"""Denials: by five scopes, added at once, lifted by an administrator after a day, and never lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.models import Suppression
from headhaul.compliance.selectors import suppression as reading
from headhaul.compliance.services import forgetting, suppression
from headhaul.compliance.services.suppression import Denial, NotSuppressed
from headhaul.kernel import SYSTEM, Actor, Forbidden, InvalidData, NotFound
from tests.cast import NOON

pytestmark = pytest.mark.django_db

JOE, NUMBER = "joe@fleet.example", "+12145550100"
EMAIL, SMS, CALL, ALL = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL, ConsentChannel.ALL
HOUR = timedelta(hours=1)


def deny(
    scope: Scope = Scope.ADDRESS,
    key: str = NUMBER,
    channel: ConsentChannel = SMS,
    reason: SuppressionReason = SuppressionReason.OPT_OUT,
    at: datetime = NOON,
) -> int:
    return suppression.add(
        scope=scope, key=key, channel=channel, reason=reason, source="STOP by text", at=at, by=SYSTEM
    )


def hit(channel: str = "sms", address: str = NUMBER, at: datetime = NOON + HOUR, **known: object) -> list[str]:
    asked = Proposal(channel=channel, address=address, **known)  # type: ignore[arg-type]
    return [each.scope for each in reading.hits(asked, at=at)]


@pytest.mark.parametrize(
    ("scope", "key", "asked"),
    [
        (Scope.ADDRESS, "Joe@Fleet.example", {"address": JOE}),
        (Scope.CONTACT, "7", {"address": JOE, "contact_id": 7}),
        (Scope.ACCOUNT, "8", {"address": JOE, "account_id": 8}),
        (Scope.DOMAIN, "fleet.example", {"address": JOE}),
        (Scope.DOMAIN, "fleet.example", {"address": "joe@mail.fleet.example"}),
        (Scope.DOT, "0080321", {"address": JOE, "dot_number": "80321"}),
    ],
)
def test_every_scope_reaches_whom_it_is_about_and_nobody_else(scope: Scope, key: str, asked: dict[str, str]) -> None:
    deny(scope, key, EMAIL)
    assert hit("email", **asked) == [scope.value]  # type: ignore[arg-type]
    assert hit("email", address="ann@other.example", contact_id=9, account_id=10, dot_number="1") == []
    assert hit("sms", **asked) == []  # type: ignore[arg-type]


def test_do_not_contact_is_every_channel_and_a_call_by_a_machine_is_a_call() -> None:
    deny(channel=ALL)
    assert [hit(channel) for channel in ("sms", "call", "ai_call")] == [["address"]] * 3
    deny(key="+12145550101", channel=CALL)
    assert hit("ai_call", address="+12145550101") == ["address"]


def test_the_same_denial_is_there_once_and_each_reason_stands_for_itself() -> None:
    assert deny() == deny(at=NOON + HOUR)
    assert deny(reason=SuppressionReason.COMPLAINT) != deny()
    assert Suppression.objects.count() == 2


def test_a_lift_takes_an_administrator_a_proof_and_a_day(ada: Actor, rosa: Actor) -> None:
    row = deny()
    with pytest.raises(Forbidden):
        suppression.lift(suppression_id=row, why="asked", evidence="letter", at=NOON, by=rosa)
    with pytest.raises(InvalidData):
        suppression.lift(suppression_id=row, why="asked", evidence=" ", at=NOON, by=ada)
    _, ends = suppression.lift(suppression_id=row, why="asked", evidence="letter", at=NOON, by=ada)
    assert ends == NOON + 24 * HOUR
    assert hit(at=ends - HOUR) == ["address"]
    assert hit(at=ends) == []
    with pytest.raises(NotSuppressed):
        suppression.lift(suppression_id=row, why="asked", evidence="letter", at=NOON, by=ada)
    with pytest.raises(NotFound):
        suppression.lift(suppression_id=row + 99, why="asked", evidence="letter", at=NOON, by=ada)


def test_a_denial_during_the_day_of_a_lift_stands(ada: Actor) -> None:
    suppression.lift(suppression_id=deny(), why="asked", evidence="letter", at=NOON, by=ada)
    deny(at=NOON + HOUR)
    assert hit(at=NOON + 48 * HOUR) == ["address"]


def test_whoever_opted_out_can_come_back_by_themselves_but_a_complaint_stays() -> None:
    deny()
    suppression.welcome_back(address=NUMBER, channel=SMS, evidence="START", source="sms", at=NOON + HOUR, by=SYSTEM)
    assert hit(at=NOON + HOUR) == []
    deny(reason=SuppressionReason.COMPLAINT, at=NOON + HOUR)
    suppression.welcome_back(address=NUMBER, channel=SMS, evidence="START", source="sms", at=NOON + HOUR, by=SYSTEM)
    assert hit(at=NOON + 2 * HOUR) == ["address"]


def test_whoever_comes_back_is_no_longer_denied_as_a_person_but_a_word_against_every_way_stands() -> None:
    for scope, key in ((Scope.ADDRESS, NUMBER), (Scope.ADDRESS, "+12145550101"), (Scope.CONTACT, "7")):
        deny(scope, key)
    deny(Scope.CONTACT, "8", ALL)
    suppression.welcome_back(
        address=NUMBER, channel=SMS, evidence="START", source="sms", at=NOON + HOUR, by=SYSTEM, contact_ids=(7, 8)
    )
    assert hit(contact_id=7) == []
    assert hit(address="+12145550101", contact_id=7) == ["address"]
    assert hit(contact_id=8) == ["contact"]


def test_an_erased_persons_denial_stays_by_its_hash_and_can_still_be_lifted(ada: Actor) -> None:
    row = deny()
    forgetting.forget(addresses=[NUMBER], at=NOON)
    kept = Suppression.objects.get()
    assert (kept.key, kept.evidence, len(kept.key_hash)) == ("", "", 64)
    assert hit() == ["address"]
    _, ends = suppression.lift(suppression_id=row, why="asked", evidence="letter", at=NOON, by=ada)
    assert hit(at=ends) == []


@pytest.mark.parametrize("change", [{"key": ""}, {"is_lift": True}, {"channel": "email"}, None])
def test_no_denial_is_ever_changed_or_removed(change: dict[str, object] | None) -> None:
    deny()
    rows = Suppression.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        _ = rows.delete() if change is None else rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate compliance_suppression cascade")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local headhaul.erasing = 'on'; update compliance_suppression set channel = 'email'")
    assert hit() == ["address"]


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        (Scope.ADDRESS, "nobody"),
        (Scope.CONTACT, "x"),
        (Scope.DOT, ""),
        (Scope.DOMAIN, "gmail.com"),
        (Scope.DOMAIN, "x"),
    ],
)
def test_a_key_has_to_be_one(scope: Scope, key: str) -> None:
    with pytest.raises(InvalidData):
        deny(scope, key, EMAIL)


_KEYS = st.sampled_from([NUMBER, "+12145550101", JOE])
_STEP = st.one_of(
    st.tuples(st.just("import"), st.lists(_KEYS, max_size=4), st.sampled_from([EMAIL, SMS, ALL])),
    st.tuples(st.just("merge"), st.sampled_from(["1", "2", "3"]), st.sampled_from(["1", "2", "3"])),
    st.tuples(st.just("deny"), st.sampled_from(["1", "2", "3"]), st.sampled_from([EMAIL, SMS, ALL])),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=12))
def test_the_set_of_denials_never_shrinks_under_imports_and_merges(steps: list[tuple[str, object, object]]) -> None:
    with transaction.atomic():
        before: set[tuple[str, ...]] = set()
        for number, (kind, first, second) in enumerate(steps):
            at = NOON + number * HOUR
            if kind == "import":
                given_rows = [
                    Denial(Scope.ADDRESS, str(key), ConsentChannel(str(second)), SuppressionReason.OPT_OUT, "import")
                    for key in first  # type: ignore[attr-defined]
                ]
                suppression.add_many(denials=given_rows, at=at, by=SYSTEM)
            elif kind == "merge":
                suppression.carry(scope=Scope.CONTACT, old=str(first), new=str(second), at=at, by=SYSTEM)
            else:
                deny(Scope.CONTACT, str(first), ConsentChannel(str(second)), at=at)
            now = {(each["scope"], each["key"], each["channel"], each["reason"]) for each in _active(at)}
            assert before <= now
            if kind == "merge":
                channels = {scope_key: {row[2] for row in now if row[1] == scope_key} for scope_key in "123"}
                assert channels[str(first)] <= channels[str(second)]
            before = now
        transaction.set_rollback(True)


def _active(at: datetime) -> list[dict[str, str]]:
    found = reading.rows(at=at, scope="", channel="", reason="", search="", active=True, before=0, limit=500)
    return list(found)
