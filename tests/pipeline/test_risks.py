"""Risks: the SQL of lists and the rules in words say the same on generated histories; each can be seen and cleared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul import preferences
from headhaul.accounts.models import Account, AccountPulse, AccountScore, Contact
from headhaul.activities.choices import TOUCHES, Outcome
from headhaul.activities.models import Activity, Alert
from headhaul.carriers.models import Signal, SignalDay
from headhaul.kernel import Actor
from headhaul.pipeline import risks
from headhaul.pipeline.choices import Risk
from headhaul.pipeline.models import Opportunity, OpportunityContact, Stage
from headhaul.pipeline.preferences import RiskLimits
from headhaul.pipeline.risks import Known, Touch
from headhaul.pipeline.selectors.explaining import explained
from headhaul.pipeline.selectors.rows import Reading, one
from headhaul.pipeline.working_days import current
from tests.factories.market import NOON, TODAY
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
ago = st.integers(0, 24 * 80).map(lambda hours: NOON - timedelta(hours=hours))
days = st.one_of(st.none(), st.integers(-20, 20).map(lambda count: TODAY + timedelta(days=count)))
touch = st.tuples(
    ago,
    st.sampled_from(["call", "email", "sms", "meeting", "note"]),
    st.sampled_from(["out", "in", ""]),
    st.sampled_from(["", *(outcome.value for outcome in Outcome)]),
)
world = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["prospecting", "discovery", "proposal", "negotiation"]),
        "opened_at": ago,
        "entered": ago,
        "close_on": days,
        "next_step": st.sampled_from(["", "Call Dana"]),
        "next_step_on": days,
        "pushes": st.integers(0, 3),
        "decides": st.sampled_from(["nobody", "dana", "left"]),
        "members": st.sets(st.sampled_from(["dana", "left", "third"])),
        "last_touch_at": st.one_of(st.none(), ago),
        "touches": st.lists(touch, max_size=8),
        "signal_day": st.one_of(st.none(), st.sampled_from([TODAY, TODAY - timedelta(days=9)])),
        "signal_drivers": st.one_of(st.none(), st.integers(0, 20)),
        "drivers_now": st.one_of(st.none(), st.integers(0, 20)),
        "alert": st.booleans(),
        "gate": st.booleans(),
        "signals": st.booleans(),
    }
)


@given(world)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lists_and_rules_say_the_same(account: Account, contact: Contact, rosa: Actor, world: dict[str, Any]) -> None:
    opportunity, stage = laid_out(world, account, contact, rosa)
    known = known_from(world, opportunity, stage)
    limits, calendar = preferences.get(RiskLimits), current()
    expected = [each.risk for each in risks.found(known, limits=limits, calendar=calendar, at=NOON)]
    reading = Reading.now(NOON)
    assert one(opportunity_id=opportunity.pk, at=NOON).risks == expected
    words = explained([opportunity.pk], reading=reading)[opportunity.pk]
    assert [each.risk for each in words] == expected
    assert all(each.says.endswith(".") and each.clears and (each.since is None or each.since <= NOON) for each in words)
    for risk in Risk:
        found = do("getRisks", rosa, risk=risk.value)
        assert [item.opportunity.id for item in found.items] == ([opportunity.pk] if risk in expected else [])
        assert {total.risk for total in found.totals} == set(expected)


def laid_out(world: dict[str, Any], account: Account, contact: Contact, rosa: Actor) -> tuple[Opportunity, Stage]:
    """The world as rows, in place of what the example before left."""
    for model in (Opportunity, Activity, Alert):
        model.objects.all().delete()
    people = {"dana": contact}
    for name in ("left", "third"):
        people[name] = Contact.objects.get_or_create(
            account=account, name=name, defaults={"created_at": NOON, "updated_at": NOON, "has_left": name == "left"}
        )[0]
    stage = Stage.objects.get(key=world["stage"])
    kept = ("close_on", "next_step", "next_step_on", "pushes", "signal_day", "signal_drivers", "opened_at")
    opportunity = Opportunity.objects.create(
        **{name: world[name] for name in kept}, account=account, name="Deal", pipeline=stage.pipeline, stage=stage,
        stage_entered_at=max(world["entered"], world["opened_at"]), created_at=NOON, updated_at=NOON,
        decision_maker=people.get(world["decides"]), owner_id=rosa.user_id,
    )  # fmt: skip
    for name in world["members"]:
        OpportunityContact.objects.create(opportunity=opportunity, contact=people[name], added_at=NOON)
    AccountPulse.objects.filter(account=account).update(last_touch_at=world["last_touch_at"])
    AccountScore.objects.filter(account=account).update(driver_count=world["drivers_now"])
    for happened_at, kind, direction, outcome in world["touches"]:
        Activity.objects.create(
            account=account, type=kind, direction=direction, outcome=outcome, happened_at=happened_at, created_at=NOON
        )
    if world["alert"]:
        Alert.objects.create(
            kind="carrier_risk", dot_number=101, day=TODAY, severity="high", text="Authority revoked.", account=account,
            created_at=NOON,
        )  # fmt: skip
    Signal.objects.filter(dot_number=101).update(gate_mask=int(world["gate"]))
    SignalDay.objects.update(is_current=world["signals"])
    return opportunity, stage


def known_from(world: dict[str, Any], opportunity: Opportunity, stage: Stage) -> Known:
    """The same, straight from what was generated."""
    kept = (
        "opened_at", "close_on", "next_step", "next_step_on", "pushes", "last_touch_at", "signal_day",
        "signal_drivers", "drivers_now",
    )  # fmt: skip
    return Known(
        **{name: world[name] for name in kept},
        stage_label=stage.label,
        stage_probability=stage.probability,
        stage_entered_at=opportunity.stage_entered_at,
        sla_days=stage.sla_days,
        has_decision_maker=world["decides"] != "nobody",
        decision_maker_left=world["decides"] == "left",
        involved=len(world["members"] | ({world["decides"]} - {"nobody"})),
        touches=[
            Touch(at, direction, outcome) for at, kind, direction, outcome in world["touches"] if kind in set(TOUCHES)
        ],
        current_day=TODAY if world["signals"] else None,
        alert_at=NOON if world["alert"] else None,
        alert_text="Authority revoked." if world["alert"] else "",
        is_gated=world["gate"] and world["signals"],
    )


def test_a_risk_says_since_when_and_is_gone_when_it_is_cleared(account: Account, rosa: Actor) -> None:
    at = datetime(2026, 11, 2, 15, tzinfo=UTC)
    made = do("createOpportunity", rosa, at=at, accountId=account.pk)
    late = NOON + timedelta(days=7)
    found = {risk.risk: risk for risk in do("getOpportunity", rosa, at=late, opportunityId=made.id).found}
    stalled = found[Risk.STALLED_IN_STAGE]
    assert stalled.says == "17 working days in Prospecting, which should take 14."
    assert stalled.since == datetime(2026, 11, 24, 6, tzinfo=UTC)  # midnight in Chicago after the 14th day
    do("moveStage", rosa, at=late, opportunityId=made.id, version=1, toStage="discovery", nextStep="Send the terms")
    left = {risk.risk for risk in do("getOpportunity", rosa, at=late, opportunityId=made.id).found}
    assert not left & {Risk.STALLED_IN_STAGE, Risk.NO_NEXT_STEP}
    assert left >= {Risk.NO_DECISION_MAKER, Risk.SINGLE_THREADED, Risk.NO_ACTIVITY}


def test_what_has_ended_has_no_risks(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk)
    do("closeOpportunity", rosa, opportunityId=made.id, version=1, outcome="lost", reason="Price")
    assert do("getOpportunity", rosa, opportunityId=made.id).risks == []
    assert do("getRisks", rosa).opportunities == 0
