"""Who sells: Rosa and Theo in one team under Max, with quotas, and the firm's own fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.models import CustomField
from headhaul.accounts.services import custom_fields
from headhaul.activities.models import DigestChoice
from headhaul.activities.services import choosing
from headhaul.config.demo.people import DOMAIN, PEOPLE
from headhaul.kernel import Actor, Role
from headhaul.pipeline.choices import Period
from headhaul.pipeline.models import Quota
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.calls import Subject
from headhaul.pipeline.selectors.periods import span_of
from headhaul.pipeline.services import quotas
from headhaul.security.actors import actor_of
from headhaul.security.models import Team, User
from headhaul.security.services import teams

TEAM = "Heartland"
THEO = ("theo", "Theo Tran")
QUOTAS = {  # dollars of the last and of this quarter
    "rosa": (130_000, 150_000),
    "theo": (70_000, 90_000),
    "team": (200_000, 240_000),
}
FIELDS: tuple[tuple[CustomEntity, str, str, CustomKind, list[str], str], ...] = (
    (
        CustomEntity.ACCOUNT, "current_vendor", "Current vendor", CustomKind.CHOICE,
        ["Nobody", "Own recruiters", "A job board", "Another agency"], "Who fills their seats today",
    ),
    (
        CustomEntity.CONTACT, "best_time", "Best time to call", CustomKind.CHOICE,
        ["Before seven", "Morning", "Afternoon", "After five"], "On their clock",
    ),
    (CustomEntity.OPPORTUNITY, "guarantee_days", "Guarantee days", CustomKind.NUMBER, [], "After a driver starts"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts."""

    rosa: Actor
    theo: Actor
    max: Actor
    team_id: int

    def of(self, word: str) -> Actor:
        """By the word that stories use."""
        return {"rosa": self.rosa, "theo": self.theo, "max": self.max}[word]


def make(*, at: datetime) -> int:
    """Add whoever and whatever is missing. Theo has no password: he is there to be looked at."""
    if not User.objects.filter(email=_email(THEO[0])).exists():
        User.objects.create_user(_email(THEO[0]), None, name=THEO[1], role=Role.REP, joined_at=at)
    lead = _user("max")
    team = Team.objects.filter(name=TEAM).first()
    team = team or teams.create(values={"name": TEAM, "lead_id": lead.pk if lead else None}, at=at)
    members = [user for user in map(_user, ("rosa", "theo", "max")) if user is not None]
    for user in members:
        teams.set_team(user_id=user.pk, team_id=team.pk)
    _no_mail()
    _fields(at=at)
    _quotas(at=at)
    return len(members)


def cast() -> Cast | None:
    """Who is there to act; None when somebody of them was removed meanwhile."""
    people = [_user(word) for word in ("rosa", "theo", "max")]
    team = Team.objects.filter(name=TEAM).first()
    if team is None or any(user is None or not user.is_active for user in people):
        return None
    rosa, theo, max_ = map(actor_of, people)
    return Cast(rosa=rosa, theo=theo, max=max_, team_id=team.pk)


def _email(word: str) -> str:
    return f"{word}@{DOMAIN}"


def _user(word: str) -> User | None:
    return User.objects.filter(email=_email(word)).first()


def _no_mail() -> None:
    """Nobody reads the mail of made-up people."""
    for word in (*(word for word, _, _ in PEOPLE), THEO[0]):
        user = _user(word)
        if user is not None and not DigestChoice.objects.filter(user=user).exists():
            choosing.choose(is_on=False, hour=None, version=None, by=actor_of(user))


def _fields(*, at: datetime) -> None:
    for entity, key, label, kind, choices, help_text in FIELDS:
        if not CustomField.objects.filter(entity=entity, key=key).exists():
            values = {"label": label, "kind": kind, "choices": choices, "help": help_text}
            custom_fields.create(entity=entity, key=key, values=values, at=at)


def _quotas(*, at: datetime) -> None:
    known = cast()
    if known is None:
        return
    subjects: dict[str, Subject] = {
        "rosa": ("user", known.rosa.user_id), "theo": ("user", known.theo.user_id), "team": ("team", known.team_id)
    }  # fmt: skip
    for word, amounts in QUOTAS.items():
        for offset, dollars in zip((-1, 0), amounts, strict=True):
            span = span_of(PeriodChoice(period=Period.QUARTER, offset=offset), at=at)
            kind, key = subjects[word]
            if Quota.objects.filter(starts_on=span.starts_on, period=span.kind, **{f"{kind}_id": key}).exists():
                continue
            quotas.set_amount(
                subject=subjects[word], span=span, amount_cents=dollars * 100, version=None, at=at, by=known.max
            )
