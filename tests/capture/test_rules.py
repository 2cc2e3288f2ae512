"""Automation rules hear that a lead was taken down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import AccountTag
from headhaul.kernel import Actor
from headhaul.pipeline.services.rules import interest
from tests.capture.doing import captured, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {
    "name": "Tag leads",
    "trigger": "lead_captured",
    "actions": [{"kind": "add_tag", "tag": "lead"}],
}


@pytest.fixture
def rule(max_: Actor) -> Iterator[Any]:
    saved = do("saveAutomationRule", max_, **RULE).rule
    do("setAutomationRuleActive", max_, ruleId=saved.id, version=saved.version, isActive=True)
    interest.forget()
    yield saved
    interest.forget()


def test_a_rule_acts_on_a_lead_once_however_often_it_is_taken_down(
    rosa: Actor, max_: Actor, rule: Any, fair: Any
) -> None:
    lead = captured(rosa, eventId=fair.id)
    captured(rosa, eventId=fair.id)
    assert AccountTag.objects.filter(account_id=lead.account_id, tag="lead").count() == 1
    assert len(do("getRuleFirings", max_, ruleId=rule.id).items) == 1


def test_a_rule_is_tried_on_the_leads_of_the_last_days(rosa: Actor, max_: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id)
    captured(rosa, eventId=fair.id)
    captured(rosa, eventId=fair.id, company="Second", contactName="Al")
    found = do(
        "testAutomationRule",
        max_,
        rule={name: RULE[name] for name in ("trigger", "actions")},
        at=NOON + timedelta(hours=1),
    )
    assert (found.examined, found.matched) == (2, 2)
