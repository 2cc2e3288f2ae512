"""Opportunities that move through the stages as their stories say, by the one writer, each change at its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from headhaul.config.demo.sales import touches
from headhaul.config.demo.sales.diary import Diary
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.touches import Deal, Stretch
from headhaul.config.demo.sales.words import Story
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Opportunity, Playbook
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.periods import span_of
from headhaul.pipeline.services import creating, moving, playbooks
from headhaul.pipeline.services.changing import change

REACH = 118  # days: what of the last quarter lies before is not told
BETWEEN = ("Call again with a count", "Ask about lanes and pay", "Send what we discussed", "Bring the dispatcher in")


def end_of(story: Story, diary: Diary) -> int:
    """How many days ago the story ended; 0 for what is open."""
    if story.ends is None:
        return 0
    this = span_of(PeriodChoice(period="quarter"), at=diary.at)
    first, last = this.starts_on, diary.day - timedelta(days=1)
    if story.ends[0] == "last":
        first, last = max(this.moved(-1).starts_on, diary.day - timedelta(days=REACH)), this.moved(-1).last_day
    chosen = first + max(timedelta(), last - first) * story.ends[1] if last > first else last
    return (diary.day - chosen).days


def plan(diary: Diary, place: Place, story: Story) -> Deal:
    """Everything that happens to the deal, and the touches around it."""
    deal, end = Deal(is_to_end=story.ends is not None), end_of(story, diary)

    def day(offset: int) -> date:
        return diary.day - timedelta(days=end) + timedelta(days=offset)

    diary.write(
        diary.moment(end + story.opened, place.dice, hour=11, after=place.ready),
        lambda at: _create(deal, place, story, day, at),
    )
    for ago, stage in story.path:
        moment = diary.moment(end + ago, place.dice, hour=14, after=place.ready)
        diary.write(moment, lambda at, stage=stage: _move(deal, place, story, stage, day, at))  # type: ignore[misc]
    for ago, closes in story.pushed:
        moment = diary.moment(end + ago, place.dice, hour=15, after=place.ready)
        diary.write(moment, lambda at, to=closes: _push(deal, place, day(to), at))  # type: ignore[misc]
    silent = 20 if story.ghosted else 0
    last = end + (story.quiet or (1 if story.ends else place.dice.randint(1, 5)))
    touches.plan(diary, place, deal, Stretch(end + story.opened - 1, last, silent))
    if story.do_not_contact:
        said = "The owner asked not to be called again. Wished them well."
        diary.write(
            diary.moment(end, place.dice, hour=15, after=place.ready),
            lambda at: touches.call(place, deal, outcome="do_not_contact", body=said, at=at),
        )
    return deal


def tick(deal: Deal, place: Place, *, at: datetime) -> None:
    """Note the first steps of the stage's playbook as done, about as far as one gets."""
    if deal.opportunity is None:
        return
    key = deal.opportunity.stage.key
    book = Playbook.objects.filter(stage_key=key, segment="", is_active=True, removed_at__isnull=True).first()
    if book is None:
        return
    for step in book.steps[: place.dice.randint(1, max(1, len(book.steps) - 1))]:
        playbooks.complete(
            opportunity_id=deal.opportunity.pk, playbook_id=book.pk, step_key=step["key"], at=at, by=place.owner
        )


def _create(deal: Deal, place: Place, story: Story, day: Any, at: datetime) -> None:
    share = place.dice.choice((80, 90, 100, 120))  # of what it turned out to be
    values: dict[str, Any] = {
        "name": story.what.format(city=place.city),
        "amount_cents": story.amount * share // 50_000 * 50_000 if story.amount else None,
        "close_on": day(story.closes),
        "owner_id": place.owner.user_id,
        "source": "Example",
        "competitor": story.competitor,
        "custom": {"guarantee_days": story.guarantee} if story.guarantee else {},
        **_next(story, place, day, at, is_last=not story.path),
    }
    known = Opportunity.objects.filter(account=place.account, kind=StageKind.OPEN).first()
    if known is not None:  # a hot lead opened it
        deal.opportunity = change(opportunity=known, values={**values, "source": known.source}, at=at, by=place.owner)
        return
    deal.opportunity = creating.create(account_id=place.account.pk, values=values, at=at, by=place.owner)


def _move(deal: Deal, place: Place, story: Story, stage: str, day: Any, at: datetime) -> None:
    if deal.opportunity is None:
        return
    values: dict[str, Any] = (
        {} if stage.startswith("closed") else _next(story, place, day, at, is_last=_is_last(story, stage))
    )
    if stage == "discovery" and len(place.people) > 1 and not story.ghosted:
        values["contact_ids"] = [person.pk for person in place.people[:3]]
    decides = place.decides()
    if decides and not story.no_decision_maker and stage in ("discovery", "proposal", "negotiation"):
        values["decision_maker_id"] = decides.pk
    if stage == "proposal":
        values["amount_cents"] = _cents(story)
    if stage.startswith("closed"):
        values |= {"next_step": "", "next_step_on": None}
        values["close_note"] = story.said.format(city=place.city)
    if stage == "closed_won":
        values |= {"close_on": day(0), "amount_cents": _cents(story)}
    if stage == "closed_lost":
        values["lost_reason"] = story.reason
    moving.move(opportunity=deal.opportunity, to=stage, values=values, at=at, by=place.owner)


def _push(deal: Deal, place: Place, to: date, at: datetime) -> None:
    if deal.opportunity is not None:
        change(opportunity=deal.opportunity, values={"close_on": to}, at=at, by=place.owner)


def _cents(story: Story) -> int | None:
    return None if story.amount is None else story.amount * 100


def _is_last(story: Story, stage: str) -> bool:
    return story.path[-1][1] == stage


def _next(story: Story, place: Place, day: Any, at: datetime, *, is_last: bool) -> dict[str, Any]:
    """What is to be done next: the story's own once it stands where it stands today."""
    if not is_last:
        soon = at.date() + timedelta(days=place.dice.randint(3, 9))
        return {"next_step": place.dice.choice(BETWEEN), "next_step_on": soon}
    if not story.next:
        return {"next_step": "", "next_step_on": None}
    return {"next_step": story.next, "next_step_on": day(story.next_in)}
