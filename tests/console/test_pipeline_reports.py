"""Forecast, movement, conversions and help as pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from headhaul.console.pipeline.money import cents, dollars
from headhaul.kernel import InvalidData
from headhaul.pipeline.models import ForecastSubmission, Opportunity, PlaybookStepDone
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.periods import span_of
from tests.cast import user_named
from tests.console.conftest import SignedIn
from tests.pipeline.histories import account, change, deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(db: None) -> Opportunity:
    """Rosa's: one open that grew, one won, one of the model's doubt."""
    at, rosa = timezone.now(), user_named("rosa")
    quarter, of = span_of(PeriodChoice(), at=at), account()
    start = max(quarter.since, at - timedelta(hours=1))
    grown = deal(of, in_stage="proposal", amount=1000_00, close_on=quarter.last_day, owner=rosa.pk, at=start)
    change(grown, at=at, amount=1500_00)
    deal(of, in_stage="closed_won", amount=400_00, owner=rosa.pk, at=start)
    doubtful = deal(of, in_stage="negotiation", amount=10_00, close_on=quarter.last_day, owner=rosa.pk, at=start)
    Opportunity.objects.filter(pk=doubtful.pk).update(ai_close_probability=20, ai_predicted_at=at)
    return grown


def text(signed_in: SignedIn, path: str, name: str = "rosa") -> str:
    answer = signed_in(name).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["vera", "max"])
@pytest.mark.parametrize("path", ["forecast/", "forecast/?probability=ai", "movement/", "conversions/"])
def test_pages_without_a_deal_say_what_will_be_here(signed_in: SignedIn, path: str, name: str) -> None:
    page = text(signed_in, f"/pipeline/{path}", name)
    assert "Nothing" in page or "No deal" in page


def test_the_forecast_says_its_finding_and_leads_to_the_rows(deals: Opportunity, signed_in: SignedIn) -> None:
    page = text(signed_in, "/pipeline/forecast/")
    for said in ("$400 closed", "Your call on", "hidden risk", "Rosa"):
        assert said in page
    rows = text(signed_in, "/pipeline/forecast/deals?bucket=best_case")
    assert "Twelve reefer seats" in rows
    assert "$1,500" in rows


def test_a_call_is_made_in_dollars_and_a_refused_one_keeps_what_was_typed(
    deals: Opportunity, signed_in: SignedIn
) -> None:
    browser = signed_in("rosa")
    form = {"commit": "1.9k", "bestCase": "2,000", "kind": "rep", "here": "period=quarter"}
    answer = browser.post("/pipeline/forecast/calls", form)
    assert (answer.status_code, answer["Location"]) == (302, "/pipeline/forecast/?period=quarter")
    kept = ForecastSubmission.objects.get()
    assert (kept.commit_cents, kept.best_case_cents, kept.user_id) == (1900_00, 2000_00, user_named("rosa").pk)
    for typed in ({"bestCase": "12"}, {"bestCase": "a lot"}):
        refused = browser.post("/pipeline/forecast/calls", form | typed)
        assert refused.status_code == 422
        assert f'value="{typed["bestCase"]}"' in refused.content.decode()


def test_a_manager_calls_for_somebody(deals: Opportunity, signed_in: SignedIn) -> None:
    rosa = user_named("rosa")
    form = {"commit": "5", "bestCase": "6", "kind": "manager", "whose": f"user:{rosa.pk}"}
    assert signed_in("max").post("/pipeline/forecast/calls", form).status_code == 302
    assert ForecastSubmission.objects.get().user_id == rosa.pk
    assert "Manager's call</h2>" not in text(signed_in, "/pipeline/forecast/")


def test_the_movement_is_a_chart_a_table_and_rows(deals: Opportunity, signed_in: SignedIn) -> None:
    page = text(signed_in, "/pipeline/movement/")
    for said in ("The open pipeline grew by $1,510", '"kind": "waterfall"', "Show as table", "pipeline/movement/deals"):
        assert said in page
    assert "Twelve reefer seats" in text(signed_in, "/pipeline/movement/deals?bucket=new")


def test_the_funnel_shows_n_and_no_bare_rate_of_a_few(deals: Opportunity, signed_in: SignedIn) -> None:
    page = text(signed_in, "/pipeline/conversions/")
    assert "n = 1" in page
    assert '<span class="strong">0 %' not in page
    assert "too few to compare" in page


def test_the_numbers_of_conversions_lead_to_as_many_deals(deals: Opportunity, signed_in: SignedIn) -> None:
    page = text(signed_in, "/pipeline/conversions/")
    counts = re.findall(r'href="(/analytics/rows\?[^"]*)">(\d+)(?: jumped)?</a>', page)
    counts += re.findall(r'href="(/pipeline/list\?[^"]*)">(\d+)</a>', page)
    assert {metric for link, _ in counts for metric in re.findall(r"metric=(\w+)", link)} >= {"stageEntered"}
    assert any(link.startswith("/pipeline/list") for link, _ in counts)
    for link, number in counts:
        rows = text(signed_in, html.unescape(link))
        assert len(set(re.findall(r"/pipeline/opportunities/(\d+)/", rows))) == int(number), link
    sums = re.findall(r'<a class="tile[^"]*" href="(/analytics/rows\?[^"]*)"', page)
    assert sums
    for link in sums:
        assert "data-row" in text(signed_in, html.unescape(link))


def test_a_step_is_ticked_off_with_and_without_scripts(deals: Opportunity, signed_in: SignedIn) -> None:
    browser, path = signed_in("rosa"), f"/pipeline/opportunities/{deals.pk}"
    page = browser.get(f"{path}/help").content.decode()
    assert "An offer they can check" in page
    assert "What to say" in page
    where = page.split('hx-post="')[1].split('"')[0]
    fragment = browser.post(where, headers={"HX-Request": "true"})
    assert "toast" in fragment["HX-Trigger"]
    assert "1 of 5 done" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert browser.post(where.replace("completion", "reopening")).status_code == 302
    assert not PlaybookStepDone.objects.exists()
    assert "hx-post" not in text(signed_in, f"{path}/help", "vera")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", None), ("12,500", 1250000), ("$12500.5", 1250050), ("1.5k", 150000), ("2M", 200000000), ("0", 0)],
)
def test_dollars_are_read_as_people_type_them(typed: str, expected: int | None) -> None:
    assert cents(typed, "commitCents") == expected


@pytest.mark.parametrize("typed", ["a lot", "-5", "1.234", "1" * 20, "5 dollars"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(InvalidData):
        cents(typed, "commitCents")


def test_dollars_are_shown_as_they_are_typed() -> None:
    assert [dollars(amount) for amount in (None, 0, 1250000, 1250050)] == ["", "0", "12,500", "12,500.50"]
