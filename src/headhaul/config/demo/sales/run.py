"""The run that gives the example market its sales: after the first night, each step done once or not at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from headhaul.accounts.services import scores
from headhaul.activities.services import marking
from headhaul.carriers.services.signals_store import current_day
from headhaul.config.demo.sales import booth, calls, deals, diary, extras, outreach, places, team, touches
from headhaul.config.demo.sales.diary import Diary, dice
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.team import Cast
from headhaul.config.demo.sales.touches import Deal, Stretch
from headhaul.config.demo.sales.words import stories
from headhaul.nightly.choices import RunKind, RunState, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.services import runs
from headhaul.nightly.services.runs import Night, Outcome, Step, Tell
from headhaul.pipeline.services import snapshots, telling

WITHOUT_A_DEAL = 7  # accounts that are only called
READ_UNTIL = 6  # days ago: what they were told before, they have read; a weekend and a holiday lie between
GONE = Outcome(notes=["Somebody of the example's people is gone, so nothing was made up."])


def queue(night: Night) -> None:
    """Say that the sales are to come, so that a start that breaks off before them goes on with them."""
    if not JobRun.objects.filter(kind=RunKind.EXAMPLE_SALES).exists():
        runs.queue(kind=RunKind.EXAMPLE_SALES, day=night.day, trigger=Trigger.FIRST_START, at=night.at)


def is_due() -> bool:
    """Whether the sales were planned and are not there yet."""
    return JobRun.objects.filter(kind=RunKind.EXAMPLE_SALES).exclude(state=RunState.DONE).exists()


def run(*, at: datetime, tell: Tell = runs.silent) -> None:
    """Make up what is still to be made up."""
    planned = JobRun.objects.filter(kind=RunKind.EXAMPLE_SALES).exclude(state=RunState.DONE).first()
    if planned is not None:
        runs.run(
            kind=RunKind.EXAMPLE_SALES,
            day=planned.day,
            steps=STEPS,
            trigger=Trigger.FIRST_START,
            at=at,
            patience=20,
            resumes_within=timedelta.max,
            tell=tell,
        )


def _team(night: Night) -> Outcome:
    return Outcome(counts={"people": team.make(at=night.at)})


def _past(night: Night) -> Outcome:
    cast = team.cast()
    if cast is None:
        return GONE
    extras.deal_out(cast, day=_signal_day(night), at=night.at)
    told = Diary(at=night.at)
    worked = _worked(told, cast, night)
    extras.tasks(told, cast, worked)
    extras.twins(told, cast)
    extras.months(told, cast)
    outreach.plan(told, cast, _for_outreach(night))
    worked += booth.plan(told, cast, _met(night))
    calls.plan(told, cast)
    told.write(told.moment(READ_UNTIL, dice("read"), hour=16), lambda at: _read(cast, at))
    counts = told.play(night.beat)
    for place, deal in worked:
        deals.tick(deal, place, at=night.at)
    extras.keep_views(cast, at=night.at)
    return Outcome(counts=counts | {"accounts": len(worked)})


def _worked(told: Diary, cast: Cast, night: Night) -> list[tuple[Place, Deal]]:
    """The accounts that are worked, each with its deal if it has one. What happens at them is in the diary."""
    told_of = stories()
    found = []
    for number, dot in enumerate(_by_hand(night)):
        story = told_of[number] if number < len(told_of) else None
        own = dice("account", number)
        owner = cast.of(story.owner if story else own.choice(["rosa", "theo"]))
        first = deals.end_of(story, told) + story.opened + 4 if story else own.randint(30, diary.NIGHTS)
        place = Place(owner, own, first)
        opens = told.moment(first, own, hour=8)
        told.write(opens, lambda at, place=place, dot=dot: places.open_account(place, dot, at=at))  # type: ignore[misc]
        people = own.choice((2, 3)) if story is None or not story.ghosted else 1
        place.ready = opens + timedelta(minutes=50)
        told.write(
            place.ready,
            lambda at, place=place, count=people: places.meet(place, count=count, at=at),  # type: ignore[misc]
        )
        if story:
            found.append((place, deals.plan(told, place, story)))
        else:
            touches.plan(told, place, Deal(), Stretch(first - 3, own.randint(2, 12)))
            found.append((place, Deal()))
        if number % 3 == 0:
            touches.notes(told, place, cast, days_ago=max(1, min(first - 6, 2 + number)), number=number // 3)
    return found


def _for_outreach(night: Night) -> list[int]:
    """Carriers beside those that are worked by hand and those that are met."""
    return outreach.others(but=[*_by_hand(night), *(dot for dots in _met(night) for dot in dots)])


def _by_hand(night: Night) -> list[int]:
    return places.next_best(day=_signal_day(night), count=len(stories()) + WITHOUT_A_DEAL)


def _met(night: Night) -> tuple[list[int], list[int]]:
    return booth.carriers(day=_signal_day(night), but=_by_hand(night))


def _signal_day(night: Night) -> date:
    """The night before may have been that of a later day than the start's, when that broke off."""
    return current_day() or night.day


def _read(cast: Cast, at: datetime) -> None:
    for actor in (cast.rosa, cast.theo, cast.max):
        marking.read(ids=[], everything=True, at=at, by=actor)


def _today(night: Night) -> Outcome:
    counts = {"scores": scores.refresh(day=_signal_day(night)), "look_alikes": extras.look_for_twins(night)}
    counts |= {"snapshots": snapshots.take(at=night.at), "told": telling.tell_new_risks(at=night.at)}
    return Outcome(counts=counts)


STEPS = (
    Step("team", "A team, quotas and fields of its own", _team),
    Step("past", "Four months of made-up calls and deals", _past),
    Step("today", "Scores, look-alikes and risks of today", _today, in_one_go=False),
)
