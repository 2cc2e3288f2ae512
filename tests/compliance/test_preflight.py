"""The pre-flight: facts are gathered, limits used up only by a yes, and every decision leaves its receipt."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from headhaul.compliance.choices import ConsentChannel, ConsentStatus, HoldScope, Outcome, Scope, SuppressionReason
from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.words import Content
from headhaul.compliance.models import CapUse, Receipt
from headhaul.compliance.services import consent, holds, preflight, receipts, suppression
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Recipient

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # a Wednesday, noon in Dallas
JOE, NUMBER = "joe@fleet.example", "+12145550100"
MAIL = Recipient("email", JOE, contact_id=1, account_id=2, zones=("America/Chicago",), states=("TX",), country="US")
TEXT = replace(MAIL, channel="sms", address=NUMBER)


def agree(channel: ConsentChannel = ConsentChannel.SMS) -> None:
    said = Word(NUMBER, channel, ConsentStatus.OPTED_IN, basis="express_written", source="web form", evidence="form 7")
    consent.record(words=[said], at=NOON - timedelta(days=3), by=SYSTEM)


@pytest.mark.django_db
def test_a_yes_uses_up_limits_and_leaves_a_receipt_that_can_be_replayed() -> None:
    attempt, message = uuid4(), uuid4()
    admission = preflight.admit(MAIL, at=NOON, message_id=message, attempt_id=attempt, user_id=7)
    assert admission.verdict.is_allowed, admission.verdict.reasons
    kept = Receipt.objects.get(pk=admission.receipt_id)
    assert (kept.outcome, kept.attempt_id, kept.message_id, kept.address) == ("allow", attempt, message, JOE)
    assert CapUse.objects.get(bucket="user:7:email").used == 1
    assert len(admission.buckets) == 3
    proposal, facts = receipts.restored(kept)
    again = decide(proposal, facts, at=kept.at)
    assert (again.outcome, again.rules_hash, again.tzdata) == (Outcome.ALLOW, kept.rules_hash, kept.tzdata)
    assert JOE not in str(kept.facts) + str(kept.reasons)


@pytest.mark.django_db
def test_a_no_uses_up_nothing_says_why_and_when_and_leaves_its_receipt_too() -> None:
    agree()
    night = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
    admission = preflight.admit(TEXT, at=night, attempt_id=uuid4(), user_id=7)
    assert admission.verdict.outcome is Outcome.DEFER
    assert (admission.verdict.until or night) > night
    kept = Receipt.objects.get(pk=admission.receipt_id)
    assert (kept.outcome, kept.attempt_id, kept.until) == ("defer", None, admission.verdict.until)
    assert all(kept.reasons[0][name] for name in ("rule", "sentence"))
    assert not CapUse.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("scope", [Scope.ADDRESS, Scope.CONTACT, Scope.ACCOUNT, Scope.DOMAIN])
def test_whoever_is_suppressed_is_not_written_to(scope: Scope) -> None:
    key = {Scope.ADDRESS: JOE, Scope.CONTACT: "1", Scope.ACCOUNT: "2", Scope.DOMAIN: "fleet.example"}[scope]
    suppression.add(
        scope=scope, key=key, channel=ConsentChannel.ALL, reason=SuppressionReason.DNC_REQUEST, source="call",
        at=NOON - timedelta(hours=1), by=SYSTEM,
    )  # fmt: skip
    verdict = preflight.judge(MAIL, at=NOON)
    assert (verdict.outcome, verdict.reasons[0].rule) == (Outcome.DENY, "suppressed")


@pytest.mark.django_db
def test_the_second_mail_of_a_day_waits_for_tomorrow_and_an_answer_does_not() -> None:
    assert preflight.admit(MAIL, at=NOON).verdict.is_allowed
    second = preflight.admit(MAIL, at=NOON + timedelta(hours=1)).verdict
    assert (second.outcome, second.reasons[0].rule) == (Outcome.DEFER, "cap_recipient")
    assert second.until is not None
    assert second.until.date() == NOON.date() + timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "key"),
    [(HoldScope.ALL, ""), (HoldScope.CHANNEL, "email"), (HoldScope.SEQUENCE, "5"), (HoldScope.SENDER, "6"),
     (HoldScope.CALL_CAMPAIGN, "4")],
)  # fmt: skip
def test_a_stop_holds_what_it_covers_until_it_is_lifted(scope: HoldScope, key: str) -> None:
    hold = holds.open_hold(scope=scope, key=key, reason="An audit", at=NOON, by=SYSTEM)
    assert holds.open_hold(scope=scope, key=key, reason="again", at=NOON, by=SYSTEM) == hold
    asked = {"sequence_id": 5, "call_campaign_id": 4}
    verdict = preflight.judge(replace(MAIL, sender_id=6), at=NOON, **asked)
    assert "hold" in [reason.rule for reason in verdict.reasons]
    holds.lift_hold(hold_id=hold, at=NOON, by=SYSTEM)
    verdict = preflight.judge(replace(MAIL, sender_id=6), at=NOON, **asked)
    assert "hold" not in [reason.rule for reason in verdict.reasons]


@pytest.mark.django_db
def test_an_emergency_ban_counts_in_its_state_while_it_lasts() -> None:
    agree()
    ban = holds.save_ban(
        state="TX", channels=["sms", "call"], begins_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=1),
        cite="Order GA-99", at=NOON, by=SYSTEM,
    )  # fmt: skip
    assert preflight.judge(TEXT, at=NOON).reasons[0].rule == "hold"
    assert preflight.judge(replace(TEXT, states=("NY",)), at=NOON).is_allowed
    holds.end_ban(ban_id=ban, at=NOON)
    assert preflight.judge(TEXT, at=NOON).is_allowed


@pytest.mark.django_db
def test_a_sender_that_nobody_knows_is_not_ready() -> None:
    verdict = preflight.judge(replace(MAIL, sender_id=999_999), at=NOON)
    assert "not_ready" in [reason.rule for reason in verdict.reasons]


@pytest.mark.django_db
def test_no_receipt_is_ever_changed_or_removed_and_a_yes_belongs_to_one_attempt() -> None:
    attempt = uuid4()
    preflight.admit(MAIL, at=NOON, attempt_id=attempt)
    for change in ("update compliance_receipt set outcome = 'deny'", "delete from compliance_receipt",
                   "truncate compliance_receipt"):  # fmt: skip
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_commits_before_the_attempt_is_seen_by_it() -> None:
    """200 races for one number each: no yes is decided after the denial of its address was committed."""
    agree()
    late: list[str] = []
    for number in range(20):
        address = f"+1214555{number:04}"
        consent.record(
            words=[Word(address, ConsentChannel.SMS, ConsentStatus.OPTED_IN, basis="express_written", source="web form",
                        evidence="form")], at=NOON - timedelta(days=1), by=SYSTEM,
        )  # fmt: skip
        denied = threading.Event()
        start = threading.Barrier(2)

        def stop(address: str = address, denied: threading.Event = denied, start: threading.Barrier = start) -> None:
            start.wait()
            suppression.add(
                scope=Scope.ADDRESS, key=address, channel=ConsentChannel.SMS, reason=SuppressionReason.OPT_OUT,
                source="STOP", at=NOON, by=SYSTEM,
            )  # fmt: skip
            denied.set()
            connection.close()

        thread = threading.Thread(target=stop)
        thread.start()
        start.wait()
        with transaction.atomic():
            was_denied = denied.is_set()
            admission = preflight.admit(replace(TEXT, address=address), at=NOON, attempt_id=uuid4())
        if was_denied and admission.verdict.is_allowed:
            late.append(address)
        thread.join()
        assert not preflight.admit(replace(TEXT, address=address), at=NOON).verdict.is_allowed
    assert late == []


@pytest.mark.django_db
def test_the_words_are_kept_with_the_proof() -> None:
    content = Content(subject="Drivers", text="Hello", body_hash="abc", approved_hash="abc")
    receipt_id = preflight.admit(MAIL, at=NOON, content=content).receipt_id
    proposal, _ = receipts.restored(Receipt.objects.get(pk=receipt_id))
    assert proposal.content == content
