"""Many at once: one winner a round, everybody else hears it, and nothing is lost or left in a stage that is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, AppError
from headhaul.pipeline.errors import NoSuchStage, StaleOpportunity
from headhaul.pipeline.models import Opportunity, OpportunityBefore, OpportunityChange, Stage
from headhaul.pipeline.services.changing import change
from tests.factories.market import NOON
from tests.pipeline.doing import do

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("signals_are_dropped")]


def together(works: list[Callable[[], Any]]) -> list[Any]:
    """Does all of it at the same time, each in a thread with a connection of its own; what came out, in order."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def one(number: int) -> None:
        start.wait()
        try:
            results[number] = works[number]()
        except AppError as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_fifty_movers_one_wins_each_round(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk, amountCents=1, closeOn="2026-12-01")
    walk = ("discovery", "proposal", "prospecting", "proposal", "discovery", "prospecting")
    for round_, stage in enumerate(walk, start=1):
        outcomes = together(
            [lambda v=round_, s=stage: do("moveStage", rosa, opportunityId=made.id, version=v, toStage=s)] * 50
        )
        winners = [each for each in outcomes if not isinstance(each, AppError)]
        losers = [each for each in outcomes if isinstance(each, AppError)]
        assert [(each.version, each.stage) for each in winners] == [(round_ + 1, stage)]
        assert {type(each) for each in losers} == {StaleOpportunity}
        assert {each.fields["stage"] for each in losers} == {f"now {stage}"}
    told = OpportunityChange.objects.filter(opportunity_id=made.id, field="stage").order_by("version")
    keys = dict(Stage.objects.values_list("pk", "key"))
    versions = [(version, keys[new]) for version, new in told.values_list("version", "new")]
    assert versions == list(enumerate(("prospecting", *walk), start=1))
    assert Opportunity.objects.get().version == len(walk) + 1
    before = OpportunityBefore.objects.order_by("version").values_list("version", flat=True)
    assert list(before) == list(range(2, len(walk) + 2))


def test_writers_that_hold_no_lock_cannot_overwrite_each_other(account: Account, rosa: Actor) -> None:
    do("createOpportunity", rosa, accountId=account.pk)
    read = [Opportunity.objects.get() for _ in range(20)]
    outcomes = together(
        [
            lambda row=row, n=n: change(opportunity=row, values={"amount_cents": n}, at=NOON, by=rosa)
            for n, row in enumerate(read, start=1)
        ]
    )
    assert sum(isinstance(each, Opportunity) for each in outcomes) == 1
    assert Opportunity.objects.get().version == 2


def test_nothing_ends_up_in_a_stage_that_is_being_removed(account: Account, rosa: Actor, max_: Actor) -> None:
    made = [do("createOpportunity", rosa, accountId=account.pk).id for _ in range(12)]
    stage = Stage.objects.get(key="discovery")
    works: list[Callable[[], Any]] = [
        lambda key=key: do("moveStage", rosa, opportunityId=key, version=1, toStage="discovery") for key in made
    ]
    works.insert(6, lambda: do("removeStage", max_, stageId=stage.pk, version=stage.version, moveTo="prospecting"))
    outcomes = together(works)
    refused = [each for each in outcomes if isinstance(each, AppError)]
    assert {type(each) for each in refused} <= {NoSuchStage}
    assert not Opportunity.objects.filter(stage=stage).exists()
    assert Opportunity.objects.count() == 12
