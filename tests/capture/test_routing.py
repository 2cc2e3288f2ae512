"""Who gets a lead: by rules in their order, in turn, with room; and why, each time."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.activities.models import Notification
from headhaul.capture.errors import BadRule, StaleRouting
from headhaul.capture.models import CaptureEvent, Lead, OutOfOffice, RoutingDecision, RoutingVersion
from headhaul.capture.preferences import LeadOwners
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.schemas.routing import RoutingRule
from headhaul.capture.services import public, tickets
from headhaul.capture.services.routing.choosing import Subject, choose, fits
from headhaul.kernel import Actor, Forbidden, InvalidData, Role
from headhaul.preferences.services.values import save
from headhaul.security.models import User
from tests.capture.doing import captured, do, undone
from tests.factories import outreach as make
from tests.factories.market import NOON, person


def rule(key: str, *takers: Actor | dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = [taker if isinstance(taker, dict) else {"userId": taker.user_id} for taker in takers]
    return {"key": key, "name": key.capitalize(), "takers": asked} | more


def saved(max_: Actor, *rules: dict[str, Any]) -> Any:
    current = do("getLeadRouting", max_).version
    return do("saveLeadRouting", max_, version=current, rules=list(rules))


def lead(by: Actor, **more: Any) -> Any:
    key = uuid.uuid4()
    return captured(by, **{"company": f"Firm {key.hex[:12]}", "contactName": f"P {key.hex[:8]}", "state": "TX"} | more)


@pytest.mark.django_db
def test_the_first_rule_that_fits_decides(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("south", rick, states=["TX", "OK"]), rule("rest", rosa))
    assert lead(rosa).owner.id == rick.user_id
    assert lead(rick, state="OH").owner.id == rosa.user_id
    assert lead(rosa).routed == "Rule “South”: it was Rick’s turn."


@pytest.mark.django_db
def test_leads_go_round_in_turn(rosa: Actor, rick: Actor, max_: Actor) -> None:
    rita = person("Rita", Role.REP)
    saved(max_, rule("all", rosa, rick, rita))
    owners = [lead(max_).owner.name for _ in range(6)]
    assert owners == ["Rosa", "Rick", "Rita"] * 2


@pytest.mark.django_db
def test_regions_segments_classes_and_sources_are_asked(
    rosa: Actor, rick: Actor, max_: Actor, hot_carrier: int
) -> None:
    saved(
        max_,
        rule("hot", rick, grades=["hot"], segments=["mid_market"], regions=["south_central"], sources=["referral"]),
        rule("rest", rosa),
    )
    assert lead(max_, dotNumber=hot_carrier, source="referral").owner.id == rick.user_id
    assert lead(max_, state="TX", source="referral").owner.id == rosa.user_id


@pytest.mark.django_db
def test_who_has_got_enough_today_is_passed_over_until_tomorrow(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("all", {"userId": rosa.user_id, "perDay": 1}, {"userId": rick.user_id, "perDay": 2}))
    owners = [lead(max_).owner.name for _ in range(4)]
    assert owners == ["Rosa", "Rick", "Rick", "Max"]
    decision = RoutingDecision.objects.latest("pk")
    assert any("Rosa got 1 today" in said for said in decision.passed_over)
    assert lead(max_, at=NOON + timedelta(days=1)).owner.name == "Rosa"


@pytest.mark.django_db
def test_who_has_enough_open_leads_gets_no_more(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("all", {"userId": rosa.user_id, "mostOpen": 1}, rick))
    first = lead(max_)
    assert [lead(max_).owner.name for _ in range(2)] == ["Rick", "Rick"]
    do("disqualifyLead", rosa, leadId=first.lead_id, reason="No fleet")
    assert lead(max_).owner.name == "Rosa"


@pytest.mark.django_db
def test_who_is_away_is_stood_in_for_or_passed_over(rosa: Actor, rick: Actor, max_: Actor) -> None:
    rita = person("Rita", Role.REP)
    saved(max_, rule("all", rosa, rick))
    do("setOutOfOffice", rosa, startsOn="2026-11-20", endsOn="2026-11-20", standInId=rita.user_id)
    do("setOutOfOffice", rick, startsOn="2026-11-19", endsOn="2026-11-25")
    done = lead(max_)
    assert done.owner.name == "Rita"
    assert "it was Rosa’s turn, and Rosa is away until 2026-11-20; Rita stands in" in done.routed
    assert Lead.objects.get(pk=done.lead_id).routed_by == "all"
    assert lead(max_, at=NOON + timedelta(days=1)).owner.name == "Rosa"


@pytest.mark.django_db
def test_the_owner_of_an_account_keeps_its_leads(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("all", rick))
    make.account("Sunbelt", owner=rosa, dot_number=77)
    done = lead(rick, dotNumber=77)
    assert (done.owner.id, done.routed) == (rosa.user_id, "Sunbelt is Rosa’s.")
    assert Notification.objects.filter(user_id=rosa.user_id, kind="lead").exists()


@pytest.mark.django_db
def test_an_account_owner_who_is_away_is_stood_in_for_or_the_rules_decide(
    rosa: Actor, rick: Actor, max_: Actor, hot_carrier: int
) -> None:
    rita = person("Rita", Role.REP)
    make.account("Sunbelt", owner=rosa, dot_number=hot_carrier)
    away = do("setOutOfOffice", rosa, startsOn="2026-11-20", endsOn="2026-12-05", standInId=rita.user_id).away[0]
    done = lead(max_, dotNumber=hot_carrier)
    assert (done.owner.name, done.routed) == (
        "Rita", "Sunbelt is Rosa’s. Rosa is away until 2026-12-05; Rita stands in.",
    )  # fmt: skip
    do("setOutOfOffice", rosa, removeId=away.id)
    do("setOutOfOffice", rosa, startsOn="2026-11-20", endsOn="2026-12-05")
    words = "Sunbelt is Rosa’s. Rosa is away until 2026-12-05, and nobody stands in."
    done = lead(max_, dotNumber=hot_carrier)
    assert (done.owner.name, done.routed) == ("Max", f"{words} Max took it down.")
    saved(max_, rule("all", rick))
    done = lead(max_, dotNumber=hot_carrier)
    assert (done.owner.name, done.routed) == ("Rick", f"{words} Rule “All”: it was Rick’s turn.")


@pytest.mark.django_db
def test_a_hot_lead_that_nobody_has_is_told_to_managers_at_once(
    rosa: Actor, max_: Actor, ada: Actor, hot_carrier: int
) -> None:
    save(section=LeadOwners, values={"otherwise": "nobody"}, expected_version=0, by=ada, at=NOON)
    done = lead(rosa, dotNumber=hot_carrier)
    assert done.owner is None
    assert {row.user_id for row in Notification.objects.filter(kind="lead")} == {max_.user_id, ada.user_id}
    assert Notification.objects.filter(user_id=max_.user_id).get().text.startswith("Nobody has it yet. Hot lead")


@pytest.mark.django_db
def test_by_a_code_or_a_form_whoever_is_away_is_stood_in_for(fair: Any, rosa: Actor, rick: Actor, max_: Actor) -> None:
    CaptureEvent.objects.filter(pk=fair.id).update(form_is_open=True, owner_id=max_.user_id)
    for away in (rick, max_):
        do("setOutOfOffice", away, startsOn="2026-11-18", endsOn="2026-12-05", standInId=rosa.user_id)
    found = []
    for code in (tickets.code_of_rep(rick.user_id or 0), ""):
        by_form(CaptureEvent.objects.get(pk=fair.id), code)
        kept = RoutingDecision.objects.latest("pk")
        found.append((kept.owner_id, kept.by, kept.why))
    assert found == [
        (
            rosa.user_id, "stand_in",
            "It came by Rick’s code. Rick is away until 2026-12-05; Rosa stands in.",
        ),
        (
            rosa.user_id, "stand_in",
            f"Max owns {fair.name}. Max is away until 2026-12-05; Rosa stands in.",
        ),
    ]  # fmt: skip
    do("setOutOfOffice", rosa, startsOn="2026-11-18", endsOn="2026-12-05")
    by_form(CaptureEvent.objects.get(pk=fair.id), "")
    kept = RoutingDecision.objects.latest("pk")
    assert kept.owner_id is None
    assert "Rosa, who stands in, is not there either" in kept.why


def by_form(event: CaptureEvent, rep: str) -> None:
    key = uuid.uuid4().hex[:8]
    ticket = tickets.issue(event_id=event.pk, at=NOON - timedelta(minutes=1))
    sent = {"name": f"J {key}", "company": f"Firm {key}", "email": f"j@{key}.example", "ticket": ticket, "rep": rep}
    public.submit(
        public_key=event.public_key, sent=PublicLead.model_validate(sent), address=f"10.0.{len(key)}.1", at=NOON
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_rules_that_decided_decide_the_same_when_they_are_tried(
    rosa: Actor, rick: Actor, max_: Actor, fair: Any, seed: int
) -> None:
    dice, rita = random.Random(seed), person("Rita", Role.REP)
    people = [rosa, rick, rita]
    for each in dice.sample(people, 2):
        first = date(2026, 11, dice.randrange(12, 20))
        stand_in = dice.choice([None, *(one.user_id for one in people if one is not each)])
        do("setOutOfOffice", max_, userId=each.user_id, startsOn=str(first),
           endsOn=str(first + timedelta(days=3)), standInId=stand_in)  # fmt: skip
    make.account("Kept", owner=rosa, dot_number=77)
    do("saveLeadRouting", max_, version=0, at=NOON - timedelta(days=12), rules=(rules := [
        rule("texas", {"userId": rosa.user_id, "perDay": 1}, {"userId": rick.user_id, "mostOpen": 3}, states=["TX"]),
        rule("rest", rita, rick, {"userId": rosa.user_id, "perDay": 2}, states=["OH", "OK"]),
    ]))  # fmt: skip
    for number in range(24):
        more: dict[str, Any] = {"dotNumber": 77} if dice.random() < 0.2 else {}
        more |= {"eventId": fair.id} if dice.random() < 0.3 else {}
        at = NOON - timedelta(hours=10 * (24 - number))
        lead(dice.choice([*people, max_]), state=dice.choice(["TX", "OH", "FL"]), at=at, **more)
    found = do("saveLeadRouting", max_, version=1, rules=rules, dryRun=True).dry_run
    assert found.leads == Lead.objects.counted().count()
    assert [(row.now.name if row.now else None, row.then.name if row.then else None) for row in found.items] == []


@pytest.mark.django_db
def test_other_rules_are_tried_down_to_whoever_took_it_down(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("all", rick))
    assert lead(rosa).owner.name == "Rick"
    found = do("saveLeadRouting", max_, version=1, rules=[rule("all", rick, states=["OH"])], dryRun=True).dry_run
    assert [(row.now.name, row.then.name, row.why) for row in found.items] == [("Rick", "Rosa", "Rosa took it down.")]


@pytest.mark.django_db
def test_an_account_owner_who_left_keeps_nothing(rosa: Actor, rick: Actor, max_: Actor) -> None:
    make.account("Sunbelt", owner=rosa, dot_number=77)
    User.objects.filter(pk=rosa.user_id).update(is_active=False)
    saved(max_, rule("all", rick))
    assert lead(max_, dotNumber=77).owner.id == rick.user_id


@pytest.mark.django_db
def test_without_a_rule_whoever_took_it_down_has_it_and_the_account(rosa: Actor) -> None:
    done = lead(rosa)
    assert (done.owner.id, done.routed) == (rosa.user_id, "Rosa took it down.")
    assert Account.objects.get(pk=done.account_id).owner_id == rosa.user_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"states": ["ZZ"]}, "rules.0.states"),
        ({"regions": ["moon"]}, "rules.0.regions"),
        ({"sources": ["nowhere"]}, "rules.0.sources"),
        ({"eventIds": [999_999]}, "rules.0.eventIds"),
        ({"takers": [{"userId": 999_999}]}, "rules.0.takers.0.userId"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_its_place(rosa: Actor, max_: Actor, broken: Any, where: str) -> None:
    with pytest.raises(BadRule) as refusal:
        saved(max_, rule("all", rosa) | broken)
    assert where in refusal.value.fields
    assert not RoutingVersion.objects.exists()


@pytest.mark.django_db
def test_a_viewer_gets_no_leads_and_a_key_stands_once(rosa: Actor, vera: Actor, max_: Actor) -> None:
    with pytest.raises(BadRule):
        saved(max_, rule("all", vera))
    with pytest.raises(BadRule) as refusal:
        saved(max_, rule("all", rosa), rule("all", rosa))
    assert "rules.1.key" in refusal.value.fields


@pytest.mark.django_db
def test_rules_are_saved_in_versions_by_one_at_a_time_and_taken_back(rosa: Actor, rick: Actor, max_: Actor) -> None:
    saved(max_, rule("first", rosa))
    with pytest.raises(StaleRouting):
        do("saveLeadRouting", max_, version=0, rules=[rule("mine", rick)])
    undone("saveLeadRouting", max_, version=1, rules=[rule("second", rick)])
    found = do("getLeadRouting", max_)
    assert (found.version, [row.key for row in found.rules]) == (3, ["first"])
    assert RoutingVersion.objects.count() == 3


@pytest.mark.django_db
def test_a_dry_run_says_what_would_have_been_and_saves_nothing(rosa: Actor, rick: Actor, max_: Actor) -> None:
    for number in range(4):
        lead(rosa, at=NOON - timedelta(days=4 - number))
    make.account("Kept", owner=rosa, dot_number=77)
    lead(rick, dotNumber=77, at=NOON - timedelta(days=1))
    lead(rosa, at=NOON - timedelta(days=90))
    before = Lead.objects.order_by("pk").values_list("owner_id", flat=True)
    rules = [rule("all", {"userId": rick.user_id, "perDay": 1}, rosa)]
    found = do("saveLeadRouting", max_, version=0, rules=rules, dryRun=True).dry_run
    assert (found.leads, found.changed) == (5, 2)
    assert found.by_rule == {"all": 4, "(account)": 1}
    assert {(row.user.name, row.leads, row.now) for row in found.by_owner} == {("Rosa", 3, 5), ("Rick", 2, 0)}
    assert all(row.then.name == "Rick" for row in found.items)
    assert not RoutingVersion.objects.exists()
    assert list(before) == list(Lead.objects.order_by("pk").values_list("owner_id", flat=True))


@pytest.mark.django_db
def test_an_absence_is_taken_back_and_only_managers_set_it_for_others(rosa: Actor, rick: Actor, max_: Actor) -> None:
    undone("setOutOfOffice", rosa, startsOn="2026-12-24", endsOn="2026-12-31")
    assert not OutOfOffice.objects.exists()
    with pytest.raises(Forbidden):
        do("setOutOfOffice", rosa, userId=rick.user_id, startsOn="2026-12-24", endsOn="2026-12-31")
    row = do("setOutOfOffice", max_, userId=rick.user_id, startsOn="2026-12-24", endsOn="2026-12-31").away[0]
    assert [each.id for each in do("getOutOfOffice", rick).away] == [row.id]
    assert do("getOutOfOffice", max_, userId=rick.user_id).user.id == rick.user_id
    with pytest.raises(Forbidden):
        do("getOutOfOffice", rosa, userId=rick.user_id)
    undone("setOutOfOffice", rick, removeId=row.id)
    assert OutOfOffice.objects.count() == 1
    for bad in (
        {"startsOn": "2026-12-24", "endsOn": "2026-12-20"},
        {"startsOn": "2026-12-24"},
        {"startsOn": "2026-12-24", "endsOn": "2026-12-31", "standInId": rosa.user_id},
    ):
        with pytest.raises(InvalidData):
            do("setOutOfOffice", rosa, **bad)


class Everybody:
    """A desk at which everybody is there."""

    def __init__(self) -> None:
        self.turns: dict[tuple[str, int], int] = {}

    def name(self, user_id: int) -> str:
        return f"U{user_id}"

    def works(self, user_id: int) -> bool:
        return True

    def away(self, user_id: int) -> None:
        return None

    def last_turn(self, rule_key: str, user_id: int) -> int:
        return self.turns.get((rule_key, user_id), 0)

    def got_today(self, rule_key: str, user_id: int) -> int:
        return 0

    def open_leads(self, user_id: int) -> int:
        return 0


@given(people=st.integers(1, 7), leads=st.integers(1, 60))
def test_a_round_robin_is_fair_to_one(people: int, leads: int) -> None:
    rules = [
        RoutingRule.model_validate({"key": "all", "name": "All", "takers": [{"userId": n + 1} for n in range(people)]})
    ]
    desk, counts = Everybody(), dict.fromkeys(range(1, people + 1), 0)
    for number in range(leads):
        decision = choose(rules, Subject(), desk)
        assert decision is not None
        assert decision.owner_id is not None
        counts[decision.owner_id] += 1
        desk.turns["all", decision.owner_id] = number + 1
    assert max(counts.values()) - min(counts.values()) <= 1


@given(states=st.sets(st.sampled_from(["TX", "OK", "LA"])), state=st.sampled_from(["TX", "OK", "LA", "OH"]))
def test_a_condition_that_is_left_out_holds_for_all(states: set[str], state: str) -> None:
    one = RoutingRule.model_validate({"key": "all", "name": "All", "states": sorted(states), "takers": [{"userId": 1}]})
    assert fits(one, Subject(state=state)) == (not states or state in states)
