"""The lead score learns from leads that are there, through the door; and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.advisor.jobs import recalibrate_lead_score
from headhaul.advisor.preferences import LeadLearning
from headhaul.advisor.selectors import lead_outcomes
from headhaul.capture import scoring
from headhaul.capture.models import Lead, LeadModel, LeadSource
from headhaul.capture.services import scores
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from headhaul.nightly.schedule import named
from headhaul.preferences.services import values
from tests.advisor.leads.made_up import leads
from tests.cast import NOON

pytestmark = pytest.mark.django_db

HORIZON = timedelta(days=90)


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    values.forget()
    yield
    values.forget()


def stored(n: int, *, seed: int = 1, truth: str = "other", oldest: timedelta = timedelta(days=400)) -> list[Lead]:
    """Leads of two hundred days, with features as of their capture and outcomes within the horizon."""
    made = leads(n, seed=seed, truth=truth)
    source = LeadSource.objects.first()
    assert source is not None
    rows = []
    for place in range(n):
        at = NOON - oldest + timedelta(days=200 * place / n)
        won = bool(made.outcome[place])
        rows.append(
            Lead(
                client_id=uuid.uuid4(),
                source=source,
                captured_at=at,
                received_at=at,
                scored_at=at,
                updated_at=at,
                features={column.name: float(column.numbers[place]) for column in made.columns} | {"signal_known": 1.0},
                score=50,
                grade="warm",
                outcome="won" if won else "lost",
                outcome_at=at + timedelta(days=30),
            )
        )
    return Lead.objects.bulk_create(rows)


def asked(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="console")


def test_what_became_of_leads_is_learnt_adopted_and_used_by_the_next_score(max_: Actor) -> None:
    stored(500)
    done = asked("recalibrateLeadScore", max_).payload
    assert done.is_adopted
    row = LeadModel.objects.get()
    assert (row.is_active, done.active_id, done.mature) == (True, row.pk, 500)
    model = scores.in_force()
    high = dict.fromkeys(scoring.SCORED, 0.5) | {"fleet": 1.0, "signal": 0.0}
    low = dict.fromkeys(scoring.SCORED, 0.5) | {"fleet": 0.0, "signal": 1.0}
    assert scoring.score(high, model).score > scoring.score(low, model).score
    assert 0 < (scoring.score(high, model).p_convert or 0) < 1
    assert done.model.after.log_loss < done.model.before.log_loss
    assert sum(point.n for point in done.model.after.curve) == done.model.held
    assert "signal_known" not in row.weights  # the same in every lead: it tells nothing


def test_hot_and_warm_keep_their_shares(max_: Actor) -> None:
    stored(500)
    asked("recalibrateLeadScore", max_)
    model = scores.in_force()
    found = [scoring.score(features, model).grade for features in Lead.objects.values_list("features", flat=True)]
    assert 0.04 <= sum(grade == "hot" for grade in found) / 500 <= 0.22
    assert 0.14 <= sum(grade == "warm" for grade in found) / 500 <= 0.42


def test_what_is_no_better_is_kept_with_its_reasons_and_changes_nothing(max_: Actor) -> None:
    stored(300, truth="documented", seed=2)
    answer = asked("recalibrateLeadScore", max_)
    done = answer.payload
    assert not done.is_adopted
    assert answer.undo_id is None
    row = LeadModel.objects.get()
    assert (row.is_active, row.adopted_at, done.active_id) == (False, None, None)
    assert isinstance(scores.in_force(), scoring.Weights)
    shown = asked("getLeadModels", max_).payload.items[0]
    assert shown.reasons
    assert [trial.name for trial in shown.trials] == ["Documented weights at a new level", "Learnt weights"]
    with pytest.raises(InvalidData, match="never in force"):
        asked("rollbackLeadModel", max_, modelId=row.pk)


def test_leads_younger_than_the_horizon_and_scores_taken_after_the_outcome_teach_nothing(max_: Actor) -> None:
    stored(100)
    young = stored(40, seed=5, oldest=timedelta(days=209))  # the newest are 9 days old
    late, spam, unscored = Lead.objects.order_by("pk")[:3]
    Lead.objects.filter(pk=late.pk).update(scored_at=late.outcome_at + timedelta(days=1))  # type: ignore[operator]
    Lead.objects.filter(pk=spam.pk).update(is_spam=True)
    Lead.objects.filter(pk=unscored.pk).update(features={})
    learning = preferences.get(LeadLearning)
    known = lead_outcomes.counts(at=NOON, learning=learning)
    found = lead_outcomes.matured(at=NOON, learning=learning, neutral=0.4)
    too_young = sum(lead.captured_at > NOON - HORIZON for lead in young)
    assert 0 < too_young < 40
    assert (known.mature, known.too_young, known.not_scored) == (97 + 40 - too_young, too_young, 2)
    assert len(found.table) == known.mature
    assert found.table.won == known.won


def test_what_was_won_after_the_horizon_was_not_won_within_it(max_: Actor) -> None:
    won = next(lead for lead in stored(30) if lead.outcome == "won")
    learning = preferences.get(LeadLearning)
    before = lead_outcomes.counts(at=NOON, learning=learning).won
    Lead.objects.filter(pk=won.pk).update(outcome_at=won.captured_at + HORIZON + timedelta(seconds=1))
    assert lead_outcomes.counts(at=NOON, learning=learning).won == before - 1
    assert lead_outcomes.matured(at=NOON, learning=learning, neutral=0.4).table.won == before - 1


def test_nothing_that_is_told_later_changes_what_was_learnt(max_: Actor) -> None:
    """Features are read as they were stored at scoring: neither the score nor the account's signal of today."""
    stored(300)
    first = asked("recalibrateLeadScore", max_).payload.model
    Lead.objects.update(score=99, grade="hot", reasons=[{"feature": "signal"}], note="Signed!", status="converted")
    LeadModel.objects.update(is_active=False)
    second = asked("recalibrateLeadScore", max_).payload.model
    assert [each.learnt for each in first.weights] == [each.learnt for each in second.weights]


@pytest.mark.parametrize("outcome", [None, "won", "lost"])
def test_no_outcome_or_one_class_is_a_clear_answer(max_: Actor, outcome: str | None) -> None:
    stored(60)
    Lead.objects.update(outcome=outcome, **({} if outcome else {"outcome_at": None}))
    done = asked("recalibrateLeadScore", max_).payload
    assert (done.is_adopted, done.model) == (False, None)
    assert "one class alone teaches nothing" in done.reasons[0]
    assert asked("getLeadModels", max_).payload.state.missing == done.reasons[0]


def test_without_any_lead_the_page_says_what_is_missing(vera: Actor) -> None:
    found = asked("getLeadModels", vera).payload
    assert (found.items, found.active_id, found.state.mature) == ([], None, 0)
    assert found.state.missing.startswith("No lead has a mature outcome yet")
    assert [round(each.documented_share) for each in found.documented] == [30, 20, 20, 15, 15]


def test_a_recalibration_and_a_rollback_can_be_taken_back(max_: Actor) -> None:
    stored(500)
    done = asked("recalibrateLeadScore", max_)
    first = done.payload.active_id
    asked("undoAction", max_, undoId=done.undo_id)
    assert LeadModel.objects.filter(is_active=True).count() == 0
    back = asked("rollbackLeadModel", max_, modelId=first)
    assert back.payload.active_id == first
    asked("undoAction", max_, undoId=back.undo_id)
    assert isinstance(scores.in_force(), scoring.Weights)


def test_one_cannot_go_back_on_what_somebody_else_changed_since(max_: Actor) -> None:
    stored(500)
    done = asked("recalibrateLeadScore", max_)
    asked("rollbackLeadModel", max_)
    with pytest.raises(Conflict, match="documented weights are in force"):
        asked("undoAction", max_, undoId=done.undo_id)
    with pytest.raises(Conflict, match="By now the documented weights"):
        asked("rollbackLeadModel", max_, modelId=done.payload.active_id, inForceId=done.payload.active_id)
    with pytest.raises(InvalidData, match="in force already"):
        asked("rollbackLeadModel", max_)
    with pytest.raises(NotFound, match="no lead model"):
        asked("rollbackLeadModel", max_, modelId=10**9)


def test_a_second_month_is_compared_with_the_model_in_force_on_leads_it_did_not_see(max_: Actor) -> None:
    stored(400)
    first = asked("recalibrateLeadScore", max_).payload
    stored(120, seed=9, oldest=timedelta(days=195))
    Lead.objects.filter(captured_at__gt=NOON - HORIZON).update(captured_at=NOON - HORIZON - timedelta(hours=1))
    second = asked("recalibrateLeadScore", max_).payload
    assert second.model.replaced_id == first.active_id
    assert second.model.held == 120
    assert second.model.before.log_loss < 0.68  # what is in force is no longer the documented weights


def test_the_newest_leads_alone_are_learnt_from_where_there_are_more_than_the_setting(ada: Actor) -> None:
    stored(150)
    asked("saveSettings", ada, section="lead_learning", values={"mostLeads": 100}, expectedVersion=0)
    done = asked("recalibrateLeadScore", ada).payload
    assert done.mature == 100
    assert done.model is None or done.model.left_out == 50


def test_the_clock_starts_it_once_a_month_and_the_audit_says_so(max_: Actor) -> None:
    schedule = named("recalibrate_lead_score")
    assert schedule is not None
    assert schedule.cron == "40 4 2 * *"
    stored(500)
    told = recalibrate_lead_score(timestamp=0)
    assert told["is_adopted"]
    assert AuditEntry.objects.filter(action="recalibrateLeadScore").exists()


def test_the_clock_leaves_it_alone_where_that_is_switched_off(ada: Actor) -> None:
    asked("saveSettings", ada, section="lead_learning", values={"everyMonth": False}, expectedVersion=0)
    stored(60)
    assert recalibrate_lead_score(timestamp=0) == {"skipped": "not every month"}
    assert "mature" in recalibrate_lead_score()  # by hand it still runs


def test_models_are_paged_newest_first(vera: Actor) -> None:
    for day in range(5):
        LeadModel.objects.create(fitted_at=NOON + timedelta(days=day // 2), weights={"signal": 1.0}, measures={})
    first = asked("getLeadModels", vera, limit=3).payload
    second = asked("getLeadModels", vera, limit=3, cursor=first.next_cursor).payload
    ids = [each.id for each in (*first.items, *second.items)]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), second.next_cursor, first.total) == (5, None, 5)
