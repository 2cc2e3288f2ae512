"""Automation rules hear that a lead was taken down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import AccountTag
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import interest, waiting, working
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


def hot_only(**more: Any) -> dict[str, Any]:
    """Hot leads of a fair get a task."""
    lines = [
        {"field": "lead.grade", "op": "is", "value": "hot"},
        {"field": "lead.score", "op": "gte", "value": 80},
        {"field": "lead.source", "op": "in", "value": ["trade_show", "referral"]},
        {"field": "lead.tag", "op": "has", "value": "urgent"},
        {"field": "lead.agreedTo", "op": "has", "value": "email"},
    ]
    return RULE | {"name": "Hot ones", "conditions": lines, "actions": [{"kind": "add_tag", "tag": "call-now"}]} | more


def tags(lead: Any) -> set[str]:
    return set(AccountTag.objects.filter(account_id=lead.account_id).values_list("tag", flat=True))


def switched_on(max_: Actor, **rule: Any) -> Any:
    saved = do("saveAutomationRule", max_, **rule).rule
    do("setAutomationRuleActive", max_, ruleId=saved.id, version=saved.version, isActive=True)
    interest.forget()
    return saved


def test_a_rule_reads_grade_score_source_tags_and_consent_of_the_lead(
    rosa: Actor, max_: Actor, fair: Any, hot_carrier: int
) -> None:
    switched_on(max_, **hot_only())
    said: dict[str, Any] = {"eventId": fair.id, "consent": {"email": True}}
    hot = captured(rosa, dotNumber=hot_carrier, tags=["urgent"], **said)
    cold = captured(rosa, tags=["urgent"], **said)
    assert (hot.grade, tags(hot)) == ("hot", {"urgent", "call-now"})
    assert (cold.grade == "hot", tags(cold)) == (False, {"urgent"})
    interest.forget()


def test_the_facts_are_those_of_the_lead_that_set_it_off_and_not_of_another_of_the_account(
    rosa: Actor, max_: Actor, fair: Any
) -> None:
    lines = [{"field": "lead.source", "op": "is", "value": "referral"}]
    rule = switched_on(max_, **RULE | {"conditions": lines})
    first = captured(rosa, eventId=fair.id)
    assert tags(first) == set()
    second = captured(rosa, source="referral", company="Bluebonnet Transport", state="TX", contactName="Al")
    assert (second.account_id, tags(second)) == (first.account_id, {"lead"})
    assert len(do("getRuleFirings", max_, ruleId=rule.id).items) == 1
    interest.forget()


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"field": "lead.grade", "op": "is", "value": "boiling"}, "conditions.0.value"),
        ({"field": "lead.source", "op": "is", "value": "nowhere"}, "conditions.0.value"),
        ({"field": "lead.score", "op": "has", "value": "80"}, "conditions.0.op"),
        ({"field": "lead.colour", "op": "is", "value": "red"}, "conditions.0.field"),
    ],
)
def test_what_no_lead_can_be_is_refused_with_its_place(max_: Actor, line: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("saveAutomationRule", max_, **RULE | {"conditions": [line]})
    assert path in refusal.value.fields


def test_where_no_lead_comes_with_the_trigger_its_facts_are_not_known(max_: Actor) -> None:
    lines = [{"field": "lead.grade", "op": "is", "value": "hot"}]
    with pytest.raises(InvalidData) as refusal:
        do("saveAutomationRule", max_, **RULE | {"trigger": "account_opened", "conditions": lines})
    assert refusal.value.fields["conditions.0.field"] == "lead.grade is not known when the trigger is account_opened"
    words = do("getRuleWords", max_)
    assert {each.trigger for each in words.triggers if "lead" in each.of} == {"lead_captured"}
    grade = next(each for each in words.facts if each.field == "lead.grade")
    assert (grade.of, grade.choices["hot"]) == ("lead", "Hot")
    assert not [each.field for each in words.settable if each.of == "lead"]


def test_the_dry_run_over_history_asks_each_lead_as_it_was_scored(
    rosa: Actor, max_: Actor, fair: Any, hot_carrier: int
) -> None:
    captured(rosa, dotNumber=hot_carrier, tags=["urgent"], eventId=fair.id, consent={"email": True})
    cold = captured(rosa, eventId=fair.id)
    draft = {name: value for name, value in hot_only().items() if name != "name"}
    found = do("testAutomationRule", max_, rule=draft, at=NOON + timedelta(hours=1))
    assert (found.examined, found.matched, found.records) == (2, 1, 1)
    one = do("testAutomationRule", max_, rule=draft, accountId=cold.account_id, at=NOON + timedelta(hours=1))
    assert one.matched == 0
    assert [answer.holds for answer in one.conditions] == [False, False, True, False, False]


def test_many_leads_at_once_wait_with_their_facts(rosa: Actor, max_: Actor, fair: Any) -> None:
    rule = switched_on(max_, **RULE | {"conditions": [{"field": "lead.source", "op": "is", "value": "trade_show"}]})
    lead = captured(rosa, eventId=fair.id, company="Waiting", contactName="Al")
    event = Event(RuleTrigger.LEAD_CAPTURED, NOON, "again", account_id=lead.account_id, record_id=lead.lead_id)
    waiting.put([event])
    working.work_off(at=NOON)
    assert len(do("getRuleFirings", max_, ruleId=rule.id).items) == 2
    interest.forget()
