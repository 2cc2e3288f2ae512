"""An action that reaches a person asks the compliance rules first; without a clear yes nothing happens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul import compliance
from headhaul.actions import Reply, dispatch
from headhaul.actions.models import AuditEntry
from headhaul.compliance import Decision
from headhaul.kernel import Actor, ComplianceRefused, Recipient
from headhaul.security.models import User
from tests.cast import NOON

pytestmark = pytest.mark.django_db


class Rules:
    """Answers as told and remembers what it was asked."""

    def __init__(self, decision: object) -> None:
        self.decision = decision
        self.asked: list[tuple[Recipient, datetime]] = []

    def decide(self, recipient: Recipient, *, at: datetime, **_: object) -> Decision:
        self.asked.append((recipient, at))
        if isinstance(self.decision, Exception):
            raise self.decision
        return self.decision  # type: ignore[return-value]


def send(actor: Actor) -> Reply:
    data = {"userId": actor.user_id, "name": "Sent"}
    return dispatch("sampleSend", data, actor=actor, at=NOON, door="http")


def test_without_rules_nobody_is_reached(rosa: Actor) -> None:
    with pytest.raises(ComplianceRefused, match="No compliance rules"):
        send(rosa)
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"
    assert AuditEntry.objects.get().code == "compliance_refused"


def test_a_yes_lets_it_pass_and_the_rules_saw_whom_and_when(rosa: Actor) -> None:
    rules = Rules(Decision(allowed=True))
    compliance.install(rules)
    assert send(rosa).name == "sampleSent"
    assert rules.asked == [(Recipient(channel="email", address="driver@example.com"), NOON)]


def test_a_no_says_the_rule_the_reason_and_the_next_possibility(rosa: Actor) -> None:
    later = NOON + timedelta(hours=2)
    no = Decision(allowed=False, rule="quiet_hours", reason="Quiet hours in Denver.", next_allowed_at=later)
    compliance.install(Rules(no))
    with pytest.raises(ComplianceRefused, match=r"Quiet hours in Denver\. Possible from 2026-11-18T14:00") as refusal:
        send(rosa)
    assert refusal.value.fields == {
        "rule": "quiet_hours", "sentence": "Quiet hours in Denver.", "nextAllowedAt": "2026-11-18T14:00:00+00:00",
    }  # fmt: skip


@pytest.mark.parametrize("fault", [RuntimeError("rules are broken"), Decision(allowed=1), Decision(allowed=False)])  # type: ignore[arg-type]
def test_whatever_goes_wrong_means_no(rosa: Actor, fault: object) -> None:
    compliance.install(Rules(fault))
    with pytest.raises(ComplianceRefused):
        send(rosa)
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"


def test_an_action_that_reaches_nobody_does_not_ask(rosa: Actor) -> None:
    data = {"userId": rosa.user_id, "name": "Renamed"}
    assert dispatch("sampleWrite", data, actor=rosa, at=NOON, door="http").name == "sampleWritten"
