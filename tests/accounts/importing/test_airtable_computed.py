"""Rules in our words come in switched off; what is worked out here goes out and never comes in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headhaul.accounts.models import Account, ImportRun
from headhaul.kernel import Actor
from headhaul.pipeline.models import AutomationRule, RuleFiring
from tests.accounts.importing.airtable_world import ACCOUNTS, exported, imported, people, reasons
from tests.accounts.importing.conftest import ask, rows
from tests.cast import NOON
from tests.factories.market import TODAY, carrier, signals
from tests.fakes.airtable_server import AirtableServer

RULES, SIGNALS = "v2_B2B Automation Rules", "v2_B2B Match Signals"
SNAPSHOTS, ATTRIBUTION = "v2_B2B Analytics Snapshots", "v2_B2B Lead Attribution"
CONDITIONS = [{"field": "account.segment", "op": "is", "value": "regional"}]
ACTIONS = [{"kind": "create_task", "title": "Send terms", "dueInDays": 2}]
BIG = {"rule_name": "Big proposals", "trigger_event": "stage_changed", "from_stage": "", "to_stage": "proposal",
       "conditions": json.dumps(CONDITIONS), "actions": json.dumps(ACTIONS), "is_active": "true"}  # fmt: skip


def rules_of(by: Actor) -> ImportRun:
    (run,) = imported(by, tables=[RULES])
    return run


def test_a_rule_in_our_words_comes_in_switched_off(max_: Actor, server: AirtableServer) -> None:
    server.put(RULES, BIG)
    run = rules_of(max_)
    assert (run.created, reasons(run)) == (1, [])
    rule = AutomationRule.objects.get(name="Big proposals")
    assert (rule.trigger, rule.to_stage, rule.is_active) == ("stage_changed", "proposal", False)
    assert (rule.conditions, rule.actions) == (CONDITIONS, ACTIONS)
    assert rules_of(max_).unchanged == 1
    assert ask("undoImport", {"importId": run.pk}, max_).kept == 0
    assert not AutomationRule.objects.filter(name="Big proposals").exists()


@pytest.mark.parametrize(
    ("wrong", "column", "told"),
    [
        ({"trigger_event": "moon_rose"}, "trigger_event", "When is none of: opportunity_created"),
        ({"to_stage": "limbo"}, "to_stage", "limbo"),
        ({"conditions": '[{"field": "deal.size", "op": "is", "value": 1}]'}, "conditions", "0.field"),
        ({"conditions": '{"dealSize": "big"}'}, "conditions", "Input should be a valid list"),
        ({"actions": '[{"type": "send_email"}]'}, "actions", "0.kind: Field required"),
        ({"actions": "[]"}, "actions", "at least 1 item"),
        ({"actions": '[{"kind": "create_task"}]'}, "actions", "0.title"),
        ({"rule_name": ""}, "rule_name", "a rule needs a name"),
    ],
)
def test_a_rule_in_other_words_is_refused_with_the_place(
    max_: Actor, server: AirtableServer, wrong: dict[str, str], column: str, told: str
) -> None:
    server.put(RULES, BIG | wrong, BIG | {"rule_name": "Sound"})
    run = rules_of(max_)
    assert (run.created, run.failed) == (1, 1)
    error = run.row_errors.get()
    assert error.column == column
    assert told in error.reason or told in error.value


def test_a_rule_that_somebody_switched_on_stays(max_: Actor, server: AirtableServer) -> None:
    server.put(RULES, BIG)
    run = rules_of(max_)
    rule = AutomationRule.objects.get(name="Big proposals")
    ask("setAutomationRuleActive", {"ruleId": rule.pk, "version": rule.version, "isActive": True}, max_)
    assert ask("undoImport", {"importId": run.pk}, max_).kept == 1


def test_our_rules_go_out_as_json_and_come_back_as_they_were(max_: Actor, server: AirtableServer) -> None:
    given = {"name": "Either", "trigger": "stage_changed", "match": "any", "conditions": CONDITIONS, "actions": ACTIONS}
    ask("saveAutomationRule", given, max_)
    server.tables[RULES] = {}
    exported(max_, tables=[RULES])
    sent = next(row for row in server.tables[RULES].values() if row["rule_name"] == "Either")
    assert (sent["trigger_event"], sent["is_active"]) == ("stage_changed", "false")
    assert json.loads(sent["actions"]) == ACTIONS
    assert json.loads(sent["conditions"]) == {"match": "any", "conditions": CONDITIONS}
    assert rules_of(max_).failed == 0
    AutomationRule.objects.all().delete()
    server.tables[RULES] = {"recNew": sent}
    assert rules_of(max_).created == 1
    assert AutomationRule.objects.get().match == "any"


def test_a_trial_writes_no_rule(max_: Actor) -> None:
    given = {"Name": "One", "When": "stage_changed", "Then": json.dumps(ACTIONS)}
    run = rows(max_, "automationRules", given, given | {"Name": "Two", "Then": "[]"}, dryRun=True)
    assert (run.created, run.failed) == (1, 1)
    assert not AutomationRule.objects.filter(name="One").exists()
    assert not RuleFiring.objects.exists()


def test_what_is_worked_out_here_is_not_read_and_says_why(max_: Actor, server: AirtableServer) -> None:
    told = ask("importAirtable", {}, max_)
    reasons_of = {each.table: each.reason for each in told.not_imported}
    assert set(reasons_of) == {SIGNALS, SNAPSHOTS, ATTRIBUTION, "v2_B2B Account Research"}
    assert reasons_of[SIGNALS].endswith("those of accounts go out")


def test_signals_of_accounts_go_out_and_no_others(max_: Actor, server: AirtableServer) -> None:
    carrier(101), carrier(102)
    signals(TODAY, {"dot_number": 101, "score_hundredths": 9205, "n": 60}, {"dot_number": 102})
    rows(max_, "accounts", {"USDOT": 101, "Company": "Blue"})
    server.tables[SIGNALS] = {}
    exported(max_, tables=[SIGNALS])
    (sent,) = server.tables[SIGNALS].values()
    assert (sent["carrier_dot"], sent["signal_score"], sent["driver_count"]) == ("101", "92.05", "60")
    assert (json.loads(sent["top_regions"]), json.loads(sent["top_equipment"])) == ({"TX": 12}, {"reefer": 12})
    assert (sent["confidence"], sent["urgency"]) == ("medium", "medium")
    assert exported(max_, tables=[SIGNALS]).counts[SIGNALS]["updated"] == 1


def test_snapshots_go_out_with_their_figures(max_: Actor, server: AirtableServer) -> None:
    rows(max_, "accounts", {"Company": "Blue"})
    rows(max_, "activities", {"Company": "Blue", "Type": "call", "Date": NOON.isoformat(), "Outcome": "connected"})
    ask("saveSnapshot", {"period": "this_quarter", "name": "Q4"}, max_)
    server.tables[SNAPSHOTS] = {}
    export = exported(max_, tables=[SNAPSHOTS])
    assert export.problems == []
    (sent,) = server.tables[SNAPSHOTS].values()
    assert sent["period_start"] < sent["period_end"]
    assert "coverage" in json.loads(sent["pipeline_metrics"])
    assert json.loads(sent["stage_conversions"])[0]["stage"]
    assert sum(json.loads(sent["channel_metrics"]).values()) == 1


def sources(server: AirtableServer, account: str, *rows: dict[str, Any]) -> None:
    server.put("v2_B2B Lead Sources", *({"account_id": account, **row} for row in rows))


def test_touches_of_an_account_go_out_in_their_order(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    sources(server, blue, {"source": "webinar", "medium": "web", "captured_at": "2025-02-01T10:00:00Z"},
            {"source": "referral", "campaign": "Friends", "captured_at": "2025-01-01T10:00:00Z"})  # fmt: skip
    imported(max_)
    server.tables[ATTRIBUTION] = {}
    exported(max_, tables=[ACCOUNTS, ATTRIBUTION])
    (sent,) = server.tables[ATTRIBUTION].values()
    assert sent["account_id"] == blue
    assert (sent["source"], sent["campaign"], sent["first_touch_at"]) == (
        "referral", "Friends", "2025-01-01T10:00:00+00:00",
    )  # fmt: skip
    history = json.loads(sent["touchpoint_history"])
    assert [(each["kind"], each["source"]) for each in history] == [
        ("capture", "referral"), ("capture", "webinar"), ("origin", Account.objects.get().source),
    ]  # fmt: skip
