"""What rules do, on what, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, AccountTag, CustomField
from headhaul.actions.models import AuditEntry
from headhaul.activities.models import Activity, Notification
from headhaul.kernel import SYSTEM, Actor, InvalidData, Role
from headhaul.pipeline.models import AutomationRule, Opportunity, RuleFiring, Stage
from headhaul.pipeline.preferences import Closing
from headhaul.pipeline.services import events
from headhaul.pipeline.services.rules import interest
from headhaul.preferences.services import values
from headhaul.security.models import Team, User
from tests.cast import NOON
from tests.factories.market import person
from tests.pipeline.rules.doing import account, do, move, opportunity, outcomes, rule, undo_id

pytestmark = pytest.mark.django_db


def test_a_move_fires_the_rule_that_names_it_and_no_other(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    rule(max_, "On discovery", toStage="discovery")
    rule(max_, "On proposal", toStage="proposal")
    move(deal, "discovery", rosa)
    assert outcomes() == [("On discovery", "done")]
    told = Notification.objects.get()
    assert (told.user_id, told.text, told.target_type) == (rosa.user_id, "Look at Blue Mesa.", "opportunity")


def test_a_rule_does_everything_it_can(max_: Actor, rosa: Actor, deal: Opportunity, blue_mesa: Account) -> None:
    CustomField.objects.create(entity="opportunity", key="lane", label="Lane", kind="text", created_at=NOON)
    do("addTag", rosa, accountId=blue_mesa.pk, tag="cold")
    rule(
        max_,
        trigger="stage_changed",
        actions=[
            {"kind": "create_task", "title": "Call {account.name|them}", "dueInDays": 2},
            {"kind": "set_field", "field": "opportunity.nextStep", "value": "Visit {account.city|the yard}"},
            {"kind": "set_field", "field": "opportunity.nextStepOn", "inDays": 3},
            {"kind": "set_field", "field": "opportunity.amountCents", "value": 250_000},
            {"kind": "set_field", "field": "opportunity.category", "value": "best_case"},
            {"kind": "set_field", "field": "opportunity.custom.lane", "value": "TX-CA"},
            {"kind": "set_field", "field": "account.status", "value": "prospecting"},
            {"kind": "add_tag", "tag": "Hot"},
            {"kind": "remove_tag", "tag": "cold"},
            {"kind": "assign", "to": "user", "userId": max_.user_id},
            {"kind": "assign", "what": "account", "to": "user", "userId": max_.user_id},
            {"kind": "log_note", "text": "Went to {opportunity.stage|the next stage}"},
            {"kind": "create_opportunity", "name": "Second terminal of {account.name|them}"},
        ],
    )
    move(deal, "discovery", rosa)
    assert outcomes() == [("The rule", "done")], RuleFiring.objects.get().said
    blue_mesa.refresh_from_db()
    assert (deal.next_step, str(deal.next_step_on), deal.amount_cents) == ("Visit the yard", "2026-11-23", 250_000)
    assert (deal.category, deal.custom, deal.owner_id) == ("best_case", {"lane": "TX-CA"}, max_.user_id)
    assert (blue_mesa.status, blue_mesa.owner_id) == ("prospecting", max_.user_id)
    assert list(AccountTag.objects.values_list("tag", flat=True)) == ["hot"]
    task = Activity.objects.get(type="task")
    assert (task.subject, task.owner_id, task.due_at.isoformat()) == (
        "Call Blue Mesa", rosa.user_id, "2026-11-20T17:00:00+00:00")  # fmt: skip
    assert Activity.objects.get(type="note").body == "Went to Discovery"
    assert Opportunity.objects.exclude(pk=deal.pk).get().name == "Second terminal of Blue Mesa"
    assert len(RuleFiring.objects.get().done) == 13


def test_what_a_rule_did_is_audited_under_its_name_and_one_undo_takes_it_all_back(
    max_: Actor, rosa: Actor, deal: Opportunity, blue_mesa: Account
) -> None:
    rule(max_, "Hot ones", actions=[
        {"kind": "set_field", "field": "opportunity.nextStep", "value": "Visit"},
        {"kind": "set_field", "field": "opportunity.competitor", "value": "Swift"},
        {"kind": "create_task", "title": "Call"},
        {"kind": "move_stage", "stage": "discovery"},
    ], fromStage="prospecting", toStage="closed_won")  # fmt: skip
    Opportunity.objects.update(amount_cents=1)
    move(deal, "closed_won", rosa)
    firing = RuleFiring.objects.get()
    assert (firing.outcome, deal.stage.key) == ("done", "discovery")
    entries = AuditEntry.objects.filter(batch_id=firing.batch_id)
    assert [e.action for e in entries.order_by("pk")] == [
        "updateOpportunity", "updateOpportunity", "logActivity", "moveStage"]  # fmt: skip
    assert {e.actor for e in entries} == {"Rule “Hot ones”"}
    do("undoAction", max_, batchId=firing.batch_id)
    deal.refresh_from_db()
    assert (deal.stage.key, deal.next_step, deal.competitor) == ("closed_won", "", "")
    assert not Activity.objects.filter(type="task").exists()
    assert RuleFiring.objects.count() == 1, "taking back sets nothing off"


def test_the_move_itself_can_still_be_taken_back_after_a_rule_changed_the_same_record(
    max_: Actor, rosa: Actor, deal: Opportunity
) -> None:
    rule(max_, actions=[{"kind": "set_field", "field": "opportunity.nextStep", "value": "Visit"}])
    key = undo_id("moveStage", rosa, opportunityId=deal.pk, version=1, toStage="discovery")
    do("undoAction", rosa, undoId=key)
    deal.refresh_from_db()
    assert (deal.stage.key, RuleFiring.objects.count()) == ("prospecting", 1)


def test_a_failing_action_takes_the_firing_back_but_not_the_write_and_managers_are_told(
    max_: Actor, rosa: Actor, deal: Opportunity
) -> None:
    rule(
        max_,
        "Too eager",
        toStage="discovery",
        actions=[{"kind": "add_tag", "tag": "hot"}, {"kind": "move_stage", "stage": "negotiation"}],
    )
    move(deal, "discovery", rosa)
    firing = RuleFiring.objects.get()
    assert (deal.stage.key, firing.outcome, firing.batch_id) == ("discovery", "failed", "")
    assert "amountCents" in firing.said
    assert not AccountTag.objects.exists()
    assert [n.user_id for n in Notification.objects.all()] == [max_.user_id]
    assert "Too eager" in Notification.objects.get().text


def test_a_rule_whose_stage_field_or_person_is_gone_fails_with_a_sentence_and_is_shown_as_broken(
    max_: Actor, rosa: Actor, deal: Opportunity
) -> None:
    own = CustomField.objects.create(entity="opportunity", key="lane", label="Lane", kind="text", created_at=NOON)
    rick = person("Rick", Role.REP)
    rule(max_, "A stage", actions=[{"kind": "move_stage", "stage": "proposal"}], toStage="discovery")
    rule(max_, "A person", actions=[{"kind": "assign", "to": "user", "userId": rick.user_id}])
    rule(max_, "A field", conditions=[{"field": "opportunity.custom.lane", "op": "is", "value": "x"}])
    Stage.objects.filter(key="proposal").update(is_active=False)
    User.objects.filter(pk=rick.user_id).update(is_active=False)
    own.delete()
    move(deal, "discovery", rosa)
    assert [outcome for _, outcome in outcomes()] == ["failed"] * 3
    assert deal.stage.key == "discovery"
    said = " ".join(RuleFiring.objects.values_list("said", flat=True))
    assert "'proposal'" in said
    assert "active user" in said
    assert "opportunity.custom.lane" in said
    problems = [list(each.problems) for each in do("getAutomationRules", max_).items]
    assert problems == [["actions.0.stage"], ["actions.0.userId"], ["conditions.0.field"]]


def test_the_same_event_fires_a_rule_once_however_often_it_is_told(max_: Actor, deal: Opportunity) -> None:
    rule(max_)
    for _ in range(3):
        events.emit(
            "stage_changed", opportunity=deal, changes={"stage": ("prospecting", "discovery")}, at=NOON, by=max_
        )
    assert outcomes() == [("The rule", "done")]


def test_a_rule_that_is_off_or_was_switched_on_later_does_nothing(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    rule(max_, isActive=False)
    move(deal, "discovery", rosa)
    made = AutomationRule.objects.get()
    do("setAutomationRuleActive", max_, at=NOON + timedelta(hours=1), ruleId=made.pk, isActive=True)
    move(deal, "prospecting", rosa)
    assert outcomes() == []
    move(deal, "discovery", rosa, at=NOON + timedelta(hours=2))
    assert outcomes() == [("The rule", "done")]


def test_rules_lead_on_to_others_and_the_depth_says_how_far(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    values.save(section=Closing, values={"statusFollows": "no"}, expected_version=0, by=SYSTEM, at=NOON)
    rule(max_, "One", toStage="discovery", actions=[{"kind": "move_stage", "stage": "closed_won"}])
    rule(
        max_,
        "Two",
        trigger="opportunity_won",
        actions=[{"kind": "set_field", "field": "account.status", "value": "client"}],
    )
    rule(max_, "Three", trigger="account_status_changed", actions=[{"kind": "add_tag", "tag": "won"}])
    Opportunity.objects.update(amount_cents=1)
    move(deal, "discovery", rosa)
    assert outcomes() == [("One", "done"), ("Two", "done"), ("Three", "done")]
    assert list(RuleFiring.objects.order_by("pk").values_list("depth", flat=True)) == [0, 1, 2]


def test_the_first_in_order_wins_where_two_would_move_the_same(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    Opportunity.objects.update(amount_cents=1, close_on=NOON.date())
    rule(max_, "Second", position=2, toStage="discovery", actions=[{"kind": "move_stage", "stage": "closed_won"}])
    rule(max_, "First", position=1, toStage="discovery", actions=[{"kind": "move_stage", "stage": "proposal"}])
    move(deal, "discovery", rosa)
    assert outcomes() == [("First", "done"), ("Second", "stopped")]
    assert deal.stage.key == "proposal"
    assert "moved it on to proposal" in RuleFiring.objects.get(outcome="stopped").said


def test_a_circle_that_got_past_saving_is_stopped_and_recorded(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    for name, of, to in (("There", "prospecting", "discovery"), ("Back", "discovery", "prospecting")):
        AutomationRule.objects.create(
            name=name, trigger="stage_changed", to_stage=of, actions=[{"kind": "move_stage", "stage": to}],
            is_active=True, active_since=NOON, created_at=NOON, updated_at=NOON,
        )  # fmt: skip
    interest.forget()
    move(deal, "discovery", rosa)
    assert outcomes() == [("Back", "done"), ("There", "done"), ("Back", "stopped")]
    assert "came round" in RuleFiring.objects.get(outcome="stopped").said


@pytest.mark.parametrize(
    ("conditions", "fires"),
    [
        ([{"field": "account.state", "op": "is", "value": "TX"}], True),
        ([{"field": "account.state", "op": "not_in", "value": ["TX", "OK"]}], False),
        ([{"field": "account.fleetSize", "op": "gte", "value": 40}], True),
        ([{"field": "account.fleetSize", "op": "lt", "value": 40}], False),
        ([{"field": "account.tag", "op": "has", "value": "HOT"}], True),
        ([{"field": "account.tag", "op": "has_not", "value": "cold"}], True),
        ([{"field": "account.score", "op": "gt", "value": 10}], False),
        ([{"field": "account.score", "op": "is_empty"}], True),
        ([{"field": "opportunity.amountCents", "op": "gt", "value": 99_999}], True),
        ([{"field": "opportunity.hasDecisionMaker", "op": "is", "value": False}], True),
        ([{"field": "opportunity.closeOn", "op": "within_days", "value": 7}], True),
        ([{"field": "opportunity.closeOn", "op": "after", "value": "2026-12-01"}], False),
        ([{"field": "opportunity.competitor", "op": "contains", "value": "SWIFT"}], True),
        ([{"field": "opportunity.stage", "op": "is", "value": "discovery"}], True),
        ([{"field": "opportunity.daysInStage", "op": "lte", "value": 0}], True),
        ([{"anyOf": [{"field": "account.state", "op": "is", "value": "OK"},
                     {"field": "account.fleetSize", "op": "is", "value": 40}]}], True),
        ([{"field": "account.state", "op": "is", "value": "OK"},
          {"field": "account.fleetSize", "op": "is", "value": 40}], False),
    ],
)  # fmt: skip
def test_conditions_decide(max_: Actor, rosa: Actor, conditions: list[dict[str, Any]], fires: bool) -> None:
    here = account("Blue Mesa", rosa, state="TX", fleet_size=40)
    do("addTag", rosa, accountId=here.pk, tag="hot")
    made = opportunity(
        here, rosa, amount_cents=100_000, close_on=NOON.date() + timedelta(days=5), competitor="Swift Co"
    )
    rule(max_, conditions=conditions)
    move(made, "discovery", rosa)
    assert outcomes() == ([("The rule", "done")] if fires else [])


def test_any_is_enough_when_the_rule_says_so(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    lines = [{"field": "account.state", "op": "is", "value": s} for s in ("OK", "TX")]
    Account.objects.update(state="TX")
    rule(max_, match="any", conditions=lines)
    move(deal, "discovery", rosa)
    assert outcomes() == [("The rule", "done")]


@pytest.mark.parametrize(("change", "fires"), [(150_000, True), (50_000, False)])
def test_an_amount_that_grew_is_told_from_one_that_shrank(
    max_: Actor, rosa: Actor, deal: Opportunity, change: int, fires: bool
) -> None:
    Opportunity.objects.update(amount_cents=100_000)
    grew = [{"field": "event.amountChangeCents", "op": "gt", "value": 0}]
    rule(max_, trigger="amount_changed", conditions=grew)
    do("updateOpportunity", rosa, opportunityId=deal.pk, version=1, amountCents=change)
    assert outcomes() == ([("The rule", "done")] if fires else [])


def test_rooms_below_set_rules_off_without_knowing_them(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    triggers = ("account_opened", "account_assigned", "account_status_changed", "activity_logged", "task_completed")
    tell_max = {"kind": "notify", "to": "user", "userId": max_.user_id, "text": "x"}
    for trigger in triggers:
        rule(max_, trigger, trigger=trigger, actions=[tell_max])
    new = account("Prairie", rosa)
    do("assignAccount", max_, accountId=new.pk, ownerId=max_.user_id)
    do("updateAccount", max_, accountId=new.pk, version=2, status="prospecting")
    do("logActivity", rosa, accountId=new.pk, type="call", outcome="connected")
    task = do("logActivity", rosa, accountId=new.pk, type="task", subject="Call")
    do("completeTask", rosa, taskId=task.activity.id)
    assert [name for name, _ in outcomes()] == list(triggers)


def test_a_change_in_bulk_tells_the_new_owner_once_and_sets_rules_off(max_: Actor, rosa: Actor, ada: Actor) -> None:
    tell_ada = {"kind": "notify", "to": "user", "userId": ada.user_id, "text": "x"}
    to_rosa = {"field": "account.owner", "op": "is", "value": rosa.user_id}
    rule(max_, "Given", trigger="account_assigned", conditions=[to_rosa], actions=[tell_ada])
    rule(max_, "Moved on", trigger="account_status_changed", actions=[tell_ada])
    keys = [account(f"Prairie {number}", max_).pk for number in range(3)]
    already = account("Mesa", rosa, status="client").pk
    given = {"accountIds": [*keys, already], "changes": {"ownerId": rosa.user_id, "status": "client"}}
    undo = undo_id("bulkUpdateAccounts", max_, **given)
    assert outcomes() == [("Given", "done")] * 3 + [("Moved on", "done")] * 3
    assert list(Notification.objects.filter(user_id=rosa.user_id).values_list("text", flat=True)) == [
        "Max gave you 3 accounts"
    ]
    do("undoAction", max_, undoId=undo)
    assert len(outcomes()) == 6, "what is taken back sets nothing off"


def test_an_activity_moves_the_accounts_newest_open_opportunity(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    held = [
        {"field": "activity.type", "op": "is", "value": "meeting"},
        {"field": "activity.outcome", "op": "is", "value": "held"},
    ]
    rule(max_, trigger="activity_logged", conditions=held, actions=[{"kind": "move_stage", "stage": "discovery"}])
    do("logActivity", rosa, accountId=deal.account_id, type="meeting", outcome="no_show")
    do("logActivity", rosa, accountId=deal.account_id, type="meeting", outcome="held")
    deal.refresh_from_db()
    assert (deal.stage.key, outcomes()) == ("discovery", [("The rule", "done")])
    without = account("No deal yet", rosa)
    do("logActivity", rosa, accountId=without.pk, type="meeting", outcome="held")
    assert len(outcomes()) == 1, "there is nothing to move"


def test_a_team_shares_by_fewest_open_opportunities(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    team = Team.objects.create(name="West", created_at=NOON)
    rick = person("Rick", Role.REP)
    User.objects.filter(pk__in=[rosa.user_id, rick.user_id]).update(team=team)
    rule(max_, trigger="opportunity_created", actions=[{"kind": "assign", "to": "team", "teamId": team.pk}])
    owners = []
    for number in range(3):
        made = do("createOpportunity", max_, accountId=deal.account_id, name=f"Deal {number}")
        owners.append(Opportunity.objects.get(pk=made.id).owner_id)
    assert owners == [rick.user_id, rosa.user_id, rick.user_id]


def test_nobody_to_give_a_task_to_is_said(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    Opportunity.objects.update(owner=None)
    Account.objects.update(owner=None)
    rule(max_, actions=[{"kind": "create_task", "title": "Call"}])
    move(deal, "discovery", rosa)
    assert "Nobody owns 24 reefer drivers" in RuleFiring.objects.get().said


def test_a_value_with_braces_is_text_and_never_a_variable(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    Account.objects.update(name="{account.owner|x} مرحبا 🚚")
    rule(max_, actions=[{"kind": "log_note", "text": "About {account.name|them}"}])
    move(deal, "discovery", rosa)
    assert Activity.objects.get(type="note").body == "About {account.owner|x} مرحبا 🚚"


def test_without_rules_a_move_asks_the_database_nothing_more(
    rosa: Actor, deal: Opportunity, django_assert_num_queries: Any
) -> None:
    events.emit("stage_changed", opportunity=deal, at=NOON, by=rosa)
    with django_assert_num_queries(0):
        events.emit("stage_changed", opportunity=deal, at=NOON, by=rosa)


def test_a_refused_write_fires_nothing(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    rule(max_)
    with pytest.raises(InvalidData):
        move(deal, "negotiation", rosa)
    assert outcomes() == []


def test_firings_are_listed_with_what_they_were_about(max_: Actor, rosa: Actor, deal: Opportunity) -> None:
    made = rule(max_, actions=[{"kind": "create_task", "title": "Call"}])
    move(deal, "discovery", rosa)
    page = do("getRuleFirings", max_, ruleId=made.id)
    did = ["Task “Call” for its owner"]
    assert [(f.about, f.done, f.can_undo) for f in page.items] == [("24 reefer drivers", did, True)]
    do("undoAction", max_, batchId=page.items[0].batch_id)
    assert [f.can_undo for f in do("getRuleFirings", max_).items] == [False]
    assert [(r.fired, r.last_outcome) for r in do("getAutomationRules", max_).items] == [(1, "done")]
