"""Quotas of a period, and of whom there could be some."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.forecast import QuotaRow
from headhaul.pipeline.selectors.calls import Subject, subject_of
from headhaul.pipeline.selectors.periods import PeriodSpan
from headhaul.pipeline.selectors.scopes import sees_person, sees_team

_OF_PERIOD = "select user_id, team_id, amount_cents, version from pipeline_quota where period = %s and starts_on = %s"
_PEOPLE = """
select u.id, coalesce(nullif(u.name, ''), u.email) as name, u.team_id from security_user u
where (u.is_active and (u.role in ('rep', 'manager', 'admin') or (u.role is null and u.site_role <> '')))
   or u.id = any(%s)
order by lower(coalesce(nullif(u.name, ''), u.email)), u.id
"""
_PERSON = "select coalesce(nullif(name, ''), email) as name, team_id from security_user where id = %s"
_TEAMS = "select id, name from security_team where is_active or id = any(%s) order by lower(name), id"


def amounts(span: PeriodSpan) -> dict[Subject, int]:
    """The quotas of a period in cents."""
    return {subject: row["amount_cents"] for subject, row in _rows(span).items()}


def of_period(span: PeriodSpan, *, by: Actor) -> list[QuotaRow]:
    """Everybody who sells, every team and the firm, each with its quota if there is one, as far as the reader sees."""
    scope, known = scope_of(by), _rows(span)
    people = fetch(_PEOPLE, [[key for kind, key in known if kind == "user"]])
    teams = fetch(_TEAMS, [[key for kind, key in known if kind == "team"]])
    found = [_row("firm", None, "The firm", None, known)] if scope.is_all else []
    found += [_row("team", t["id"], t["name"], t["id"], known) for t in teams if sees_team(scope, t["id"])]
    found += [_row("user", u["id"], u["name"], u["team_id"], known) for u in people if sees_person(scope, u["id"])]
    return found


def row(subject: Subject, *, amount_cents: int | None, version: int) -> QuotaRow:
    """One quota with the name of whom it is on."""
    kind, key = subject
    if kind == "user":
        person = fetch(_PERSON, [key])[0]
        name, team_id = person["name"], person["team_id"]
    else:
        name = "The firm" if key is None else fetch("select name from security_team where id = %s", [key])[0]["name"]
        team_id = key
    known = {subject: {"amount_cents": amount_cents, "version": version}} if version else {}
    return _row(kind, key, name, team_id, known)


def _rows(span: PeriodSpan) -> dict[Subject, dict[str, Any]]:
    return {subject_of(row): row for row in fetch(_OF_PERIOD, [span.kind.value, span.starts_on])}


def _row(kind: Any, key: int | None, name: str, team_id: int | None, known: dict[Subject, dict[str, Any]]) -> QuotaRow:
    quota = known.get((kind, key))
    return QuotaRow(
        kind=kind,
        id=key,
        name=name,
        team_id=team_id,
        amount_cents=quota and quota["amount_cents"],
        version=quota["version"] if quota else 0,
    )
