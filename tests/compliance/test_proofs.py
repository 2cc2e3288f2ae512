"""Proofs: sealed in a chain, checked, exported, replayed under other rules, and kept when a person is forgotten."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from headhaul.actions import dispatch
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.words import Content
from headhaul.compliance.models import Receipt
from headhaul.compliance.schemas.receipts import ExportReceipts, GetReceipts, ReplaySends
from headhaul.compliance.selectors import receipts as reading
from headhaul.compliance.services import forgetting, preflight, proving, sealing, verifying
from headhaul.compliance.services.sealing import Head
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound, Recipient

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
JOE = "joe@fleet.example"
MAIL = Recipient("email", JOE, contact_id=1, account_id=2, zones=("America/Chicago",), states=("TX",), country="US")
WORDS = Content(subject="Drivers", text="Hello Joe", body_hash="abc", approved_hash="abc")


def decided(count: int = 3, *, content: Content | None = None) -> list[int]:
    return [
        preflight.admit(
            replace(MAIL, address=f"{number}{JOE}", contact_id=number), at=NOON, attempt_id=uuid4(), content=content
        ).receipt_id
        for number in range(1, count + 1)
    ]


def tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table compliance_receipt disable trigger append_only")
        cursor.execute(sql)
        cursor.execute("alter table compliance_receipt enable trigger append_only")


def test_receipts_are_tied_to_a_chain_that_holds() -> None:
    decided()
    assert sealing.seal_pending(at=NOON) == 3
    assert sealing.seal_pending(at=NOON) == 0
    found = verifying.verify()
    assert (found.checked, found.not_yet_sealed, found.first_break) == (3, 0, None)
    assert verifying.verify(expected=sealing.head()).first_break is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update compliance_receipt set rules_hash = 'x' where sequence = 2", "not what was sealed"),
        ("update compliance_receipt set address = 'else@fleet.example' where sequence = 2", "Address or words"),
        ("update compliance_receipt set facts = '{}' where sequence = 2", "not what was sealed"),
        ("update compliance_receipt set at = at + interval '1 hour' where sequence = 2", "not what was sealed"),
        ("delete from compliance_receipt where sequence = 2", "missing"),
        ("update compliance_receipt set seal = repeat('0', 64) where sequence = 2", "not what was sealed"),
    ],
)
def test_whoever_changes_or_removes_one_is_found_out(change: str, said: str) -> None:
    decided()
    sealing.seal_pending(at=NOON)
    tamper(change)
    broken = verifying.verify().first_break
    assert broken is not None
    assert said in broken.said
    assert broken.sequence == 2


def test_a_chain_that_was_made_anew_is_found_out_by_a_noted_end() -> None:
    decided()
    sealing.seal_pending(at=NOON)
    noted = sealing.head()
    tamper("update compliance_receipt set sequence = null, previous = '', seal = '', tzdata = 'x'")
    sealing.seal_pending(at=NOON)
    assert verifying.verify().first_break is None
    assert verifying.verify(expected=noted).first_break is not None
    assert verifying.verify(expected=Head(99, noted.seal)).first_break is not None


def test_a_proof_has_facts_words_reasons_and_neighbours_and_anybody_can_hash_it() -> None:
    keys = decided(content=WORDS)
    sealing.seal_pending(at=NOON)
    (proof,) = proving.export(asked=ExportReceipts(receipt_id=keys[1]), at=NOON).proofs
    assert (proof.before.sequence, proof.sequence, proof.after.sequence) == (1, 2, 3)  # type: ignore[union-attr]
    assert proof.after.previous == proof.seal == hashlib.sha256(proof.sealed_text.encode()).hexdigest()  # type: ignore[union-attr]
    assert proof.seal_holds is True
    assert proof.content["text"] == "Hello Joe"  # type: ignore[index]
    assert proof.facts["facts"]["zones"] == ["America/Chicago"]
    assert proof.rules_are_current
    with pytest.raises(InvalidData):
        proving.export(asked=ExportReceipts(), at=NOON)
    with pytest.raises(NotFound):
        proving.export(asked=ExportReceipts(contact_id=99), at=NOON)


def test_an_address_is_found_again_also_once_it_is_forgotten_and_the_chain_still_holds() -> None:
    decided(content=WORDS)
    forgetting.forget(addresses=[f"2{JOE}"], at=NOON)
    (proof,) = proving.export(asked=ExportReceipts(address=f"2{JOE}"), at=NOON).proofs
    assert (proof.receipt.address, proof.content, proof.seal_holds) == ("", None, True)
    assert proof.facts["facts"]["zones"] == ["America/Chicago"]
    assert verifying.verify().first_break is None
    assert Receipt.objects.filter(address=f"2{JOE}").count() == 0
    tamper("update compliance_receipt set rules_hash = 'x' where erased_at is not null")
    assert verifying.verify().first_break is not None


def test_past_sends_are_judged_again_under_other_rules() -> None:
    decided(2)
    text = Recipient("sms", "+12145550100", contact_id=9, zones=("America/Chicago",), states=("TX",), country="US")
    preflight.admit(text, at=NOON)  # refused: no consent
    now = proving.replay(asked=ReplaySends())
    assert (now.checked, now.would_fail, now.rules_hash) == (2, 0, rules.current().hash)
    stricter = rules.text().replace('role_addresses = ["abuse"', 'role_addresses = ["1joe", "abuse"')
    then = proving.replay(asked=ReplaySends(rules=stricter))
    assert then.rules_hash != now.rules_hash
    assert (then.checked, then.would_fail, [each.contact_id for each in then.first]) == (2, 1, [1])
    assert sum(then.by_rule.values()) == 1
    assert proving.replay(asked=ReplaySends(since=NOON + timedelta(days=1))).checked == 0
    with pytest.raises(InvalidData, match="cannot be used"):
        proving.replay(asked=ReplaySends(rules="nonsense ="))


def test_decisions_are_found_by_whom_what_and_why_page_by_page() -> None:
    decided(5)
    preflight.admit(replace(MAIL, channel="sms", address="+12145550100"), at=NOON)
    first = reading.page(GetReceipts(limit=4))
    rest = reading.page(GetReceipts(limit=4, cursor=first.next_cursor))
    assert [len(first.items), len(rest.items), first.total, rest.next_cursor] == [4, 2, 6, None]
    denied = reading.page(GetReceipts(outcome="deny")).items  # type: ignore[arg-type]
    assert [each.address for each in denied] == ["+12145550100"]
    assert reading.page(GetReceipts(rule=denied[0].reasons[0].rule)).total == 1
    assert reading.page(GetReceipts(search="3Joe@fleet.example")).total == 1
    assert reading.page(GetReceipts(contact_id=3)).total == 1


def test_proofs_are_for_managers(rosa: Actor, max_: Actor) -> None:
    decided(1)
    sealing.seal_pending(at=NOON)
    for name in ("getReceipts", "verifyReceipts", "replaySends"):
        with pytest.raises(Forbidden):
            dispatch(name, {}, actor=rosa, at=NOON, door="http")
        assert dispatch(name, {}, actor=max_, at=NOON, door="http").payload
    assert dispatch("exportReceipts", {"contactId": 1}, actor=max_, at=NOON, door="http").payload.is_complete
