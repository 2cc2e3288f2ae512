"""Rules that could go round are refused with the way they would go; rules that cannot are let through.

The check is compared with a plain walk through all states that records can be in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import AutomationRule, Opportunity, RuleFiring
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.loops import Named, find
from headhaul.pipeline.services.rules import interest
from tests.cast import NOON
from tests.pipeline.rules.doing import account, do, move, opportunity, rule

STAGES = ["a", "b", "c", "d"]
KINDS = dict.fromkeys(STAGES, "open")
SEGMENTS = ["regional", "enterprise", "unknown"]


def condition(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def mover(to: str, *, of: str = "", arriving: str = "", match: str = "all", when: Any = ()) -> Declared:
    move = {"kind": "move_stage", "stage": to}
    return Declared(RuleTrigger.STAGE_CHANGED, of, arriving, match, list(when), [move])


def way(*rules: Declared) -> str:
    return find([Named(number, chr(65 + number), each) for number, each in enumerate(rules)], KINDS)


def test_two_rules_that_send_each_other_back_are_found_and_the_way_is_named() -> None:
    assert way(mover("b", arriving="a"), mover("a", arriving="b")) == (
        "“A” moves to b → “B” moves to a → “A” fires again"
    )


def test_a_rule_that_sets_itself_off_is_found() -> None:
    deed = {"kind": "create_opportunity", "name": "More"}
    alone = Declared(RuleTrigger.OPPORTUNITY_CREATED, "", "", "all", [], [deed])
    assert "“A” creates an opportunity → “A” fires again" in way(alone)


@pytest.mark.parametrize(
    "rules",
    [
        (mover("b", arriving="a"), mover("c", arriving="b"), mover("d", arriving="c")),
        (mover("b", of="c", arriving="a"), mover("a", arriving="b")),  # it comes to a from b, not from c
        (mover("a"),),  # moving to where it is makes nothing happen
        (
            mover("b", arriving="a", when=[condition("account.segment", "is", "regional")]),
            mover("a", arriving="b", when=[condition("account.segment", "is_not", "regional")]),
        ),
        (
            mover("b", arriving="a", when=[condition("account.fleetSize", "lt", 20)]),
            mover("a", arriving="b", when=[condition("account.fleetSize", "gte", 100)]),
        ),
        (
            mover("b", arriving="a", when=[condition("account.segment", "is", "regional")]),
            mover("c", arriving="b"),  # the fleet stays what it is along the whole way
            mover("a", arriving="c", when=[condition("account.segment", "in", ["enterprise", "unknown"])]),
        ),
    ],
)
def test_what_stages_or_conditions_break_is_no_loop(rules: tuple[Declared, ...]) -> None:
    assert way(*rules) == ""


def test_a_fact_that_a_rule_writes_is_not_relied_on_along_the_way() -> None:
    tags = {"kind": "add_tag", "tag": "x"}
    there = mover("b", arriving="a", when=[condition("account.tag", "has_not", "x")])
    back = mover("a", arriving="b")
    assert way(there, back) != ""
    marking = Declared(there.trigger, "", "a", "all", there.conditions, [tags, *there.actions])
    assert "fires again" in way(marking, back), "something else may take the tag off in between"


def test_notes_assignments_and_amounts_lead_on_as_moves_do() -> None:
    note = {"kind": "log_note", "text": "x"}
    noting = Declared(RuleTrigger.ACTIVITY_LOGGED, "", "", "all", [], [note])
    assert way(noting)
    calls = [condition("activity.type", "is", "call")]
    assert not way(Declared(RuleTrigger.ACTIVITY_LOGGED, "", "", "all", calls, [note]))
    owner = Declared(RuleTrigger.ACCOUNT_ASSIGNED, "", "", "all", [], [{"kind": "assign", "to": "team", "teamId": 1}])
    account_too = {"kind": "assign", "what": "account", "to": "user", "userId": 1}
    assert not way(owner)
    assert way(owner, Declared(RuleTrigger.OWNER_CHANGED, "", "", "all", [], [account_too]))


@dataclass(frozen=True)
class State:
    """A record, and the move that was just made."""

    before: str
    now: str
    segment: str
    size: int


def fires(rule: Declared, state: State) -> bool:
    """Plainly, for one record."""
    if (rule.from_stage and rule.from_stage != state.before) or (rule.to_stage and rule.to_stage != state.now):
        return False
    facts = {"account.segment": state.segment, "account.fleetSize": state.size, "opportunity.stage": state.now}
    checks = {
        "is": lambda fact, value: fact == value,
        "is_not": lambda fact, value: fact != value,
        "in": lambda fact, value: fact in value,
        "gte": lambda fact, value: fact >= value,
        "lte": lambda fact, value: fact <= value,
    }
    answers = [checks[line["op"]](facts[line["field"]], line["value"]) for line in rule.conditions]
    return (any if rule.match == "any" else all)(answers) if answers else True


def acts_again(rules: list[Declared]) -> bool:
    """Whether for some record a rule could act twice in a row of moves, whichever of the rules that fit acts."""
    states = [State(b, n, s, z) for b in STAGES for n in STAGES if b != n for s in SEGMENTS for z in (0, 10, 20, 30)]
    steps = {
        state: [
            (number, State(state.now, to, state.segment, state.size))
            for number, each in enumerate(rules)
            if (to := str(each.actions[0]["stage"])) != state.now and fires(each, state)
        ]
        for state in states
    }

    def reached(state: State) -> set[int]:
        """The rules that act in what can follow."""
        seen, todo, acting = {state}, [state], set()
        while todo:
            for number, after in steps[todo.pop()]:
                acting.add(number)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return acting

    return any(number in reached(after) for state in states for number, after in steps[state])


LINES = st.one_of(
    st.builds(condition, st.just("account.segment"), st.sampled_from(["is", "is_not"]), st.sampled_from(SEGMENTS)),
    st.builds(condition, st.just("opportunity.stage"), st.sampled_from(["is", "is_not"]), st.sampled_from(STAGES)),
    st.builds(condition, st.just("account.segment"), st.just("in"), st.lists(st.sampled_from(SEGMENTS), min_size=1)),
    st.builds(
        condition, st.just("account.fleetSize"), st.sampled_from(["gte", "lte"]), st.sampled_from([0, 10, 20, 30])
    ),
)
MOVERS = st.builds(
    mover,
    st.sampled_from(STAGES),
    of=st.sampled_from(["", *STAGES]),
    arriving=st.sampled_from(["", *STAGES]),
    match=st.sampled_from(["all", "any"]),
    when=st.lists(LINES, max_size=2),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(MOVERS, min_size=1, max_size=5))
def test_the_check_refuses_exactly_what_comes_round(rules: list[Declared]) -> None:
    assert bool(way(*rules)) == acts_again(rules)


REAL = ["prospecting", "discovery", "proposal", "negotiation"]
OWN = st.fixed_dictionaries(
    {
        "to": st.sampled_from(REAL),
        "fromStage": st.sampled_from(["", *REAL]),
        "toStage": st.sampled_from(["", *REAL]),
        "conditions": st.lists(
            st.builds(
                condition, st.just("account.segment"), st.sampled_from(["is", "is_not"]), st.sampled_from(SEGMENTS)
            ),
            max_size=1,
        ),
    }
)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(given_rules=st.lists(OWN, min_size=2, max_size=5))
def test_rules_that_were_let_through_are_never_stopped_for_coming_round(
    max_: Actor, rosa: Actor, given_rules: list[dict[str, Any]]
) -> None:
    AutomationRule.objects.all().delete()
    interest.forget()
    kept = 0
    for number, said in enumerate(given_rules):
        data = dict(said)
        actions = [{"kind": "move_stage", "stage": data.pop("to")}]
        try:
            rule(max_, f"Rule {number}", actions=actions, **data)
            kept += 1
        except InvalidData:
            continue
    deals = [opportunity(account(f"A {s}", rosa, segment=s), rosa, amount_cents=1, close_on=NOON.date(),
                         decision_maker=_somebody(rosa)) for s in SEGMENTS]  # fmt: skip
    for deal in deals:
        for to in (*REAL[1:], *REAL):
            deal.refresh_from_db()
            if deal.stage.key != to:
                move(deal, to, rosa)
    round_about = RuleFiring.objects.filter(outcome="stopped").exclude(said__contains="moved it on")
    assert list(round_about.values_list("said", flat=True)) == []
    assert kept <= len(given_rules)


def _somebody(rosa: Actor) -> Any:
    from headhaul.accounts.models import Contact

    return Contact.objects.create(account=account("X", rosa), name="Pat", created_at=NOON, updated_at=NOON)


@pytest.mark.django_db
def test_a_loop_is_refused_at_saving_at_switching_on_and_at_bringing_back(max_: Actor, deal: Opportunity) -> None:
    there = rule(max_, "There", toStage="prospecting", actions=[{"kind": "move_stage", "stage": "discovery"}])
    back = {"toStage": "discovery", "actions": [{"kind": "move_stage", "stage": "prospecting"}]}
    with pytest.raises(InvalidData) as refusal:
        rule(max_, "Back", isActive=False, **back)
    assert refusal.value.code == "rules_go_round"
    assert "“There” moves to discovery → “Back” moves to prospecting → “There” fires again" in refusal.value.message
    do("setAutomationRuleActive", max_, ruleId=there.id, isActive=False)
    rule(max_, "Back", **back)
    with pytest.raises(InvalidData, match="set itself off again"):
        do("setAutomationRuleActive", max_, ruleId=there.id, isActive=True)
