"""What can be done with the forecast: read it, make calls on it, set quotas."""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.schemas.forecast import (
    Figures,
    Forecast,
    ForecastCall,
    ForecastDeals,
    ForecastSubmitted,
    GetForecast,
    GetForecastDeals,
    GetQuotas,
    Quotas,
    QuotaSet,
    SetQuota,
    SubmitForecast,
)
from headhaul.pipeline.selectors import forecast as reading
from headhaul.pipeline.selectors import forecast_deals
from headhaul.pipeline.selectors import quotas as quotas_of
from headhaul.pipeline.selectors.periods import span_of
from headhaul.pipeline.services import forecast_calls, quotas


@action("getForecast", reply="forecastLoaded", role=Role.VIEWER)
def get_forecast(call: Call, data: GetForecast) -> Forecast:
    """The forecast of a month, quarter or year by owner and team, as of now or as it was known at a moment.

    Closed, commit, best case, pipeline, weighted by stage or AI probability, coverage of the quota, and beside them
    what reps and managers called.
    """
    return reading.forecast(asked=data, by=call.actor, at=call.at)


@action("getForecastDeals", reply="forecastDealsLoaded", role=Role.VIEWER)
def get_forecast_deals(call: Call, data: GetForecastDeals) -> ForecastDeals:
    """The deals behind a number of the forecast, largest first."""
    return forecast_deals.deals(asked=data, by=call.actor, at=call.at)


@action(
    "submitForecast",
    reply="forecastSubmitted",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("forecast", str(answer.call.id) if answer else ""),
    final="A call stays as it was given, so that it can be held against what came. Submit again to correct it.",
)
def submit_forecast(call: Call, data: SubmitForecast) -> ForecastSubmitted:
    """Say what a period will bring: a rep for themselves, a manager for anybody, a team or the firm."""
    kept = forecast_calls.submit(given=data, at=call.at, by=call.actor)
    said = ForecastCall(
        id=kept.pk,
        commit_cents=kept.commit_cents,
        best_case_cents=kept.best_case_cents,
        note=kept.note,
        submitted_at=kept.submitted_at,
        submitted_by=call.actor.label,
    )
    return ForecastSubmitted(
        kind=SubmissionKind(kept.kind),
        period=span_of(data, at=call.at).shown(at=call.at),
        user_id=kept.user_id,
        team_id=kept.team_id,
        call=said,
        computed=Figures.model_validate(kept.computed),
    )


@action("getQuotas", reply="quotasLoaded", role=Role.VIEWER)
def get_quotas(call: Call, data: GetQuotas) -> Quotas:
    """The quotas of a period: of everybody who sells, every team and the firm."""
    span = span_of(data, at=call.at)
    return Quotas(period=span.shown(at=call.at), items=quotas_of.of_period(span, by=call.actor))


@action(
    "setQuota",
    reply="quotaSet",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("quota", f"{answer.kind}:{answer.id}" if answer else ""),
    undo="setQuota",
)
def set_quota(call: Call, data: SetQuota) -> QuotaSet:
    """Set what a person, a team or the firm is to win in a month, quarter or year, or take it away."""
    span, is_firm = span_of(data, at=call.at), data.user_id is None and data.team_id is None
    subject = forecast_calls.subject_of(data.user_id, data.team_id, firm=is_firm, by=call.actor)
    change = quotas.set_amount(
        subject=subject, span=span, amount_cents=data.amount_cents, version=data.version, at=call.at, by=call.actor
    )
    wire = {"period": span.kind.value, "startsOn": span.starts_on.isoformat(), "amountCents": change.before}
    wire |= {"userId": data.user_id, "teamId": data.team_id, "version": change.version}
    call.undo_with("setQuota", wire)
    row = quotas_of.row(subject, amount_cents=change.after, version=change.version)
    return QuotaSet(**row.model_dump(), period=span.shown(at=call.at))
