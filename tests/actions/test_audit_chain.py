"""The audit cannot be changed unnoticed, and writers do not wait for each other to make it so."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry, AuditPending, AuditSeal
from headhaul.actions.services.sealing import Head, chain_digest, entry_digest, head, seal_pending
from headhaul.actions.services.verifying import Verdict, verify
from headhaul.kernel import Actor
from tests.actions.test_idempotency import in_threads
from tests.cast import NOON, actor_named


def write(actor: Actor, name: str = "Renamed") -> None:
    dispatch("sampleWrite", {"userId": actor.user_id, "name": name}, actor=actor, at=NOON, door="http")


@pytest.fixture
def sealed(rosa: Actor) -> list[int]:
    """Ten entries, sealed; their ids in order."""
    for number in range(10):
        write(rosa, f"Name {number}")
    assert seal_pending(at=NOON) == 10
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def as_superuser(statement: str, *given: object) -> None:
    """What a superuser does who knows how to switch triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE actions_auditentry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE actions_auditseal DISABLE TRIGGER USER")
        cursor.execute(statement, given)
        cursor.execute("ALTER TABLE actions_auditentry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE actions_auditseal ENABLE TRIGGER USER")


def problem(verdict: Verdict) -> tuple[str, int | None]:
    assert verdict.first_break is not None
    return verdict.first_break.problem, verdict.first_break.entry_id


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["actions_auditentry", "actions_auditseal"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_or_remove(sealed: list[int], table: str, verb: str) -> None:
    column = "entry_id" if table.endswith("seal") else "id"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table, column, column))


@pytest.mark.django_db
def test_an_untouched_audit_is_intact(sealed: list[int], rosa: Actor) -> None:
    write(rosa)
    verdict = verify()
    assert (verdict.checked, verdict.not_yet_sealed, verdict.first_break) == (10, 1, None)
    assert verdict.head == head()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'refused', code = 'x'",
        "actor = 'somebody else'",
        "at = at + interval '1 microsecond'",
        "data_keys = '{}'",
        "target_id = '0'",
        "user_id = NULL",
        "door = 'cli'",
    ],
)
def test_a_changed_entry_is_named(sealed: list[int], change: str) -> None:
    as_superuser(f"UPDATE actions_auditentry SET {change} WHERE id = %s", sealed[4])
    assert problem(verify()) == ("changed", sealed[4])


@pytest.mark.django_db
def test_a_removed_entry_is_named(sealed: list[int]) -> None:
    as_superuser("DELETE FROM actions_auditentry WHERE id = %s", sealed[7])
    assert problem(verify()) == ("missing", sealed[7])


@pytest.mark.django_db
def test_an_entry_removed_before_its_seal_is_named(sealed: list[int], rosa: Actor) -> None:
    write(rosa)
    late = AuditEntry.objects.latest("id").pk
    as_superuser("DELETE FROM actions_auditentry WHERE id = %s", late)
    seal_pending(at=NOON)
    assert problem(verify()) == ("missing", late)


@pytest.mark.django_db
def test_an_entry_that_came_in_past_the_triggers_is_named(sealed: list[int]) -> None:
    columns = ", ".join(f.column for f in AuditEntry._meta.fields if f.column != "id")
    as_superuser(f"INSERT INTO actions_auditentry ({columns}) SELECT {columns} FROM actions_auditentry LIMIT 1")
    assert problem(verify()) == ("smuggled", AuditEntry.objects.latest("id").pk)


@pytest.mark.django_db
def test_a_removed_seal_is_named(sealed: list[int]) -> None:
    as_superuser("DELETE FROM actions_auditseal WHERE position = 5")
    verdict = verify()
    assert verdict.first_break is not None
    assert (verdict.first_break.problem, verdict.first_break.position) == ("missing_seal", 5)


@pytest.mark.django_db
def test_swapped_seals_are_named(sealed: list[int]) -> None:
    as_superuser(
        "UPDATE actions_auditseal a SET entry_id = -b.entry_id, entry_digest = b.entry_digest FROM actions_auditseal b"
        " WHERE (a.position, b.position) IN ((3, 4), (4, 3))"
    )
    as_superuser("UPDATE actions_auditseal SET entry_id = -entry_id WHERE entry_id < 0")
    assert problem(verify()) == ("forged_seal", sealed[3])


def rewrite_from(position: int, *, to_the_end: bool) -> None:
    """Change an entry and forge its seal, and on request all that follow, as somebody would who knows how."""
    as_superuser(
        "UPDATE actions_auditentry SET actor = 'nobody' WHERE id ="
        " (SELECT entry_id FROM actions_auditseal WHERE position = %s)",
        position,
    )
    chain = bytes(AuditSeal.objects.get(position=position - 1).chain_digest)
    for seal in AuditSeal.objects.filter(position__gte=position).order_by("position"):
        entry = AuditEntry.objects.filter(pk=seal.entry_id).values_list().get()
        digest = entry_digest(entry)
        chain = chain_digest(chain, digest)
        as_superuser(
            "UPDATE actions_auditseal SET entry_digest = %s, chain_digest = %s WHERE position = %s",
            digest,
            chain,
            seal.position,
        )
        if not to_the_end:
            return


@pytest.mark.django_db
def test_a_forged_seal_is_found_at_the_link_that_does_not_follow(sealed: list[int]) -> None:
    rewrite_from(5, to_the_end=False)
    assert problem(verify()) == ("forged_seal", sealed[5])


@pytest.mark.django_db
def test_a_whole_chain_rewritten_is_found_by_a_head_noted_before(sealed: list[int], rosa: Actor) -> None:
    noted = head()
    rewrite_from(5, to_the_end=True)
    write(rosa)
    seal_pending(at=NOON)
    assert verify().first_break is None
    assert problem(verify(expected=noted)) == ("rewritten", None)


@pytest.mark.django_db
def test_a_chain_cut_short_is_found_by_a_head_noted_before(sealed: list[int]) -> None:
    noted = head()
    as_superuser("DELETE FROM actions_auditseal WHERE position > 8")
    as_superuser("DELETE FROM actions_auditentry WHERE id > %s", sealed[7])
    assert verify().first_break is None
    assert problem(verify(expected=noted)) == ("cut", None)
    assert verify(expected=Head(8, head().digest)).first_break is None


@pytest.mark.django_db
def test_sealing_goes_on_batch_by_batch(rosa: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        write(rosa)
    assert seal_pending(at=NOON) == 5
    assert seal_pending(at=NOON) == 0
    assert list(AuditSeal.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert not AuditPending.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_two_sealers_at_once_lose_and_fork_nothing() -> None:
    actors = [actor_named(name) for name in ("rosa", "max", "ada")]
    done = threading.Event()

    def writer(number: int) -> Callable[[], None]:
        def work() -> None:
            chance = random.Random(number)
            for turn in range(25):
                with transaction.atomic():
                    write(actors[number % 3], f"{number} {turn}")
                    if chance.random() < 0.2:
                        transaction.set_rollback(True)

        return work

    def sealer() -> None:
        while not done.is_set():
            seal_pending(at=NOON)
        seal_pending(at=NOON)

    sealers = [threading.Thread(target=lambda: (sealer(), connection.close())) for _ in range(2)]
    for thread in sealers:
        thread.start()
    in_threads(8, lambda number: writer(number)())
    done.set()
    for thread in sealers:
        thread.join()
    seal_pending(at=NOON)
    verdict = verify()
    assert verdict.first_break is None
    assert verdict.not_yet_sealed == 0
    assert verdict.checked == AuditEntry.objects.count() > 100
