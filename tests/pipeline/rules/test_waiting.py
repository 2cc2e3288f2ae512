"""What the clock finds and what waits: done once, never lost, never in the way of the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import AccountScore
from headhaul.accounts.services import opening
from headhaul.accounts.services.opening import Opening
from headhaul.activities.models import Notification
from headhaul.kernel import SYSTEM, Actor
from headhaul.pipeline.models import AutomationRule, Opportunity, RuleFiring, WaitingEvent
from headhaul.pipeline.services import events
from headhaul.pipeline.services.rules import firing, interest, passes, working
from tests.cast import NOON, actor_named
from tests.factories.market import carrier
from tests.pipeline.rules.doing import account, do, opportunity, outcomes, rule
from tests.pipeline.rules.test_trying import snapshot

DAY = timedelta(days=1)


def clock(days: float) -> dict[str, int]:
    """The clock's pass so many days after noon, and everything it led to."""
    at = NOON + days * DAY
    passes.run(at=at)
    return working.work_off(at=at)


@pytest.mark.django_db
def test_an_overdue_step_is_found_once_and_again_when_its_new_date_has_passed(max_: Actor, deal: Opportunity) -> None:
    rule(max_, trigger="next_step_overdue")
    Opportunity.objects.update(next_step_on=NOON.date() + DAY)
    assert [clock(days)["events"] for days in (1, 2, 2.5, 3)] == [0, 1, 0, 0]
    Opportunity.objects.update(next_step_on=NOON.date() + 4 * DAY)
    assert [clock(days)["events"] for days in (4, 5, 6)] == [0, 1, 0]
    assert outcomes() == [("The rule", "done")] * 2


@pytest.mark.django_db
def test_days_end_where_the_firm_is(max_: Actor, deal: Opportunity) -> None:
    rule(max_, trigger="next_step_overdue")
    Opportunity.objects.filter(pk=deal.pk).update(next_step_on=date(2026, 11, 24))
    evening = datetime(2026, 11, 25, 0, 5, tzinfo=UTC)  # five past six on the 24th in Chicago
    assert passes.run(at=evening)["next_step_overdue"] == 0
    assert passes.run(at=evening + timedelta(hours=6))["next_step_overdue"] == 1


@pytest.mark.django_db
def test_what_was_overdue_before_the_rule_was_switched_on_is_left_alone(max_: Actor, deal: Opportunity) -> None:
    Opportunity.objects.update(next_step_on=NOON.date() - 3 * DAY)
    rule(max_, trigger="next_step_overdue")
    assert clock(1) == {"events": 0, "put_aside": 0}


@pytest.mark.django_db
def test_a_condition_that_does_not_hold_is_not_asked_every_minute(max_: Actor, deal: Opportunity) -> None:
    dear = [{"field": "opportunity.amountCents", "op": "gt", "value": 1}]
    rule(max_, trigger="next_step_overdue", conditions=dear)
    Opportunity.objects.update(next_step_on=NOON.date())
    assert [clock(days)["events"] for days in (1, 1.1, 1.2)] == [1, 0, 0]
    assert outcomes() == []


@pytest.mark.django_db
def test_a_stage_that_lasts_too_long_is_found_in_working_days(max_: Actor, deal: Opportunity) -> None:
    rule(max_, trigger="sla_passed")  # 14 working days from the 18th, with a holiday in them
    assert [clock(days)["events"] for days in (13, 20, 21, 22, 23)] == [0, 0, 0, 1, 0]


@pytest.mark.django_db
def test_new_risks_are_found_in_the_nights_snapshots(max_: Actor, deal: Opportunity) -> None:
    risk = [{"field": "event.risk", "op": "is", "value": "no_activity"}]
    rule(max_, trigger="risk_found", conditions=risk)
    snapshot(deal, 0, ["no_next_step", "no_activity"])
    assert [clock(0.1)["events"], clock(0.2)["events"]] == [2, 0]
    snapshot(deal, -1, ["no_next_step", "no_activity", "single_threaded"])
    assert clock(1)["events"] == 1
    assert outcomes() == [("The rule", "done")]


@pytest.mark.django_db
def test_a_strong_rise_of_an_account_is_found(max_: Actor, rosa: Actor) -> None:
    here = account("Riser", rosa)
    rule(max_, trigger="signal_spike", actions=[{"kind": "add_tag", "tag": "rising"}])
    AccountScore.objects.filter(account=here).update(is_spike=True, day=NOON.date(), score_hundredths=8000)
    assert [clock(0.1)["events"], clock(0.2)["events"]] == [1, 0]
    assert outcomes() == [("The rule", "done")]


@pytest.mark.django_db
def test_many_at_once_wait_for_the_background(max_: Actor) -> None:
    rule(max_, trigger="account_opened", actions=[{"kind": "add_tag", "tag": "new"}])
    many = firing.AT_ONCE + 5
    for dot in range(1, many + 1):
        carrier(dot)
    opening.open_many(
        openings=[Opening(dot) for dot in range(1, many + 1)],
        source=AccountSource.SIGNAL,
        day=None,
        at=NOON,
        by=SYSTEM,
    )
    assert (RuleFiring.objects.count(), WaitingEvent.objects.count()) == (0, many)
    assert do("getRuleFirings", max_).waiting == many
    assert working.work_off(at=NOON) == {"events": many, "put_aside": 0}
    assert (RuleFiring.objects.count(), WaitingEvent.objects.count()) == (many, 0)


@pytest.mark.django_db
def test_an_event_that_breaks_is_put_aside_told_and_tried_again_and_holds_up_nothing(
    max_: Actor, rosa: Actor, deal: Opportunity, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(max_, trigger="next_step_overdue")
    other = opportunity(account("Fine", rosa), rosa, next_step_on=NOON.date())
    Opportunity.objects.update(next_step_on=NOON.date())
    whole = firing.fire_now

    def breaking(told: list[events.Event]) -> bool:
        if told[0].opportunity_id == deal.pk:
            raise RuntimeError("the disk is full")
        return whole(told)

    monkeypatch.setattr(firing, "fire_now", breaking)
    clock(1)
    assert RuleFiring.objects.get().opportunity_id == other.pk
    page = do("getRuleFirings", max_)
    assert (page.waiting, page.put_aside) == (0, 1)
    assert "the disk is full" in Notification.objects.get(target_type="rules").text
    monkeypatch.undo()
    assert do("retryRuleEvents", max_).events == 1
    assert working.work_off(at=NOON + DAY)["events"] == 1
    assert RuleFiring.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_event_told_in_many_places_at_once_fires_once() -> None:
    rosa, max_ = actor_named("rosa"), actor_named("max")
    interest.forget()
    deal = opportunity(account("Blue Mesa", rosa), rosa)
    AutomationRule.objects.create(
        name="Once", trigger="stage_changed", is_active=True, active_since=NOON, created_at=NOON, updated_at=NOON,
        actions=[{"kind": "create_task", "title": "Call"}],
    )  # fmt: skip
    interest.forget()
    barrier = threading.Barrier(6)

    def tell() -> None:
        mine = Opportunity.objects.get(pk=deal.pk)
        barrier.wait()
        events.emit("stage_changed", opportunity=mine, changes={"stage": ("a", "b")}, at=NOON, by=max_)
        connection.close()

    for thread in (threads := [threading.Thread(target=tell) for _ in range(6)]):
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes() == [("Once", "done")]
    interest.forget()


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_what_waits_and_do_each_once() -> None:
    rosa, max_ = actor_named("rosa"), actor_named("max")
    for number in range(12):
        opportunity(account(f"A {number}", rosa), rosa, next_step_on=date(2026, 11, 18))
    rule(max_, trigger="next_step_overdue", actions=[{"kind": "create_task", "title": "Call"}])
    passes.run(at=NOON + DAY)
    done: list[int] = []

    def work() -> None:
        done.append(working.work_off(at=NOON + DAY)["events"])
        connection.close()

    for thread in (threads := [threading.Thread(target=work) for _ in range(3)]):
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 12
    assert outcomes() == [("The rule", "done")] * 12


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    interest.forget()
    yield
    interest.forget()
