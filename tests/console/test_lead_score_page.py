"""The lead score before and after, as a page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from headhaul.capture.models import LeadModel
from headhaul.console.leadscore.drawing import reliability
from tests.advisor.leads.test_lead_models import stored
from tests.cast import NOON
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db
PAGE = "/analytics/lead-score/"


def text(browser: Client, path: str = PAGE) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def learnt(signed_in: SignedIn) -> LeadModel:
    """A model in force, learnt from five hundred leads by Max's click."""
    stored(500)
    answer = signed_in("max").post(f"{PAGE}recalibration")
    row = LeadModel.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].startswith(PAGE)
    return row


def test_before_anything_was_learnt_it_says_what_is_missing(signed_in: SignedIn) -> None:
    page = text(signed_in("vera"))
    for said in ("Not enough data yet", "No lead has a mature outcome yet", "No model was tried yet", "Driver signal"):
        assert said in page
    assert "Recalibrate now" not in page
    assert "Recalibrate now" in text(signed_in("max"))


def test_it_shows_before_and_after_the_curve_its_table_and_the_weights(learnt: LeadModel, signed_in: SignedIn) -> None:
    page = text(signed_in("vera"))
    for said in (
        "score leads now",
        "Chance given, and share won",
        "Before and after",
        "Calibration slope",
        "in force",
    ):
        assert said in page
    curve = learnt.measures["after"]["curve"]
    drawn = page.split('class="reliability" viewBox="0 0 284 284"')[1].split("</svg>")[0]
    assert drawn.count("<rect") == len(curve)
    assert drawn.count("<circle") == len(learnt.measures["before"]["curve"])
    table = page.split("Reliability curve, as a table")[1].split("</table>")[0]
    assert table.count("<tr>") == 1 + len(curve) + len(learnt.measures["before"]["curve"])
    weights = page.split("Weights, documented and learnt")[1].split("</table>")[0]
    assert re.search(r"Size of the fleet</th><td class=\"number\">20</td><td class=\"number strong\">\d\d<", weights)
    assert "style=" not in page


def test_a_manager_goes_back_and_forth_and_others_are_refused(learnt: LeadModel, signed_in: SignedIn) -> None:
    browser, path = signed_in("max"), f"{PAGE}rollback"
    assert signed_in("rosa").post(path, {"in_force_id": learnt.pk}).status_code == 403
    assert browser.post(path, {"in_force_id": learnt.pk}).status_code == 302
    assert not LeadModel.objects.filter(is_active=True).exists()
    page = text(browser, f"{PAGE}?model={learnt.pk}")
    assert "was in force once. The documented weights score leads now" in page
    assert f"Go back to model {learnt.pk}" in page
    assert f"Go back to model {learnt.pk}" not in text(signed_in("rosa"))
    assert browser.post(path, {"model_id": learnt.pk, "in_force_id": learnt.pk}).status_code == 409
    assert browser.post(path, {"model_id": learnt.pk, "in_force_id": 0}).status_code == 302
    assert LeadModel.objects.get().is_active
    assert browser.post(path, {"model_id": "x"}).status_code == 422


def test_the_toast_takes_a_recalibration_back(signed_in: SignedIn) -> None:
    stored(500)
    browser = signed_in("max")
    answer = browser.post(f"{PAGE}recalibration")
    undo = re.search(r"/undo/\d+/?", answer.cookies["toast"].value.replace("%2F", "/"))
    assert undo is not None
    browser.post(undo[0])
    assert not LeadModel.objects.filter(is_active=True).exists()


def test_what_was_not_adopted_says_why(signed_in: SignedIn) -> None:
    stored(300, truth="documented", seed=2)
    browser = signed_in("max")
    browser.post(f"{PAGE}recalibration")
    page = text(browser)
    assert "not adopted" in page
    assert "stay in force: what was tried was not better" in page
    assert "Learnt weights: the log loss is" in page


def test_an_unknown_model_is_not_found_and_a_bare_one_is_shown_without_a_curve(signed_in: SignedIn) -> None:
    browser = signed_in("vera")
    assert browser.get(f"{PAGE}?model=9").status_code == 404
    bare = LeadModel.objects.create(fitted_at=NOON, weights={"signal": 1.0}, measures={})
    assert "This model came without measures" in text(browser, f"{PAGE}?model={bare.pk}")


def test_axes_reach_as_far_as_there_is_something_to_see() -> None:
    class Point:
        said, came, least, most, n = 0.12, 0.2, 0.1, 0.31, 40

    class Measured:
        curve = [Point]

    drawing = reliability(None, Measured)
    assert drawing.most == pytest.approx(0.4)
    assert [words for _, _, words in drawing.ticks] == ["0 %", "10 %", "20 %", "30 %", "40 %"]
    mark = drawing.lines[0].marks[0]
    assert mark.upper < mark.y < mark.lower
    assert (drawing.ticks[0][0], drawing.ticks[-1][0]) == (36, 276)
