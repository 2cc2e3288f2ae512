"""The pre-flight stands at the gate of actions from the start: the first rule that says no is told, with its moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.gate import Refused, check_can_reach, install, keep_refusal
from headhaul.compliance.models import CapUse, Receipt
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.compliance.services.rules import Preflight
from headhaul.kernel import SYSTEM, ComplianceRefused, Recipient

pytestmark = pytest.mark.django_db

JOE, NUMBER = "joe@example.com", "+12145550100"
DAY = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # noon in Dallas
NIGHT = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
TEXT = Recipient("sms", NUMBER, zones=("America/Chicago",), states=("TX",), country="US")
MAIL = replace(TEXT, channel="email", address=JOE)


@pytest.fixture
def agreed(db: None) -> None:
    """They may be texted and called."""
    words = [
        Word(NUMBER, channel, ConsentStatus.OPTED_IN, basis="express_written", source="web form", evidence="form 7")
        for channel in (ConsentChannel.SMS, ConsentChannel.CALL)
    ]
    consent.record(words=words, at=DAY - timedelta(days=30), by=SYSTEM)


def test_the_rules_are_in_charge_from_the_start() -> None:
    mine = install(None)
    install(mine)
    assert isinstance(mine, Preflight)


def test_who_said_nothing_can_be_written_to_and_neither_texted_nor_called() -> None:
    check_can_reach(MAIL, at=DAY)
    for channel in ("sms", "call"):
        with pytest.raises(ComplianceRefused) as refusal:
            check_can_reach(replace(TEXT, channel=channel), at=DAY)
        assert "consent" in refusal.value.fields["rule"]


def test_a_yes_leaves_its_receipt_and_uses_up_a_limit(agreed: None) -> None:
    check_can_reach(TEXT, at=DAY, user_id=None, action="recordSms")
    assert list(Receipt.objects.values_list("outcome", "action", "address")) == [("allow", "recordSms", NUMBER)]
    assert CapUse.objects.get().used == 1


def test_a_no_tells_rule_sentence_and_moment_and_its_receipt_can_be_kept(agreed: None) -> None:
    with pytest.raises(Refused) as refusal:
        check_can_reach(TEXT, at=NIGHT)
    fields = refusal.value.fields
    assert set(fields) == {"rule", "sentence", "nextAllowedAt"}
    assert datetime.fromisoformat(fields["nextAllowedAt"]) > NIGHT
    assert not Receipt.objects.exists()
    keep_refusal(refusal.value)
    assert Receipt.objects.get().outcome == "defer"


def test_what_is_only_planned_may_wait_for_the_morning_and_uses_up_nothing_yet(agreed: None) -> None:
    check_can_reach(replace(TEXT, is_planned=True), at=NIGHT)
    check_can_reach(replace(TEXT, is_planned=True), at=DAY)
    assert not CapUse.objects.exists()
    with pytest.raises(ComplianceRefused):
        check_can_reach(replace(TEXT, address="+12145550101", is_planned=True), at=DAY)


def test_a_channel_that_nobody_knows_is_a_no() -> None:
    with pytest.raises(ComplianceRefused):
        check_can_reach(replace(MAIL, channel="fax"), at=DAY)
