"""Rows of the rooms above: activities, opportunities, playbooks, value props, all through the same port."""

from __future__ import annotations

from datetime import UTC, date, datetime

from headhaul.accounts.models import Account, AccountPulse
from headhaul.activities.models import Activity, Notification
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, OpportunityChange, Playbook, Stage, ValueProp
from tests.accounts.importing.conftest import Upload, ask, errors, importing, rows

CALL = {"Company": "Blue", "Type": "Phone call", "Date": "2026-03-04 15:30", "Subject": "Intro", "Outcome": "spoke"}
DEAL = {"Company": "Blue", "Deal": "Reefer seats", "Stage": "Proposal", "Value": "$25k", "Close date": "2026-12-31"}


def test_a_call_of_another_system_stands_in_the_timeline_at_its_own_time(max_: Actor) -> None:
    rows(max_, "contacts", {"Full name": "Ann", "Company": "Blue", "Email": "ann@blue.example"})
    run = rows(max_, "activities", CALL | {"Contact": "ann@blue.example"})
    call = Activity.objects.get()
    assert (run.created, call.type, call.outcome, call.direction) == (1, "call", "connected", "out")
    assert call.happened_at == datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    assert call.contact is not None
    pulse = AccountPulse.objects.get()
    assert pulse.last_touch_at == call.happened_at
    assert rows(max_, "activities", CALL).unchanged == 1


def test_an_activity_of_nobody_or_of_a_wrong_outcome_says_so(max_: Actor) -> None:
    rows(max_, "accounts", {"Company": "Blue"})
    run = rows(max_, "activities", CALL | {"Company": "Red"}, CALL | {"Outcome": "no show"}, CALL | {"Contact": "Bo"},
               CALL | {"Subject": "[AUDIT] createAccount"})  # fmt: skip
    assert (run.created, run.failed, run.skipped) == (0, 3, 1)
    assert errors(max_, run)[:3] == [
        "there is no such account", "is no outcome of a call", "the account has no such contact"]  # fmt: skip


def test_an_opportunity_comes_with_its_history(max_: Actor) -> None:
    run = rows(max_, "opportunities", DEAL)
    deal = Opportunity.objects.get()
    assert (run.created, deal.stage.key, deal.amount_cents, deal.close_on) == (
        1,
        "proposal",
        2_500_000,
        date(2026, 12, 31),
    )
    assert (deal.account.name, deal.category, deal.owner_id) == ("Blue", "best_case", max_.user_id)
    history = dict(OpportunityChange.objects.values_list("field", "new"))
    assert (history["stage"], history["amount"], history["close_on"]) == (deal.stage_id, 2_500_000, "2026-12-31")


def test_an_opportunity_that_moved_is_moved_and_taken_back(max_: Actor) -> None:
    rows(max_, "opportunities", DEAL)
    run = rows(max_, "opportunities", DEAL | {"Stage": "closed_lost", "Close reason": "Price", "Value": "30000"})
    deal = Opportunity.objects.get()
    assert (run.updated, deal.kind, deal.lost_reason, deal.amount_cents) == (1, "lost", "Price", 3_000_000)
    assert ask("undoImport", {"importId": run.id}, max_).reversed == 1
    deal.refresh_from_db()
    assert (deal.kind, deal.stage.key, deal.amount_cents, deal.closed_at) == ("open", "proposal", 2_500_000, None)
    assert (
        OpportunityChange.objects.filter(field="stage").order_by("pk").last().new
        == Stage.objects.get(key="proposal").pk
    )  # type: ignore[union-attr]


def test_what_a_stage_requires_is_required_of_a_file_too(max_: Actor) -> None:
    run = rows(max_, "opportunities", DEAL | {"Value": ""}, DEAL | {"Stage": "closed_lost"})
    assert errors(max_, run) == ["the stage Proposal requires it", "the stage Closed lost requires it"]
    assert Account.objects.count() == 0


def test_undoing_removes_an_opportunity_and_the_account_it_made_and_notes_it(max_: Actor) -> None:
    run = rows(max_, "opportunities", DEAL)
    back = ask("undoImport", {"importId": run.id}, max_)
    assert (back.reversed, Opportunity.objects.count(), Account.objects.count()) == (2, 0, 0)
    assert OpportunityChange.objects.filter(field="removed").count() == 1


def test_playbooks_and_value_props(max_: Actor) -> None:
    steps = '["Call the owner", {"title": "Send terms", "description": "By e-mail"}]'
    given = {"Name": "First call", "Stage": "discovery", "Steps": steps, "is_active": "false"}
    assert rows(max_, "playbooks", given).created == 1
    book = Playbook.objects.latest("pk")
    assert [step["title"] for step in book.steps] == ["Call the owner", "Send terms"]
    assert not book.is_active
    assert rows(max_, "playbooks", given).unchanged == 1
    prop = {"name": "Reefer", "segment": "any", "region": "Southeast", "message": "38 reefer drivers"}
    assert rows(max_, "valueProps", prop, {"name": "Empty"}).failed == 1
    assert (ValueProp.objects.latest("pk").region, ValueProp.objects.latest("pk").segment) == ("southeast", "")


def test_whoever_started_an_import_hears_of_its_end(max_: Actor, upload: Upload) -> None:
    importing(max_, entity="accounts", uploadId=upload([["Company"], ["Blue"], [""], ["Red"]]))
    told = Notification.objects.get()
    assert (told.user_id, told.kind, told.target_type) == (max_.user_id, "import_done", "import")
    assert told.text == "The import of carriers.csv is done: 2 were created, 0 updated, 0 unchanged."
