"""Trying a rule on what happened, before it is switched on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from headhaul.accounts.models import Account
from headhaul.activities.services import logging
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import AutomationRule, Opportunity, OpportunitySnapshot, RuleFiring
from headhaul.preferences.services import values
from tests.cast import NOON
from tests.pipeline.rules.doing import TELL, account, do, move, opportunity, rule

pytestmark = pytest.mark.django_db


def tried(actor: Actor, /, **said: Any) -> Any:
    data = {name: said.pop(name) for name in ("days", "opportunityId", "accountId", "limit") if name in said}
    draft = {"trigger": "stage_changed", "actions": [TELL]} | said
    return do("testAutomationRule", actor, rule=draft, **data)


def test_it_says_on_which_moves_it_would_have_fired_and_writes_nothing(
    max_: Actor, rosa: Actor, deal: Opportunity
) -> None:
    move(deal, "discovery", rosa, at=NOON - timedelta(days=40))
    move(deal, "prospecting", rosa, at=NOON - timedelta(days=3))
    move(deal, "discovery", rosa, at=NOON - timedelta(days=2))
    found = tried(max_, toStage="discovery")
    assert (found.examined, found.matched, found.records, found.is_complete) == (2, 1, 1, True)
    assert [(row.name, row.does) for row in found.rows] == [
        ("24 reefer drivers", ["Tell its owner: Look at Blue Mesa."])
    ]
    assert tried(max_, toStage="discovery", days=60).matched == 2
    assert not AutomationRule.objects.exists()
    assert not RuleFiring.objects.exists()


def test_tracked_facts_are_those_of_the_time(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    for days, amount in ((5, 100), (4, 900), (3, 100)):
        deal.refresh_from_db()
        at = NOON - timedelta(days=days)
        do("updateOpportunity", rosa, at=at, opportunityId=deal.pk, version=deal.version, amountCents=amount)
        if days == 4:
            move(deal, "discovery", rosa, at=at)
    dear = [{"field": "opportunity.amountCents", "op": "gte", "value": 900}]
    assert tried(max_, conditions=dear).matched == 1


def test_one_record_shows_how_each_condition_stands(max_: Actor, deal: Opportunity) -> None:
    lines = [
        {"field": "account.state", "op": "is", "value": "TX"},
        {"field": "opportunity.amountCents", "op": "gt", "value": 500_00},
    ]
    Account.objects.update(state="TX")
    found = tried(max_, conditions=lines, opportunityId=deal.pk)
    assert [(c.said, c.holds, c.actual) for c in found.conditions] == [
        ("State is Texas", True, "Texas"),
        ("Amount is more than $500", False, "nothing"),
    ]
    assert found.matched == 0


@pytest.mark.parametrize("trigger", list(RuleTrigger))
def test_every_trigger_can_be_tried(max_: Actor, deal: Opportunity, trigger: RuleTrigger) -> None:
    assert tried(max_, trigger=trigger.value).is_complete


def test_accounts_activities_overdue_steps_and_risks_are_found_too(
    max_: Actor, rosa: Actor, deal: Opportunity, blue_mesa: Account
) -> None:
    logging.log(account_id=blue_mesa.pk, type="call", at=NOON, by=rosa, outcome="connected")
    do("assignAccount", max_, accountId=blue_mesa.pk, ownerId=max_.user_id)
    Opportunity.objects.update(next_step_on=NOON.date() - timedelta(days=2))
    snapshot(deal, 2, [])
    snapshot(deal, 1, ["no_activity"])
    wanted = ("account_opened", "account_assigned", "activity_logged", "next_step_overdue", "risk_found")
    hits = {name: tried(max_, trigger=name).matched for name in (*wanted, "task_completed")}
    assert hits == dict.fromkeys(wanted, 1) | {"task_completed": 0}
    risky = [{"field": "event.risk", "op": "is", "value": "no_next_step"}]
    assert tried(max_, trigger="risk_found", conditions=risky).matched == 0


def snapshot(deal: Opportunity, days_ago: int, risks: list[str]) -> None:
    OpportunitySnapshot.objects.create(
        day=NOON.date() - timedelta(days=days_ago), opportunity_id=deal.pk, account_id=deal.account_id,
        pipeline_id=deal.pipeline_id, stage_id=deal.stage_id, stage_key="prospecting", category="pipeline",
        probability=10, days_in_stage=1, days_open=1, touches_30=0, replies_30=0, contacts=0,
        has_decision_maker=False, has_next_step=False, pushes=0, risks=risks, taken_at=NOON,
    )  # fmt: skip


def test_rows_show_only_what_the_manager_sees_but_counts_are_of_all(max_: Actor, ada: Actor, rosa: Actor) -> None:
    do("saveSettings", ada, section="visibility", expectedVersion=0, values={"managers": "own"})
    values.forget()
    hidden = opportunity(account("Hidden", rosa), rosa)
    move(hidden, "discovery", rosa)
    found = tried(max_)
    assert (found.matched, found.rows) == (1, [])
    with pytest.raises(NotFound):
        tried(max_, opportunityId=hidden.pk)


def test_a_draft_that_does_not_fit_or_goes_round_is_refused_as_saving_it_would_be(max_: Actor) -> None:
    with pytest.raises(InvalidData):
        tried(max_, toStage="limbo")
    with pytest.raises(InvalidData):
        do("testAutomationRule", max_)


def test_a_test_runs_where_nothing_can_be_written(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    move(deal, "discovery", rosa)
    made = rule(max_)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set transaction read only")
    assert do("testAutomationRule", max_, ruleId=made.id).matched == 1
