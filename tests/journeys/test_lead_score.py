"""The lead score's page once something was learnt: before and after, the curve, the weights, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, SIZES, Look
from tests.journeys.owed import check, check_in_the_dark
from tests.journeys.served import Served
from tests.journeys.watch import settle

CLIENT = "1ead5c0e"  # what the made-up leads begin with, so that they can be taken away again
LEARN = f"""
import math, random, uuid
from datetime import UTC, datetime, timedelta
from headhaul.actions import dispatch
from headhaul.capture.models import Lead, LeadSource
from headhaul.security.actors import actor_of
from headhaul.security.models import User
at, dice, source, rows = datetime.now(UTC), random.Random(3), LeadSource.objects.first(), []
for number in range(800):
    facts = {{name: dice.random() for name in ("signal", "fleet", "region_supply", "equipment_fit", "source_quality")}}
    came = at - timedelta(days=300) + timedelta(days=200 * number / 800)
    chance = 1 / (1 + math.exp(3.2 - 4 * facts["fleet"] - 1.5 * facts["source_quality"] + 1.2 * facts["signal"]))
    won = dice.random() < chance
    rows.append(Lead(client_id=uuid.UUID(f"{CLIENT}-0000-4000-8000-{{number:012d}}"), source=source, captured_at=came,
        received_at=came, scored_at=came, updated_at=came, features=facts, score=50, grade="warm",
        status="converted" if won else "disqualified", outcome="won" if won else "lost",
        outcome_at=came + timedelta(days=20)))
Lead.objects.bulk_create(rows)
manager = actor_of(User.objects.get(email__startswith="max@"))
print("ADOPTED", dispatch("recalibrateLeadScore", {{}}, actor=manager, at=at, door="console").payload.is_adopted)
"""
FORGET = f"""
from headhaul.capture.models import Lead, LeadModel
LeadModel.objects.all().delete()
Lead.objects.filter(client_id__gte="{CLIENT}-0000-4000-8000-000000000000",
    client_id__lte="{CLIENT}-0000-4000-8000-999999999999").delete()
"""


@pytest.fixture
def learnt(headhaul: Served) -> Iterator[None]:
    """Eight hundred leads of which one knows what became of them, and a model that learnt from them."""
    try:
        said = headhaul.scripts.told(LEARN)
        assert "ADOPTED True" in said
        yield
    finally:
        headhaul.scripts.told(FORGET)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_what_was_learnt_is_seen_before_and_after_and_taken_back(learnt: None, open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/analytics/lead-score/", look=look)
    expect(page.locator(".finding")).to_contain_text("score leads now")
    expect(page.get_by_role("img", name="Reliability curve")).to_be_visible()
    check(page)
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("region", name="Reliability curve, as a table")).to_be_visible()
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)
    page.get_by_role("button", name="Back to documented weights").click()
    expect(page.locator(".finding")).to_contain_text("documented weights")
    settle(page)
    page.get_by_role("link", name="Model").first.click()
    settle(page)
    expect(page.locator(".finding")).to_contain_text("was in force once")
    check(page)
