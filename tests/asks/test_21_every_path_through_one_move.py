"""Ask 21: required fields on every path. A rule that moves an opportunity meets what a person meets, and says so."""

from __future__ import annotations

import pytest

from headhaul.actions.models import AuditEntry
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.models import Opportunity, RuleFiring
from headhaul.pipeline.services.rules import interest
from tests.pipeline.rules.doing import account, do, move, opportunity, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(rosa: Actor) -> Opportunity:
    interest.forget()
    return opportunity(account("Blue Mesa", rosa), rosa)


def test_a_rule_is_asked_for_the_same_fields_as_a_person(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    with pytest.raises(InvalidData) as person:
        do("moveStage", rosa, opportunityId=deal.pk, version=1, toStage="proposal")
    rule(max_, toStage="discovery", actions=[{"kind": "move_stage", "stage": "proposal"}])
    move(deal, "discovery", rosa)
    firing = RuleFiring.objects.get()
    assert (firing.outcome, deal.stage.key) == ("failed", "discovery")
    assert set(person.value.fields) == {"amountCents", "closeOn"}
    assert all(name in firing.said for name in person.value.fields)


def test_a_rule_moves_by_the_same_action_with_the_same_audit(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    Opportunity.objects.update(amount_cents=1, close_on="2026-12-01")
    rule(max_, "Onward", toStage="discovery", actions=[{"kind": "move_stage", "stage": "proposal"}])
    move(deal, "discovery", rosa)
    assert deal.stage.key == "proposal"
    movers = AuditEntry.objects.filter(action="moveStage", outcome="done").order_by("pk")
    assert {entry.actor for entry in movers} == {"rosa@example.com", "Rule “Onward”"}


def test_no_rule_loses_an_opportunity_as_only_people_know_the_reason(max_: Actor, deal: Opportunity) -> None:
    with pytest.raises(InvalidData) as refusal:
        rule(max_, actions=[{"kind": "move_stage", "stage": "closed_lost"}])
    assert list(refusal.value.fields) == ["actions.0.stage"]
