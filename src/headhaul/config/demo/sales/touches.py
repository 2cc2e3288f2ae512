"""Calls, mails, meetings and notes at an account, a few days apart, as somebody writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul.activities.schemas.activities import CompleteTask, LogActivity
from headhaul.activities.services import entering, tasks
from headhaul.config.demo.sales.diary import Diary
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.team import Cast
from headhaul.config.demo.sales.words import words
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity

DOOR = "demo"
LONG = {"call": (90, 1_100), "meeting": (1_200, 2_700)}  # seconds, when somebody was there
KINDS = {"call": ("calls", 11), "email": ("emails", 7), "meeting": ("meetings", 2), "sms": ("texts", 1)}


@dataclass(slots=True)
class Deal:
    """The deal that an account's touches are about, once it is there."""

    opportunity: Opportunity | None = None
    is_to_end: bool = False  # won or lost by the day of the start

    @property
    def key(self) -> int | None:
        """Its id."""
        return self.opportunity.pk if self.opportunity else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when, in days before the start; in the last `silent` of them nobody answers."""

    first: int
    last: int
    silent: int = 0


def plan(diary: Diary, place: Place, deal: Deal, stretch: Stretch) -> None:
    """A touch every few days. The last one is answered, unless the stretch ends in silence."""
    day = stretch.first
    while day > stretch.last:
        answered = False if day <= stretch.last + stretch.silent else None
        diary.write(diary.moment(day, place.dice, after=place.ready), _touch(place, deal, answered))
        day -= place.dice.randint(2, 6) if answered is False else place.dice.randint(3, 9)
    diary.write(diary.moment(stretch.last, place.dice, after=place.ready), _touch(place, deal, not stretch.silent))


def notes(diary: Diary, place: Place, cast: Cast, *, days_ago: int, number: int) -> None:
    """A note of the owner; where it asks Max something, his answer two hours later."""
    given = words()["notes"]
    note = given[number % len(given)]
    moment = diary.moment(days_ago, place.dice, hour=10, after=place.ready)
    for later, said in enumerate([note, given[1]] if note is given[0] else [] if note is given[1] else [note]):
        writer = cast.max if said["by"] == "max" else place.owner
        diary.write(moment + timedelta(hours=2 * later), _note(place, said["body"], writer))


def task(
    diary: Diary,
    place: Place,
    deal: Deal,
    *,
    subject: str,
    set_ago: float,
    due_in: int,
    priority: str = "normal",
    owner_id: int | None = None,
) -> None:
    """A task that is still open; with an `owner_id` it is somebody else's, who is told."""

    def do(at: datetime) -> None:
        due_on = diary.day + timedelta(days=due_in)
        asked = _asked(place, deal, type="task", subject=subject, priority=priority, due_on=due_on, owner_id=owner_id)
        entering.enter(asked=asked, at=at, by=place.owner, door=DOOR)

    diary.write(diary.moment(set_ago, place.dice, after=place.ready), do)


def done_task(diary: Diary, place: Place, deal: Deal, *, subject: str, set_ago: int, took: int) -> None:
    """A task that was set and done."""
    made: list[int] = []

    def begin(at: datetime) -> None:
        asked = _asked(place, deal, type="task", subject=subject, due_on=at.date() + timedelta(days=took))
        made.append(entering.enter(asked=asked, at=at, by=place.owner, door=DOOR).activity.pk)

    def end(at: datetime) -> None:
        tasks.complete(asked=CompleteTask(task_id=made[0]), at=at, by=place.owner, door=DOOR)

    diary.write(diary.moment(set_ago, place.dice, hour=9, after=place.ready), begin)
    diary.write(diary.moment(max(0, set_ago - took), place.dice, hour=15, after=place.ready), end)


def call(place: Place, deal: Deal, *, outcome: str, body: str, at: datetime) -> None:
    """One call with the person one speaks with most."""
    entering.enter(asked=_asked(place, deal, type="call", outcome=outcome, body=body), at=at, by=place.owner, door=DOOR)


def _touch(place: Place, deal: Deal, answered: bool | None) -> Any:
    def do(at: datetime) -> None:
        kinds = list(KINDS) if answered is None else ["call", "email"]
        kind = place.dice.choices(kinds, [KINDS[name][1] for name in kinds])[0]
        known = [one for one in words()[KINDS[kind][0]] if answered is None or bool(one.get("answers")) == answered]
        chosen = place.dice.choices(known, [one.get("weight", 1) for one in known])[0]
        low, high = LONG.get(kind, (0, 0)) if chosen.get("answers") else (15, 60)
        asked = _asked(
            place, deal, type=kind, outcome=chosen["outcome"], direction=chosen.get("direction"),
            subject=chosen.get("subject", ""), body=place.dice.choice(chosen["texts"]),
            duration_seconds=place.dice.randint(low, high) if kind in LONG else None,
        )  # fmt: skip
        entering.enter(asked=asked, at=at, by=place.owner, door=DOOR)

    return do


def _note(place: Place, body: str, by: Actor) -> Any:
    def do(at: datetime) -> None:
        asked = _asked(place, Deal(), type="note", body=body)
        entering.enter(asked=asked, at=at, by=by, door=DOOR)

    return do


def _asked(place: Place, deal: Deal, **values: Any) -> LogActivity:
    said = {"first": place.first_name, "city": place.city, "owner": place.owner.name}
    for name in ("subject", "body"):
        if values.get(name):
            values[name] = values[name].format(**said)
    person = place.people[0].pk if place.people else None
    if values["type"] == "note":
        person = None
    return LogActivity(account_id=place.account.pk, contact_id=person, opportunity_id=deal.key, **values)
