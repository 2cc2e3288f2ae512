"""The lines of a forecast: owners as the database added them up, teams and the total as sums of owners."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.schemas.forecast import CallSum, ForecastRow, Probability
from headhaul.pipeline.schemas.periods import Link
from headhaul.pipeline.selectors import calls, quotas
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.scopes import sees_person, sees_team

if TYPE_CHECKING:
    from headhaul.pipeline.selectors.forecast import Question

SUMMED = (
    "closed_cents", "commit_cents", "best_case_cents", "pipeline_cents", "omitted_cents", "weighted_by_stage",
    "weighted_by_ai", "closed_deals", "open_deals", "deals_without_amount", "deals_with_ai",
)  # fmt: skip
BUCKETS = ("closed", "open", "commit", "best_case", "pipeline", "omitted", "no_amount")
_PEOPLE = "select id, coalesce(nullif(name, ''), email) as name, team_id from security_user where id = any(%s)"
_TEAMS = "select id, name from security_team where id = any(%s)"


def figures(rows: Iterable[dict[str, Any]], *, by: Probability) -> dict[str, int]:
    """Owners' sums added up, rounded to cents once."""
    total: dict[str, Any] = dict.fromkeys(SUMMED, 0)
    for row in rows:
        for name in SUMMED:
            total[name] += row[name]
    weights = {"stage": total.pop("weighted_by_stage"), "ai": total.pop("weighted_by_ai")}
    weighted = int(Decimal(weights[by]).quantize(Decimal(1), ROUND_HALF_UP))
    closed, commit, best = total["closed_cents"], total["commit_cents"], total["best_case_cents"]
    return total | {
        "weighted_cents": weighted,
        "expected_cents": closed + weighted,
        "open_cents": commit + best + total["pipeline_cents"],
        "commit_total_cents": closed + commit,
        "best_case_total_cents": closed + commit + best,
    }


class Board:
    """The lines of one forecast. Quotas and calls are those the reader may see; none are shown for one pipeline."""

    def __init__(self, question: Question, sums: list[dict[str, Any]]) -> None:
        self.question = question
        self.sums = {row["owner_id"]: row for row in sums}
        self.scope = scope_of(question.by)
        whole = question.asked.pipeline_id is None  # a quota is on all that somebody sells
        self.quotas = quotas.amounts(question.span) if whole else {}
        self.calls = calls.standing(question.span, moment=question.moment) if whole else {}

    @cached_property
    def people(self) -> dict[int | None, dict[str, Any]]:
        """Whoever has deals, a quota or a call, by id: name and team."""
        wanted = self._named("user", self.question.owners)
        known = {key for key in (*self.sums, *wanted) if key is not None}
        rows = fetch(_PEOPLE, [sorted(known)]) if known else []
        found: dict[int | None, dict[str, Any]] = {row["id"]: row for row in rows}
        return found | ({None: {"name": "Nobody", "team_id": None}} if None in self.sums else {})

    @property
    def owners(self) -> list[ForecastRow]:
        """A line for each person; nobody's deals come last."""
        ordered = sorted(self.people.items(), key=lambda item: (item[0] is None, item[1]["name"].lower(), item[0] or 0))
        return [self._owner(key, person) for key, person in ordered]

    @property
    def teams(self) -> list[ForecastRow]:
        """A line for each team, and one for whoever is in none when there are teams at all."""
        everybody = self.question.owners is None or self.question.asked.team_id is not None
        wanted = {p["team_id"] for p in self.people.values()}
        wanted |= set(self._named("team", None)) if everybody and self.question.asked.team_id is None else set()
        rows = fetch(_TEAMS, [sorted(key for key in wanted if key is not None)])
        found = [self._team(row["id"], row["name"]) for row in sorted(rows, key=lambda r: (r["name"].lower(), r["id"]))]
        return [*found, self._team(None, "In no team")] if found and None in wanted else found

    @property
    def total(self) -> ForecastRow:
        """All of it."""
        asked = self.question.asked
        base = asked.model_dump(mode="json", by_alias=True, exclude_none=True, include={"owner", "team_id"})
        if asked.team_id is not None:
            subject: Subject = ("team", None if asked.team_id == "none" else asked.team_id)
        elif asked.owner == "team":
            subject = ("team", self.question.by.team_id)
        elif asked.owner == "all":
            subject = ("firm", None)
        else:
            subject = ("user", self.question.by.user_id if asked.owner == "me" else self._user(asked.owner))
        quota, is_sum = self._quota(subject), False
        if quota is None and subject[0] != "user":
            quota, is_sum = self._summed(self.people, deep=subject[0] == "firm"), True
        return self._row(
            "total", None, "Total", None, list(self.sums.values()), subject, (quota, is_sum), base, self.people
        )

    def _owner(self, key: int | None, person: dict[str, Any]) -> ForecastRow:
        sums = [self.sums[key]] if key in self.sums else []
        subject: Subject = ("user", key)
        base = {"owner": "none" if key is None else key}
        kind = "nobody" if key is None else "owner"
        return self._row(
            kind, key, person["name"], person["team_id"], sums, subject, (self._quota(subject), False), base
        )

    def _team(self, key: int | None, name: str) -> ForecastRow:
        people = {user: person for user, person in self.people.items() if person["team_id"] == key}
        subject: Subject = ("team", key)
        quota, is_sum = self._quota(subject), False
        if quota is None:
            quota, is_sum = self._summed(people, deep=False), True
        base = {"teamId": "none" if key is None else key}
        kind = "no_team" if key is None else "team"
        sums = [self.sums[user] for user in people if user in self.sums]
        return self._row(kind, key, name, key, sums, subject, (quota, is_sum), base, people)

    def _row(
        self,
        kind: Any,
        key: int | None,
        name: str,
        team_id: int | None,
        sums: list[dict[str, Any]],
        subject: Subject,
        quota: tuple[int | None, bool],
        base: dict[str, Any],
        people: Iterable[int | None] | None = None,
    ) -> ForecastRow:
        added, (amount, is_sum) = figures(sums, by=self.question.asked.probability), quota
        gap = None if amount is None else amount - added["closed_cents"]
        shown = self._sees(subject)
        return ForecastRow(
            **added,
            kind=kind,
            id=key,
            name=name,
            team_id=team_id,
            quota_cents=amount,
            quota_is_sum=is_sum and amount is not None,
            gap_cents=gap,
            coverage=round(added["open_cents"] / gap, 2) if gap is not None and gap > 0 else None,
            rep_call=self.calls.get((SubmissionKind.REP, subject)) if shown else None,
            rep_calls=self._called(people) if people is not None else None,
            manager_call=self.calls.get((SubmissionKind.MANAGER, subject)) if shown else None,
            links=self._links(base),
        )

    def _quota(self, subject: Subject) -> int | None:
        return self.quotas.get(subject) if self._sees(subject) else None

    def _summed(self, people: Iterable[int | None], *, deep: bool) -> int | None:
        """The people's quotas together; `deep`: a team that has one of its own counts with that instead."""
        found: list[int] = []
        with_own = {key for kind, key in self.quotas if kind == "team"} if deep else set()
        for team in with_own:
            found += [amount for amount in [self._quota(("team", team))] if amount is not None]
        for user in people:
            amount = self._quota(("user", user))
            if amount is not None and self.people[user]["team_id"] not in with_own:
                found.append(amount)
        return sum(found) if found else None

    def _called(self, people: Iterable[int | None]) -> CallSum | None:
        found = [self.calls.get((SubmissionKind.REP, ("user", user))) for user in people if self._sees(("user", user))]
        made = [call for call in found if call]
        if not made:
            return None
        commit, best = sum(call.commit_cents for call in made), sum(call.best_case_cents for call in made)
        return CallSum(commit_cents=commit, best_case_cents=best, callers=len(made))

    def _sees(self, subject: Subject) -> bool:
        kind, key = subject
        return sees_person(self.scope, key) if kind == "user" else sees_team(self.scope, key)

    def _named(self, kind: str, only: list[int | None] | None) -> list[int]:
        """Who has a quota or a call that the reader may see."""
        subjects = {*self.quotas, *(subject for _, subject in self.calls)}
        return [
            key
            for named, key in subjects
            if named == kind and key is not None and self._sees((named, key)) and (only is None or key in only)
        ]

    @staticmethod
    def _user(owner: str | int) -> int | None:
        return owner if isinstance(owner, int) else None

    def _links(self, base: dict[str, Any]) -> dict[str, Link]:
        asked, span = self.question.asked, self.question.span
        common = base | {"period": span.kind.value, "startsOn": span.starts_on.isoformat()}
        common |= asked.model_dump(mode="json", by_alias=True, exclude_none=True, include={"pipeline_id", "as_of"})
        return {_camel(bucket): Link(action="getForecastDeals", data=common | {"bucket": bucket}) for bucket in BUCKETS}


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
