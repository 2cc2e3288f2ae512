"""Bad input: cyclic rules. Refused when they are saved, with the way they would go; stopped if they get past that."""

from __future__ import annotations

import pytest

from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.models import AutomationRule, Opportunity, RuleFiring
from headhaul.pipeline.services.rules import interest
from tests.cast import NOON
from tests.pipeline.rules.doing import account, move, opportunity, outcomes, rule

pytestmark = pytest.mark.django_db


def test_three_rules_in_a_circle_are_refused_with_the_way(max_: Actor) -> None:
    for name, arriving, to in (("A", "discovery", "proposal"), ("B", "proposal", "negotiation")):
        rule(max_, name, toStage=arriving, actions=[{"kind": "move_stage", "stage": to}])
    with pytest.raises(InvalidData) as refusal:
        rule(max_, "C", toStage="negotiation", actions=[{"kind": "move_stage", "stage": "discovery"}])
    assert refusal.value.code == "rules_go_round"
    for words in ("“A” moves to proposal", "“B” moves to negotiation", "“C” moves to discovery", "fires again"):
        assert words in refusal.value.message


def test_a_circle_made_behind_the_back_ends_and_nothing_is_lost(max_: Actor, rosa: Actor) -> None:
    deal = opportunity(account("Blue Mesa", rosa), rosa)
    for name, arriving, to in (("There", "prospecting", "discovery"), ("Back", "discovery", "prospecting")):
        AutomationRule.objects.create(
            name=name, trigger="stage_changed", to_stage=arriving, actions=[{"kind": "move_stage", "stage": to}],
            is_active=True, active_since=NOON, created_at=NOON, updated_at=NOON,
        )  # fmt: skip
    interest.forget()
    move(deal, "discovery", rosa)
    assert [outcome for _, outcome in outcomes()] == ["done", "done", "stopped"]
    assert RuleFiring.objects.filter(outcome="stopped").get().said
    assert Opportunity.objects.get().stage.key == "discovery"
    interest.forget()
