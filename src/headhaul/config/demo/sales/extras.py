"""What else a firm at work has: the night's accounts dealt out, views, two accounts that look like one."""

from __future__ import annotations

from datetime import date, datetime, time

from headhaul.accounts.choices import AccountSource, MergeEntity
from headhaul.accounts.models import Account, SavedView
from headhaul.accounts.services import editing, scanning, views
from headhaul.analytics.choices import MailRhythm, MailWhose
from headhaul.analytics.services import mail_choices
from headhaul.analytics.services import snapshots as figures
from headhaul.config.demo.sales import places, touches
from headhaul.config.demo.sales.diary import NIGHTS, Diary, dice
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.team import Cast
from headhaul.config.demo.sales.touches import Deal
from headhaul.config.demo.sales.words import words
from headhaul.kernel import Actor
from headhaul.nightly.services.openings import opened_for
from headhaul.nightly.services.runs import Night
from headhaul.pipeline.selectors.periods import add_months

THEOS = 3  # every third of the night's accounts
MET = 18  # of the night's accounts somebody has looked for people already
DUE = {"overdue": (-4, -2, -1), "today": (0, 0, 0, 0), "upcoming": (1, 5, 9, 16)}  # in days

VIEWS = (
    ("max", "accounts", "Larger fleets, nobody known yet", True, {"minFleet": 10, "hasContact": False}, "fleetSize"),
    ("rosa", "accounts", "My clients", False, {"owner": ["me"], "status": ["client"]}, "lastActivity"),
    ("rosa", "accounts", "Gone quiet", True, {"status": ["prospecting"]}, "lastActivity"),
    ("max", "contacts", "Who decides at prospects", True,
     {"isDecisionMaker": True, "accountStatus": ["prospecting"]}, "name"),
)  # fmt: skip
TWINS: tuple[tuple[str, dict[str, object], int], ...] = (
    ("rosa", {"name": "Bluestem Haulage LLC", "phone": "316-555-0142", "website": "bluestem-haulage.example"}, 64),
    ("theo", {"name": "Blue Stem Haulage", "phone": "(316) 555-0142", "fleet_size": 14}, 6),
)
SAID_AT_TWINS = "Asked who plans the loads. They have two trucks standing."
TWINS_TOWN = {
    "city": "Wichita",
    "state": "KS",
    "description": "Made up for the example: such a carrier does not exist.",
}


def deal_out(cast: Cast, *, day: date, at: datetime) -> None:
    """Give Theo his part of what the night opened, and say whose team it all is."""
    for number, account in enumerate(opened_for(day)):
        owner = cast.theo if number % THEOS == 1 else cast.rosa
        held = editing.lock(account.pk, by=cast.max)
        values = {"owner_id": owner.user_id, "team_id": cast.team_id}
        editing.apply(account=held, values=values, at=at, by=cast.max, source="demo")
        if number < MET:
            place = Place(owner, dice("night", number), account=Account.objects.get(pk=account.pk))
            places.meet(place, count=1 + number % 2, at=at)


def tasks(diary: Diary, cast: Cast, worked: list[tuple[Place, Deal]]) -> None:
    """Tasks that are late, due today and to come, for both reps and for Max; and some that are done."""
    said, number = words()["tasks"], 0
    open_ones = [(place, deal) for place, deal in worked if not deal.is_to_end]
    for kind, days in DUE.items():
        for subject, due_in in zip(said[kind], days, strict=True):
            for other in (0, 11):
                place, deal = open_ones[(number * 3 + other) % len(open_ones)]
                since, priority = min(5 - due_in, place.since - 3), "high" if number % 3 == 0 else "normal"
                touches.task(
                    diary, place, deal, subject=subject, set_ago=max(1, since), due_in=due_in, priority=priority
                )
            number += 1
    for subject, due_in in zip(said["max"], (-1, 0, 4), strict=True):
        place, deal = open_ones[(due_in + 1) * 2]
        touches.task(
            diary, place, deal, subject=subject, set_ago=2, due_in=due_in, priority="high", owner_id=cast.max.user_id
        )
    for number, (place, deal) in enumerate(worked):
        subject, since = said["done"][number % len(said["done"])], min(6 + number * 3 % 40, place.since - 3)
        touches.done_task(diary, place, deal, subject=subject, set_ago=since, took=2)


def twins(diary: Diary, cast: Cast) -> None:
    """Two accounts of one invented carrier, entered by two people."""
    for word, given, days_ago in TWINS:
        by = cast.of(word)
        place = Place(by, dice("twin", word))
        place.ready = diary.moment(days_ago, place.dice, hour=10)
        diary.write(place.ready, _twin(place, given, by))
        for later in (3, 1):
            moment = diary.moment(days_ago - later, place.dice, after=place.ready)
            diary.write(
                moment,
                lambda at, place=place: touches.call(place, Deal(), outcome="connected", body=SAID_AT_TWINS, at=at),  # type: ignore[misc]
            )


def months(diary: Diary, cast: Cast) -> None:
    """The figures of each month that ended while they sold, as the clock would have kept them; Max gets mail."""
    first = diary.day.replace(day=1)
    while (diary.day - first).days < NIGHTS:
        moment = datetime.combine(first, time(6, 15), diary.calendar.zone)
        if moment < diary.at:
            diary.write(moment, lambda at: figures.take_monthly(at=at))
        first = add_months(first, -1)
    since = diary.moment(NIGHTS - 1, dice("mail"), hour=9)
    diary.write(
        since,
        lambda at: mail_choices.choose(
            rhythm=MailRhythm.WEEKLY, whose=MailWhose.TEAM, version=None, at=at, by=cast.max
        ),
    )


def keep_views(cast: Cast, *, at: datetime) -> None:
    """The lists that each of them opens in the morning."""
    for word, entity, name, is_shared, filters, sort in VIEWS:
        by = cast.of(word)
        if not SavedView.objects.filter(owner_id=by.user_id, entity=entity, name=name).exists():
            values = {"name": name, "filters": filters, "sort": sort, "is_shared": is_shared}
            views.create(entity=entity, values=values, at=at, by=by)


def look_for_twins(night: Night) -> int:
    """Compare every record with the others: the nightly search takes what was entered in the past as seen."""
    return sum(scanning.scan(entity=each, at=night.at, beat=night.beat, everything=True).found for each in MergeEntity)


def _twin(place: Place, given: dict[str, object], by: Actor):  # type: ignore[no-untyped-def]
    def do(at: datetime) -> None:
        place.account = editing.create(
            values={**TWINS_TOWN, **given},
            owner_id=by.user_id,
            at=at,
            by=by,
            origin=AccountSource.MANUAL,
            source="demo",
        )
        places.meet(place, count=1, at=at)

    return do
