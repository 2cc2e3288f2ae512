"""Calls on a period. They are kept as they were given: a later one stands in place of the one before."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, NotFound, Role
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.models import ForecastSubmission
from headhaul.pipeline.schemas.forecast import Figures, GetForecast, SubmitForecast
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.forecast import by_owner, question
from headhaul.pipeline.selectors.forecast_rows import figures
from headhaul.pipeline.selectors.periods import PeriodSpan, span_of
from headhaul.pipeline.selectors.scopes import sees_person, sees_team
from headhaul.security.models import Team, User


class PeriodIsOver(Conflict):
    """What a period brings is no longer a forecast once it has ended."""

    code = "period_is_over"


def submit(*, given: SubmitForecast, at: datetime, by: Actor) -> ForecastSubmission:
    """Keep a call, and beside it what the pipeline says at this moment."""
    if given.best_case_cents < given.commit_cents:
        raise InvalidData(
            "The best case is at least what is committed.", fields={"bestCaseCents": f"{given.commit_cents} or more"}
        )
    span, subject = span_of(given, at=at), subject_of(given.user_id, given.team_id, firm=given.firm, by=by)
    if span.until <= at:
        raise PeriodIsOver(f"{span.label} is over. Make a call on the current period or a later one.")
    kind = _kind(given.kind, subject, by=by)
    check_subject(subject, by=by)
    return ForecastSubmission.objects.create(
        kind=kind,
        period=span.kind,
        starts_on=span.starts_on,
        user_id=subject[1] if subject[0] == "user" else None,
        team_id=subject[1] if subject[0] == "team" else None,
        commit_cents=given.commit_cents,
        best_case_cents=given.best_case_cents,
        note=given.note,
        computed=computed(subject, span, by=by, at=at).model_dump(mode="json", by_alias=True),
        submitted_at=at,
        submitted_by_id=by.user_id,
    )


def computed(subject: Subject, span: PeriodSpan, *, by: Actor, at: datetime) -> Figures:
    """What the pipeline says now of a person's, a team's or everybody's deals."""
    whose = {"user": {"owner": subject[1]}, "team": {"team_id": subject[1]}, "firm": {}}[subject[0]]
    asked = GetForecast(period=span.kind, starts_on=span.starts_on, **whose)
    return Figures(**figures(by_owner(question(asked=asked, by=by, at=at)), by="stage"))


def subject_of(user_id: int | None, team_id: int | None, *, firm: bool, by: Actor) -> Subject:
    """The one whom it is about; whoever calls, when nobody is named."""
    if [user_id is not None, team_id is not None, firm].count(True) > 1:
        raise InvalidData("Name a person, a team, or the firm.", fields={"userId": "one of userId, teamId and firm"})
    if firm:
        return "firm", None
    if team_id is not None:
        return "team", team_id
    own = user_id if user_id is not None else by.user_id
    if own is None:
        raise InvalidData("Say whose deals this is about.", fields={"userId": "missing"})
    return "user", own


def check_subject(subject: Subject, *, by: Actor) -> None:
    """NotFound for a person or team that is not there, or not for this actor."""
    kind, key = subject
    if kind == "user":
        known = key == by.user_id or (User.objects.filter(pk=key or 0).exists() and sees_person(scope_of(by), key))
        if not known:
            raise NotFound("There is no such person.", fields={"userId": "somebody who sells"})
    elif not (sees_team(scope_of(by), key) and (key is None or Team.objects.filter(pk=key).exists())):
        raise NotFound("There is no such team.", fields={"teamId": "a team whose deals you see"})


def _kind(wanted: SubmissionKind | None, subject: Subject, *, by: Actor) -> SubmissionKind:
    own = subject == ("user", by.user_id)
    kind = wanted or (SubmissionKind.REP if own else SubmissionKind.MANAGER)
    if kind is SubmissionKind.REP and not own:
        raise InvalidData("A rep's call is on one's own deals.", fields={"kind": "manager for somebody else's"})
    if kind is SubmissionKind.MANAGER and not (by.role and by.role.allows(Role.MANAGER)):
        raise Forbidden("Calls on somebody else's deals are for managers. Leave userId, teamId and firm out.")
    return kind
