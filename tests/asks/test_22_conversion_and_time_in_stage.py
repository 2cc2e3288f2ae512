"""Reports in the product: conversion, time in stage and sums per stage, each with its n and the rows behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.kernel import Actor
from tests.pipeline.histories import NOON, account, change, deal
from tests.pipeline.test_forecast import do

pytestmark = pytest.mark.django_db


def test_the_funnel_has_rates_times_and_sums(vera: Actor) -> None:
    of, start = account(), NOON - timedelta(days=28)
    for number in range(4):
        each = deal(of, in_stage="discovery", amount=100_00, at=start)
        if number < 3:
            change(each, at=start + timedelta(days=7 * (number + 1)), stage="proposal")
    found = {row.stage: row for row in do("getStageConversions", vera).stages}
    discovery, proposal = found["discovery"], found["proposal"]
    assert (discovery.conversion.percent, discovery.conversion.n) == (75.0, 4)
    assert discovery.conversion.low < 75 < discovery.conversion.high
    assert (discovery.time_in_stage.median_days, discovery.time_in_stage.n) == (14, 3)
    assert (proposal.open_now, proposal.open_cents) == (3, 300_00)
    assert proposal.link.data == {"stage": ["proposal"]}
