"""Weeks of outreach to carriers that nobody has a deal with yet: sequences, what came back, and calls.

Everything is done by the services that would do it, at its own time and judged by the rules of that time, so that every
number of a report has its rows and every message its proof. Nothing leaves: the sandbox keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import Account
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import opening
from headhaul.accounts.services.opening import Opening
from headhaul.actions import dispatch
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.preferences import Firm
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.config.demo.sales import places
from headhaul.config.demo.sales.diary import Diary, dice
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.team import Cast
from headhaul.kernel import SYSTEM, Actor, AppError
from headhaul.outreach.choices import Channel, EventKind, Grade, MessageState
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Message, MessageEvent
from headhaul.outreach.services import delivering, engine, fates, receiving
from headhaul.preferences.services import values

_OTHERS = """
select c.dot_number from carriers_carrier c
where c.status_code = 'A' and c.effective_units between %s and 60 and c.dot_number <> all(%s)
  and not exists (select from accounts_account a where a.dot_number = c.dot_number)
order by md5(c.dot_number::text) limit %s
"""
COUNT = 13  # carriers
ONE_BOUNCES_IN = 40  # messages; five in a hundred would stop the mailbox
FIRST = 17  # days ago; the last were enrolled so lately that they are under way
EACH = 5  # carriers that are enrolled in a week
DOOR = "job"
REPLY = "Thanks for writing. We have two trucks standing. Can you call me on Thursday?"
SEQUENCES: tuple[dict[str, Any], ...] = (
    {
        "name": "Reefer fleets, first contact",
        "campaign": "Autumn reefers",
        "steps": [
            {"kind": "email", "key": "hello", "subject": "Reefer drivers near {account.city|you}",
             "body": "Hi {contact.first_name|there},\n\nwe have drivers with reefer experience who live near you. "
                     "Shall I send you three profiles?"},
            {"kind": "wait", "key": "pause", "delay": {"amount": 3, "unit": "business_days"}},
            {"kind": "email", "key": "again", "asReply": True,
             "body": "Hi {contact.first_name|there},\n\ndid you see my note? Two of them could start within a week."},
            {"kind": "call", "key": "ring", "body": "Ask how many trucks stand empty, and who decides."},
        ],
    },
    {
        "name": "Trucks without drivers",
        "campaign": "Unseated trucks",
        "steps": [
            {"kind": "email", "key": "hello", "subject": "Your trucks without drivers",
             "body": "Hi {contact.first_name|there},\n\nyour last filing shows more trucks than drivers. "
                     "We fill such seats; may I show you how?"},
            {"kind": "call", "key": "ring", "delay": {"amount": 4, "unit": "business_days"},
             "body": "Mention the filing. Offer one driver on trial."},
        ],
    },
)  # fmt: skip
CAMPAIGN = {
    "name": "Fleets that grew",
    "campaign": "Autumn reefers",
    "script": "Good morning, this is … of Heartland.\n\nYou added trucks this year. How many of them have a driver?\n\n"
    "If they hesitate: offer one driver on trial, no fee in the first thirty days.",
}
ENDS = (
    ("no_answer", 5, ""), ("voicemail", 4, "Left a message with our number."),
    ("gatekeeper", 2, "The dispatcher passes it on."), ("connected", 4, "Two trucks are standing. Wants profiles."),
    ("not_interested", 1, "Has a recruiter of his own."), ("meeting_set", 1, "Wants to see three profiles."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Past:
    """A clock that stands at a moment of the past."""

    at: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.at

    def skew(self) -> float:
        """Nobody turns it."""
        return 0.0


@dataclass(slots=True)
class _Made:
    """What there is so far."""

    places: list[Place] = field(default_factory=list)
    sequence_ids: list[int] = field(default_factory=list)
    campaign_id: int = 0


def plan(diary: Diary, cast: Cast, dots: list[int]) -> None:
    """Accounts, then a batch of them each week, then every working day what is due, and calls."""
    made = _Made()
    for number, dot in enumerate(dots):
        place = Place(cast.of(("rosa", "theo")[number % 2]), dice("outreach", number), FIRST + 4)
        made.places.append(place)
        opens = diary.moment(FIRST + 4, place.dice, hour=8)
        diary.write(opens, partial(_open, place, dot))
        diary.write(opens + timedelta(minutes=50), partial(_meet, place))
    own = dice("outreach")
    diary.write(diary.moment(FIRST, own, hour=8), lambda at: _begin(made, cast, at=at))
    for week in range((len(dots) + EACH - 1) // EACH):
        batch = slice(week * EACH, (week + 1) * EACH)
        diary.write(diary.moment(FIRST - 1 - 7 * week, own, hour=9), partial(_enrol, made, cast, batch))
    days = (diary.day - timedelta(days=ago) for ago in range(FIRST - 1, 0, -1))
    for ago in [(diary.day - day).days for day in days if diary.calendar.is_worked(day)]:
        diary.write(diary.moment(ago, own, hour=11), partial(_day, made, cast, dice("outreach", ago), diary))
    diary.write(diary.moment(1, own, hour=15), partial(_still_to_call, made, cast))


def others(*, but: list[int]) -> list[int]:
    """Carriers that nobody works yet, larger than an owner with a truck, by USDOT number."""
    return [row["dot_number"] for row in fetch(_OTHERS, [places.SMALLEST_FLEET, but, COUNT])]


def _open(place: Place, dot_number: int, at: datetime) -> None:
    openings = [Opening(dot_number, place.owner.user_id)]
    opening.open_many(openings=openings, source=AccountSource.MANUAL, day=None, at=at, by=place.owner)
    place.account = Account.objects.get(dot_number=dot_number)


def _meet(place: Place, at: datetime) -> None:
    places.meet(place, count=2, at=at)


def _begin(made: _Made, cast: Cast, *, at: datetime) -> None:
    if values.get_stored(Firm).version == 0:
        address = {"name": "Heartland Driver Recruiting", "postalAddress": "100 Example Street, Wichita, KS 67202"}
        values.save(section=Firm, values=address, expected_version=0, by=SYSTEM, at=at)
    for given in SEQUENCES:
        saved = _do("saveSequence", cast.max, at=at, **given)
        made.sequence_ids.append(saved.sequence.id)
        _do("setSequenceStatus", cast.max, at=at, sequenceId=saved.sequence.id, state="active")
    made.campaign_id = _do("saveCallCampaign", cast.max, at=at, **CAMPAIGN).id
    _do("setCallCampaignStatus", cast.max, at=at, callCampaignId=made.campaign_id, state="active")


def _enrol(made: _Made, cast: Cast, batch: slice, at: datetime) -> None:
    for number, place in enumerate(made.places[batch]):
        people = [person.pk for person in place.people]
        key = made.sequence_ids[number % len(made.sequence_ids)]
        _do("enrollContacts", place.owner, at=at, sequenceId=key, contactIds=people)
        _do("addCallTargets", cast.max, at=at, callCampaignId=made.campaign_id, contactIds=people[:1])


def _day(made: _Made, cast: Cast, own: Random, diary: Diary, at: datetime) -> None:
    engine.advance_due(at=at, limit=500)
    delivering.deliver_due(clock=_Past(at), limit=200, owner="the example")
    before = Message.objects.filter(sent_at__lt=at).count()
    left = Message.objects.filter(state=MessageState.ACCEPTED, sent_at=at).order_by("dedupe_key")
    for number, message in enumerate(left, start=before):
        heard_at = min(at + timedelta(minutes=own.randint(2, 200)), diary.at)
        _hear(message, own, bounces=number % ONE_BOUNCES_IN == 10, at=heard_at)
    for actor in (cast.rosa, cast.theo):
        _call(actor, own, at=at + timedelta(minutes=own.randint(5, 50)))


def _hear(message: Message, own: Random, *, bounces: bool, at: datetime) -> None:
    """What becomes of a message that left."""
    fates.apply(
        message_id=message.pk,
        attempt_id=message.attempts.values_list("pk", flat=True).first(),
        kind=EventKind.HARD_BOUNCE if bounces else EventKind.DELIVERED,
        key="example",
        happened_at=at,
        provider_id="",
        said="No such mailbox." if bounces else "",
        at=at,
    )
    if bounces:
        return
    for kind, grade, chance in (
        (EventKind.OPENED, "", 0.4), (EventKind.CLICKED, Grade.MACHINE, 0.12), (EventKind.CLICKED, Grade.HUMAN, 0.08),
    ):  # fmt: skip
        if own.random() < chance:
            key = f"example {kind} {grade}".strip()
            MessageEvent.objects.create(message=message, kind=kind, grade=grade, key=key, at=at, recorded_at=at)
    if own.random() < 0.14:
        answer = Incoming(
            channel=Channel.EMAIL, source="imap:example", key=str(message.pk), from_address=message.address,
            received_at=at, subject=f"Re: {message.subject}", text=REPLY, fresh=REPLY,
            rfc_id=f"<{message.pk}@example.example>", references=(message.rfc_id,),
        )  # fmt: skip
        receiving.receive(answer, at=at)


def _call(actor: Actor, own: Random, *, at: datetime) -> None:
    """The next one in the queue, if somebody may be called."""
    try:
        card: Any = dispatch("takeCall", {}, actor=actor, at=at, door=DOOR).payload
        begun: Any = dispatch("startCall", {"targetId": card.target.target_id}, actor=actor, at=at, door=DOOR).payload
    except AppError:
        return  # at this hour nobody may be called who has agreed to it
    how, _, notes = own.choices(ENDS, [each[1] for each in ENDS])[0]
    seconds = own.randint(90, 600) if how in ("connected", "meeting_set") else own.randint(10, 60)
    given = {"callId": begun.call_id, "disposition": how, "notes": notes, "seconds": seconds}
    dispatch("logCallOutcome", given, actor=actor, at=at + timedelta(seconds=seconds), door=DOOR)


def _still_to_call(made: _Made, cast: Cast, at: datetime) -> None:
    """The second person of each carrier comes into the queue. Half of them have said that they may be called."""
    for number, place in enumerate(made.places):
        person = place.people[1]
        if number % 4 < 2:
            spoken = Word(
                person.phones.values_list("number", flat=True)[0], ConsentChannel.CALL, ConsentStatus.OPTED_IN,
                source="demo", evidence="“Call me, not the office.”", captured_at=at - timedelta(minutes=5),
            )  # fmt: skip
            consent.record(words=[spoken], at=at, by=place.owner)
        _do("addCallTargets", cast.max, at=at, callCampaignId=made.campaign_id, contactIds=[person.pk])


def _do(name: str, actor: Actor, /, *, at: datetime, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door=DOOR).payload
