"""Playbooks and value props: what fits, what is done, and what can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from headhaul.actions import dispatch
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor, InvalidData, NotFound, Role, StaleVersion
from headhaul.pipeline.models import Playbook, PlaybookStepDone, Stage, ValueProp
from headhaul.pipeline.services.defaults import insert_help
from headhaul.pipeline.services.help import NameIsTaken
from tests.factories.market import person
from tests.pipeline.histories import NOON, account, change, deal
from tests.pipeline.test_forecast import do

pytestmark = pytest.mark.django_db

STEPS = [{"title": "Find who decides"}, {"title": "Ask; then listen", "help": "Really."}, {"title": "Find who decides"}]


def say(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def undo(actor: Actor, reply: Any) -> Any:
    return say("undoAction", actor, undoId=reply.undo_id)


def test_every_stage_and_every_segment_is_helped_from_the_first_day(vera: Actor) -> None:
    for stage in Stage.objects.all():
        assert any(book.stage_key == stage.key for book in do("getPlaybooks", vera, stageKey=stage.key).items)
    for segment in Segment:
        assert do("getValueProps", vera, segment=segment.value).items


def test_what_is_delivered_is_put_only_where_there_is_nothing(max_: Actor) -> None:
    assert not insert_help(connection, at=NOON)
    Playbook.objects.all().delete()
    before = ValueProp.objects.count()
    assert insert_help(connection, at=NOON)
    assert ValueProp.objects.count() == before


def test_an_opportunity_gets_the_playbooks_of_its_stage_and_segment(vera: Actor, rosa: Actor) -> None:
    each = deal(account(segment="owner_operator"), in_stage="discovery")
    names = [book.name for book in do("getPlaybooks", vera, opportunityId=each.pk).items]
    assert names == ["Know the seats", "Owner-operators who grow"]
    change(each, at=NOON + timedelta(hours=1), stage="proposal")
    assert do("getPlaybooks", vera, opportunityId=each.pk).items[0].name == "An offer they can check"


def test_a_step_is_done_once_by_somebody_and_can_be_reopened(rosa: Actor, max_: Actor) -> None:
    each = deal(account(), in_stage="discovery")
    [book] = do("getPlaybooks", rosa, opportunityId=each.pk).items
    step = {"opportunityId": each.pk, "playbookId": book.id, "stepKey": "who_decides"}
    first = say("completePlaybookStep", rosa, **step)
    again = say("completePlaybookStep", max_, **step)
    assert (first.payload.done, again.payload.done, again.undo_id) == (1, 1, None)
    [done] = [one for one in again.payload.steps if one.done_at]
    assert (done.key, done.done_by) == ("who_decides", "Rosa")
    undo(rosa, first)
    assert do("getPlaybooks", rosa, opportunityId=each.pk).items[0].done == 0
    assert say("reopenPlaybookStep", rosa, **step).undo_id is None
    say("completePlaybookStep", rosa, **step)
    undo(rosa, say("reopenPlaybookStep", rosa, **step))
    assert PlaybookStepDone.objects.count() == 1


def test_a_step_that_is_not_there_is_refused(rosa: Actor, ada: Actor) -> None:
    each = deal(account(owner_id=ada.user_id), owner=ada.user_id)
    book = Playbook.objects.get(stage_key="prospecting")
    step = {"opportunityId": each.pk, "playbookId": book.pk}
    with pytest.raises(NotFound, match="no such step"):
        say("completePlaybookStep", rosa, stepKey="dance", **step)
    with pytest.raises(NotFound, match="no playbook"):
        say("completePlaybookStep", rosa, stepKey="dance", opportunityId=each.pk, playbookId=10**9)
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    for name in ("completePlaybookStep", "reopenPlaybookStep"):
        with pytest.raises(NotFound, match="no opportunity"):
            say(name, person("Rick", Role.REP), stepKey="read_the_signal", **step)


def test_a_playbook_is_written_changed_and_taken_back(max_: Actor) -> None:
    made = say("savePlaybook", max_, name="Rush", stageKey="proposal", steps=STEPS)
    assert [step.key for step in made.payload.steps] == ["find_who_decides", "ask_then_listen", "find_who_decides_2"]
    key = made.payload.id
    changed = say("savePlaybook", max_, playbookId=key, version=1, name="Rush hour", segment="regional")
    assert (changed.payload.version, changed.payload.stage_key) == (2, "proposal")
    with pytest.raises(StaleVersion):
        say("savePlaybook", max_, playbookId=key, version=1, name="Late")
    with pytest.raises(Exception, match="cannot be taken back"):
        undo(max_, made)
    undo(max_, changed)
    assert (Playbook.objects.get(pk=key).name, Playbook.objects.get(pk=key).segment) == ("Rush", "")
    assert say("savePlaybook", max_, playbookId=key, version=3, name="Rush").undo_id is None


def test_a_removed_playbook_comes_back_with_what_was_done(max_: Actor, rosa: Actor) -> None:
    each = deal(account(), in_stage="discovery")
    [book] = do("getPlaybooks", rosa, opportunityId=each.pk).items
    say("completePlaybookStep", rosa, opportunityId=each.pk, playbookId=book.id, stepKey="who_decides")
    gone = say("removePlaybook", max_, playbookId=book.id)
    assert do("getPlaybooks", rosa, opportunityId=each.pk).items == []
    say("savePlaybook", max_, name=book.name, steps=STEPS)  # the name is free now
    with pytest.raises(Exception, match="cannot be taken back"):
        undo(max_, gone)
    Playbook.objects.filter(name=book.name, removed_at=None).delete()
    undo(max_, gone)
    assert do("getPlaybooks", rosa, opportunityId=each.pk).items[0].done == 1


@pytest.mark.parametrize(
    "given",
    [
        {"steps": STEPS},
        {"name": "No steps"},
        {"name": "Nowhere", "steps": STEPS, "stageKey": "moon"},
        {"name": "Twice", "steps": [{"key": "a", "title": "A"}, {"key": "a", "title": "B"}]},
        {"name": "Null", "steps": STEPS, "description": None},
        {"name": "Odd", "steps": [{"key": "A b", "title": "A"}]},
    ],
)
def test_a_playbook_that_cannot_be_says_why(max_: Actor, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidData):
        say("savePlaybook", max_, **given)


def test_value_props_come_best_match_first(vera: Actor, max_: Actor) -> None:
    ValueProp.objects.all().delete()
    for name, segment, region in (
        ("All", "", ""), ("South", "", "southeast"), ("Small", "small_fleet", ""), ("Large", "enterprise", ""),
        ("Small South", "small_fleet", "southeast"),
    ):  # fmt: skip
        do("saveValueProp", max_, name=name, segment=segment, region=region, message="Drivers.")
    of = account(segment="small_fleet", region="southeast")
    found = do("getValueProps", vera, accountId=of.pk).items
    assert [(row.name, row.fits) for row in found] == [
        ("Small South", "segment and region"),
        ("Small", "segment"),
        ("South", "region"),
        ("All", "everybody"),
    ]
    assert do("getValueProps", vera, opportunityId=deal(of).pk).items == found
    assert len(do("getValueProps", vera).items) == 5


def test_a_value_prop_is_written_changed_and_taken_back(max_: Actor) -> None:
    made = say("saveValueProp", max_, name="Lanes", message="We know them.", supportingData={"Source": "Our pool"})
    key = made.payload.id
    changed = say("saveValueProp", max_, valuePropId=key, version=1, message="We drive them.", supportingData={})
    undo(max_, changed)
    kept = ValueProp.objects.get(pk=key)
    assert (kept.message, kept.supporting_data, kept.version) == ("We know them.", {"Source": "Our pool"}, 3)
    gone = say("removeValueProp", max_, valuePropId=key, version=3)
    with pytest.raises(NotFound):
        say("removeValueProp", max_, valuePropId=key)
    undo(max_, gone)
    with pytest.raises(NameIsTaken):
        say("saveValueProp", max_, name="LANES", message="x")
    with pytest.raises(InvalidData):
        say("saveValueProp", max_, name="Moon", message="x", region="moon")
    with pytest.raises(InvalidData):
        say("saveValueProp", max_, name="Silent")
    with pytest.raises(NotFound):
        do("getValueProps", max_, accountId=10**9)
