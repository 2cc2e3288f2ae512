"""Only rules that fit are kept, and everything that is written about rules can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, StaleVersion
from headhaul.pipeline.models import AutomationRule
from headhaul.security.models import User
from tests.pipeline.rules.doing import TELL, do, rule, undo_id

pytestmark = pytest.mark.django_db

GONE = 2**40
ZZ = {"field": "account.state", "op": "is", "value": "ZZ"}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"conditions": [{"field": "account.colour", "op": "is", "value": "red"}]}, "conditions.0.field"),
        ({"conditions": [{"field": "account.segment", "op": "gt", "value": "regional"}]}, "conditions.0.op"),
        ({"conditions": [{"field": "account.segment", "op": "sounds_like", "value": "x"}]}, "conditions.0.op"),
        ({"conditions": [{"field": "account.segment", "value": "regional"}]}, "conditions.0.op"),
        ({"conditions": [{"field": "account.segment", "op": "is", "value": "gigantic"}]}, "conditions.0.value"),
        ({"conditions": [{"field": "account.segment", "op": "in", "value": "regional"}]}, "conditions.0.value"),
        ({"conditions": [{"field": "account.fleetSize", "op": "gt", "value": "many"}]}, "conditions.0.value"),
        ({"conditions": [{"field": "account.fleetSize", "op": "gt", "value": True}]}, "conditions.0.value"),
        ({"conditions": [{"field": "opportunity.closeOn", "op": "before", "value": "soon"}]}, "conditions.0.value"),
        ({"conditions": [{"field": "opportunity.owner", "op": "is", "value": GONE}]}, "conditions.0.value"),
        ({"conditions": [{"field": "activity.type", "op": "is", "value": "call"}]}, "conditions.0.field"),
        ({"conditions": [{"field": "event.risk", "op": "is", "value": "no_activity"}]}, "conditions.0.field"),
        ({"conditions": [{"anyOf": [TELL | {"kind": None}]}]}, "conditions.0.anyOf.0.field"),
        ({"conditions": [{"anyOf": [ZZ]}]}, "conditions.0.anyOf.0.value"),
        ({"conditions": [{"field": "account.state", "allOf": [ZZ]}]}, "conditions.0"),
        ({"conditions": [{"field": "opportunity.custom.gone", "op": "is_set"}]}, "conditions.0.field"),
        ({"fromStage": "limbo"}, "fromStage"),
        ({"fromStage": "proposal", "toStage": "proposal"}, "toStage"),
        ({"trigger": "amount_changed", "toStage": "proposal"}, "toStage"),
        ({"trigger": "full_moon"}, "trigger"),
        ({"actions": [{"kind": "move_stage", "stage": "limbo"}]}, "actions.0.stage"),
        ({"actions": [{"kind": "move_stage", "stage": "closed_lost"}]}, "actions.0.stage"),
        ({"actions": [TELL, {"kind": "assign", "to": "user", "userId": GONE}]}, "actions.1.userId"),
        ({"actions": [{"kind": "assign", "to": "team", "teamId": GONE}]}, "actions.0.teamId"),
        ({"actions": [{"kind": "assign", "to": "owner"}]}, "actions.0.to"),
        ({"actions": [TELL | {"tag": "hot"}]}, "actions.0.tag"),
        ({"actions": [{"kind": "create_task"}]}, "actions.0.title"),
        ({"actions": [{"kind": "add_tag", "tag": "?!"}]}, "actions.0.tag"),
        ({"actions": [{"kind": "log_note", "text": "For {account.name}"}]}, "actions.0.text"),
        ({"actions": [{"kind": "log_note", "text": "For {account.secret|you}"}]}, "actions.0.text"),
        ({"actions": [{"kind": "log_note", "text": "For {account.name|you"}]}, "actions.0.text"),
        ({"actions": [{"kind": "set_field", "field": "account.segment", "value": "regional"}]}, "actions.0.field"),
        ({"actions": [{"kind": "set_field", "field": "opportunity.category", "value": "sure"}]}, "actions.0.value"),
        ({"actions": [{"kind": "set_field", "field": "opportunity.nextStep", "inDays": 2}]}, "actions.0.inDays"),
        ({"actions": [{"kind": "set_field", "field": "opportunity.amountCents", "value": -1}]}, "actions.0.value"),
        ({"actions": []}, "actions"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_path(max_: Actor, said: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        rule(max_, **said)
    assert any(name == path or name.startswith(f"{path}.") for name in refusal.value.fields), refusal.value.fields
    assert not AutomationRule.objects.exists()


def test_somebody_who_left_cannot_be_named(max_: Actor, rosa: Actor) -> None:
    User.objects.filter(pk=rosa.user_id).update(is_active=False)
    with pytest.raises(InvalidData, match=r"actions\.0\.userId"):
        rule(max_, actions=[TELL | {"to": "user", "userId": rosa.user_id}])


def test_names_are_taken_once_without_regard_to_capitals(max_: Actor) -> None:
    rule(max_, "Big deals")
    with pytest.raises(Conflict) as refusal:
        rule(max_, "BIG DEALS")
    assert refusal.value.code == "rule_name_taken"


def test_what_is_left_out_stays_and_a_stale_version_is_refused(max_: Actor) -> None:
    made = rule(max_, toStage="proposal")
    changed = do("saveAutomationRule", max_, ruleId=made.id, version=made.version, name="Other").rule
    assert (changed.name, changed.to_stage, changed.is_active) == ("Other", "proposal", True)
    with pytest.raises(StaleVersion):
        do("saveAutomationRule", max_, ruleId=made.id, version=made.version, name="Third")


def test_making_changing_switching_and_removing_are_each_taken_back(max_: Actor) -> None:
    made = rule(max_, "First", toStage="proposal")
    saved = do("getAutomationRules", max_).items
    for name, data in (
        ("saveAutomationRule", {"name": "Second", "toStage": "discovery", "conditions": [
            {"field": "account.state", "op": "is", "value": "TX"}]}),
        ("setAutomationRuleActive", {"isActive": False}),
        ("removeAutomationRule", {}),
    ):  # fmt: skip
        key = undo_id(name, max_, ruleId=made.id, **data)
        assert [r.model_dump(exclude={"version"}) for r in do("getAutomationRules", max_).items] != [
            r.model_dump(exclude={"version"}) for r in saved
        ]
        do("undoAction", max_, undoId=key)
        back = do("getAutomationRules", max_).items
        assert [r.model_dump(exclude={"version"}) for r in back] == [r.model_dump(exclude={"version"}) for r in saved]


def test_a_new_rule_is_taken_back_and_brought_again(max_: Actor) -> None:
    key = undo_id("saveAutomationRule", max_, name="New", trigger="stage_changed", actions=[TELL])
    again = undo_id("undoAction", max_, undoId=key)
    assert do("getAutomationRules", max_).items == []
    do("undoAction", max_, undoId=again)
    assert [each.name for each in do("getAutomationRules", max_).items] == ["New"]


def test_a_change_in_between_stands_in_the_way_of_taking_back(max_: Actor) -> None:
    made = rule(max_)
    key = undo_id("saveAutomationRule", max_, ruleId=made.id, name="Mine")
    do("saveAutomationRule", max_, ruleId=made.id, name="Yours")
    with pytest.raises(Conflict) as refusal:
        do("undoAction", max_, undoId=key)
    assert refusal.value.code == "undo_too_late"


def test_a_removed_rule_is_gone_and_its_name_free(max_: Actor) -> None:
    made = rule(max_, "Once")
    do("removeAutomationRule", max_, ruleId=made.id)
    with pytest.raises(NotFound):
        do("setAutomationRuleActive", max_, ruleId=made.id, isActive=True)
    assert rule(max_, "Once").id != made.id


def test_saving_says_what_to_think_about(max_: Actor) -> None:
    rule(max_, "Fast lane", toStage="discovery", actions=[{"kind": "move_stage", "stage": "negotiation"}])
    saved = do("saveAutomationRule", max_, name="Slow lane", trigger="stage_changed",
               actions=[{"kind": "move_stage", "stage": "proposal"}], toStage="discovery")  # fmt: skip
    assert any("Fast lane" in said for said in saved.warnings)
    assert any("amountCents" in said for said in saved.warnings)


def test_the_words_name_facts_with_their_comparisons_and_the_people_there_are(max_: Actor, rosa: Actor) -> None:
    words = do("getRuleWords", max_)
    assert {fact.field for fact in words.facts} >= {"opportunity.stage", "account.tag", "event.risk"}
    assert words.users[str(rosa.user_id)] == "Rosa"
    assert list(words.stages)[:2] == ["prospecting", "discovery"]
    assert words.model_dump(mode="json")["facts"][0]["ops"]
