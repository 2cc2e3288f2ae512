"""Pipelines and stages as data: what can be changed, what cannot, and where opportunities go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headhaul.accounts.models import CustomField
from headhaul.kernel import Actor, AppError, Forbidden, InvalidData
from headhaul.pipeline.errors import FieldsRequired, NoSuchStage, StageInUse, StaleStage
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from tests.factories.market import NOON
from tests.pipeline.doing import do, told, undo

pytestmark = pytest.mark.django_db
Opened = Callable[..., Any]


def keys(actor: Actor) -> list[str]:
    return [stage.key for stage in do("getStages", actor).pipelines[0].stages]


def stage(key: str) -> Stage:
    return Stage.objects.get(key=key, pipeline__is_default=True)


def test_a_new_stage_stands_where_it_was_put_and_can_be_taken_back(max_: Actor, rosa: Actor, vera: Actor) -> None:
    with pytest.raises(Forbidden):
        do("saveStage", rosa, label="Trial")
    reply = told("saveStage", max_, label="Trial run", position=2, probability=40, slaDays=5, category="best_case")
    there = ["prospecting", "discovery", "trial_run", "proposal", "negotiation", "closed_won", "closed_lost"]
    assert keys(vera) == there
    undo(reply, max_)
    assert keys(vera) == [key for key in there if key != "trial_run"]


def test_open_stages_stand_before_the_ends(max_: Actor) -> None:
    do("saveStage", max_, label="Onboarding", position=99)
    assert keys(max_)[-3:] == ["onboarding", "closed_won", "closed_lost"]


def test_a_changed_stage_goes_back_as_it_was(max_: Actor) -> None:
    before = stage("proposal")
    reply = told(
        "saveStage", max_, stageId=before.pk, version=1, label="Offer", slaDays=None, probability=55, position=0,
        required=["closeOn"],
    )  # fmt: skip
    after = stage("proposal")
    assert (after.label, after.sla_days, after.position, after.required) == ("Offer", None, 0, ["closeOn"])
    undo(reply, max_)
    again = stage("proposal")
    assert [getattr(again, f) for f in ("label", "sla_days", "position", "required", "probability")] == [
        getattr(before, f) for f in ("label", "sla_days", "position", "required", "probability")
    ]


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("proposal", {"key": "offer"}),
        ("proposal", {"kind": "won"}),
        ("proposal", {"category": "closed"}),
        ("proposal", {"required": ["bestFriend"]}),
        ("proposal", {"required": ["custom.unknown"]}),
        ("proposal", {"required": ["lostReason"]}),
        ("closed_won", {"probability": 90}),
        ("closed_lost", {"slaDays": 3}),
    ],
)
def test_what_would_break_the_pipeline_is_refused(max_: Actor, key: str, data: dict[str, Any]) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("saveStage", max_, stageId=stage(key).pk, version=1, **data)
    assert refusal.value.fields


def test_two_who_change_a_stage_do_not_overwrite_each_other(max_: Actor) -> None:
    do("saveStage", max_, stageId=stage("proposal").pk, version=1, label="Offer")
    with pytest.raises(StaleStage):
        do("saveStage", max_, stageId=stage("proposal").pk, version=1, label="Quote")


def test_a_second_way_to_win_is_refused_and_a_key_is_never_used_again(max_: Actor) -> None:
    for data in ({"label": "Signed", "kind": "won"}, {"label": "Proposal"}, {"label": "x", "key": "discovery"}, {}):
        with pytest.raises(InvalidData):
            do("saveStage", max_, **data)


def test_a_removed_stage_says_where_its_opportunities_go_and_gives_them_back(
    opened: Opened, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    ids = [do("moveStage", rosa, opportunityId=opened().id, version=1, toStage="discovery").id for _ in range(3)]
    discovery = stage("discovery")
    before = list(Opportunity.objects.order_by("pk").values("stage_id", "stage_entered_at", "category", "kind"))
    with pytest.raises(StageInUse) as refusal:
        do("removeStage", max_, stageId=discovery.pk, version=1)
    assert "3 opportunities" in refusal.value.message
    for wrong in ("discovery", "closed_won", "demo"):
        with pytest.raises(AppError):
            do("removeStage", max_, stageId=discovery.pk, version=1, moveTo=wrong)
    reply = told("removeStage", max_, stageId=discovery.pk, version=1, moveTo="proposal")
    assert reply.payload.moved == 3
    assert set(Opportunity.objects.values_list("stage__key", "category", "version")) == {("proposal", "best_case", 3)}
    history = do("getOpportunity", rosa, opportunityId=ids[0]).history
    assert [entry.field for entry in history][:2] == ["category", "stage"]
    with pytest.raises(NoSuchStage, match=r"Discovery was removed from this pipeline\. It has prospecting, proposal"):
        do("moveStage", rosa, opportunityId=ids[0], version=3, toStage="discovery")
    do("updateOpportunity", rick, opportunityId=ids[2], version=3, nextStep="Call")
    undo(reply, max_)
    after = list(Opportunity.objects.order_by("pk").values("stage_id", "stage_entered_at", "category", "kind"))
    assert after[:2] == before[:2]
    assert after[2]["stage_id"] == stage("proposal").pk  # somebody worked on it since


def test_a_pipeline_keeps_a_beginning_and_both_ends(max_: Actor) -> None:
    for key in ("closed_won", "closed_lost"):
        with pytest.raises(AppError, match="keeps"):
            do("removeStage", max_, stageId=stage(key).pk, version=1, moveTo="proposal")
    for key in ("discovery", "proposal", "negotiation"):
        do("removeStage", max_, stageId=stage(key).pk, version=1)
    with pytest.raises(AppError, match="keeps"):
        do("removeStage", max_, stageId=stage("prospecting").pk, version=1)


def test_a_stage_may_ask_for_a_field_of_the_firm(opened: Opened, rosa: Actor, max_: Actor) -> None:
    CustomField.objects.create(entity="opportunity", key="lanes", label="Lanes", kind="text", created_at=NOON)
    do("saveStage", max_, stageId=stage("discovery").pk, version=1, required=["custom.lanes"])
    made = opened()
    with pytest.raises(FieldsRequired) as refusal:
        do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery")
    assert list(refusal.value.fields) == ["custom.lanes"]
    moved = do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery", custom={"lanes": "I-35"})
    assert moved.custom == {"lanes": "I-35"}
    found = do("listOpportunities", rosa, custom={"lanes": "I-35"})
    assert [row.id for row in found.items] == [made.id]
    assert do("listOpportunities", rosa, custom={"lanes": None}).items == []


def test_several_pipelines_one_default(opened: Opened, rosa: Actor, max_: Actor) -> None:
    reply = told("savePipeline", max_, name="Renewals")
    first, second = reply.payload.pipelines
    assert [each.key for each in second.stages] == [each.key for each in first.stages]
    with pytest.raises(InvalidData):
        do("savePipeline", max_, name="renewals")
    made = opened(pipelineId=second.id)
    do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery", pipelineId=first.id)
    assert do("getPipeline", rosa, pipelineId=second.id).columns[0].count == 0
    with pytest.raises(InvalidData):
        do("savePipeline", max_, pipelineId=first.id, isActive=False)
    switch = told("savePipeline", max_, pipelineId=second.id, isDefault=True)
    assert Pipeline.objects.get(is_default=True).pk == second.id
    undo(switch, max_)
    assert Pipeline.objects.get(is_default=True).pk == first.id
    undo(reply, max_)
    assert [each.id for each in do("getStages", rosa).pipelines] == [first.id]


def test_a_pipeline_with_open_opportunities_stays_in_use(opened: Opened, max_: Actor) -> None:
    made = do("savePipeline", max_, name="Renewals").pipelines[1]
    opened(pipelineId=made.id)
    with pytest.raises(StageInUse):
        do("savePipeline", max_, pipelineId=made.id, version=1, isActive=False)
