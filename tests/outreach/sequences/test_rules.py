"""Automation rules enrol and stop, and hear of replies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headhaul.kernel import Actor, InvalidData
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import Enrolment
from headhaul.outreach.services import stops
from headhaul.pipeline.models import RuleFiring
from headhaul.pipeline.services.rules import interest
from tests.factories import outreach
from tests.outreach.sequences.doing import EMAIL, do, enrolled, running

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)


def rule(max_: Actor, trigger: str, *actions: dict[str, object]) -> None:
    interest.forget()
    do(
        "saveAutomationRule",
        max_,
        at=MONDAY,
        name=f"When {trigger}",
        trigger=trigger,
        actions=list(actions),
        isActive=True,
    )


def test_a_new_opportunity_enrols_who_decides(max_: Actor, rosa: Actor) -> None:
    boss = outreach.contact(outreach.account(owner=rosa), is_decision_maker=True)
    made = running(max_, EMAIL, at=MONDAY)
    rule(max_, "opportunity_created", {"kind": "enrol", "sequenceId": made["id"]})
    do("createOpportunity", rosa, at=MONDAY, accountId=boss.account_id, name="Deal")
    row = Enrolment.objects.get()
    assert (row.contact_id, row.owner_id, row.source.startswith("Rule")) == (boss.pk, rosa.user_id, True)
    assert RuleFiring.objects.get().done == ["Enrol whoever decides at the account in “First touch”"]


def test_a_rule_that_could_enrol_nobody_says_why(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], person.pk, at=MONDAY)
    rule(max_, "opportunity_created", {"kind": "enrol", "sequenceId": made["id"]})
    do("createOpportunity", rosa, at=MONDAY, accountId=person.account_id, name="Deal")
    firing = RuleFiring.objects.get()
    assert (firing.outcome, "Is in this sequence now." in firing.said) == ("failed", True)


def test_a_rule_ends_the_sequences_of_an_account(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], person.pk, at=MONDAY)
    rule(max_, "opportunity_created", {"kind": "stop_sequences"})
    do("createOpportunity", rosa, at=MONDAY, accountId=person.account_id, name="Deal")
    assert Enrolment.objects.get().state == "stopped"


def test_a_reply_sets_rules_off(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa))
    rule(max_, "replied", {"kind": "add_tag", "tag": "answered"})
    stops.stop_contact(contact_id=person.pk, reason=EnrolmentState.REPLIED, at=MONDAY, why="They replied.")
    assert list(person.account.tags.values_list("tag", flat=True)) == ["answered"]


def test_a_sequence_that_is_not_there_is_refused(max_: Actor) -> None:
    with pytest.raises(InvalidData) as refused:
        rule(max_, "replied", {"kind": "enrol", "sequenceId": 999})
    assert "listSequences" in str(refused.value.fields)
