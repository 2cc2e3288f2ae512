"""Outreach as chance would have it, and the same numbers counted by hand from the rows themselves."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from headhaul.activities.models import Activity
from headhaul.kernel import Actor
from headhaul.outreach.choices import EventKind, Grade, MessageState
from headhaul.outreach.models import Enrolment, Message, MessageEvent
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from tests.factories import outreach
from tests.factories.market import NOON

ZONE = ZoneInfo("America/Chicago")  # the firm's, as the settings have it
CREDIT = timedelta(days=60)
SIGNS = {"replied", "unsubscribed", "complaint"}
LEFT = {"delivered", "bounced", "failed", "unknown"}
FATES = {
    "queued": "waiting", "claimed": "waiting", "dispatching": "waiting", "accepted": "delivered",
    "delivered": "delivered", "bounced": "bounced", "unknown": "unknown", "unknown_final": "unknown",
    "cancelled": "not_sent", "expired": "not_sent",
}  # fmt: skip


def make(seed: int, owners: list[Actor], *, messages: int = 90) -> None:
    """Sequences, people in them, messages with their events; meetings and opportunities before and after."""
    dice = random.Random(seed)
    inside = [outreach.sequence(campaign=name, owner=owners[0]) for name in ("Reefer", "Reefer", "")]
    people = [outreach.contact(owner=dice.choice(owners)) for _ in range(12)]
    entered = [
        outreach.enrolment(
            sequence, person, owner=dice.choice(owners), at=_moment(dice),
            state=dice.choice(["active", "replied", "finished", "meeting"]),
        )
        for sequence in inside for person in people if dice.random() < 0.7
    ]  # fmt: skip
    for _ in range(messages):
        _message(dice, dice.choice([*entered, None]), people, owners)
    for person in people:
        if dice.random() < 0.4:
            _meeting(dice, person.account_id)
        if dice.random() < 0.4:
            _opportunity(dice, person.account_id)


def _moment(dice: random.Random) -> datetime:
    return NOON - timedelta(minutes=dice.randrange(150 * 24 * 60))


def _message(dice: random.Random, of: Enrolment | None, people: list[Any], owners: list[Actor]) -> None:
    state = dice.choice([*MessageState] + [MessageState.DELIVERED] * 8)
    at, person = _moment(dice), of.contact if of else dice.choice(people)
    extra: dict[str, Any] = {"purpose": dice.choices(["outreach", "reply", "test"], [8, 1, 1])[0]}
    if of is not None:
        extra |= {"step_key": dice.choice(["hello", "nudge"]), "campaign": of.sequence.campaign}
    if state == MessageState.FAILED and dice.random() < 0.5:
        extra["sent_at"] = at
    channel = dice.choice(["email", "email", "sms", "call"])
    made = outreach.message(person, channel=channel, state=state, of=of, by=dice.choice(owners), at=at, **extra)
    if made.sent_at is None and dice.random() < 0.8:
        return
    for kind in EventKind:
        while dice.random() < 0.2:
            grade = dice.choice([*Grade, ""]) if kind in (EventKind.CLICKED,) else ""
            outreach.event(made, kind, grade=grade, at=at + timedelta(minutes=dice.randrange(1, 9_000)))


def _meeting(dice: random.Random, account_id: int) -> None:
    Activity.objects.create(
        account_id=account_id, type="meeting", outcome=dice.choice(["held", "", "no_show", "cancelled"]),
        happened_at=_moment(dice), created_at=NOON,
    )  # fmt: skip


def _opportunity(dice: random.Random, account_id: int) -> None:
    pipeline = Pipeline.objects.get(is_default=True)
    stage = Stage.objects.filter(pipeline=pipeline, kind="open").first()
    at = _moment(dice)
    Opportunity.objects.create(
        account_id=account_id, pipeline=pipeline, stage=stage, kind="open", name="Deal", opened_at=at,
        stage_entered_at=at, created_at=at, updated_at=at,
    )  # fmt: skip


def facts() -> list[dict[str, Any]]:
    """Every message of outreach with what became of it, counted from the message and its events."""
    found = []
    for message in Message.objects.exclude(state="draft").filter(purpose="outreach").exclude(channel="call"):
        events = list(MessageEvent.objects.filter(message=message))
        kinds = {event.kind for event in events}
        grades = {event.grade or "unknown" for event in events if event.kind == "clicked"}
        click = next((grade for grade in ("human", "unknown", "machine") if grade in grades), "")
        fate = FATES.get(message.state) or ("failed" if message.sent_at else "not_sent")
        if fate in LEFT and (kinds & SIGNS or click == "human"):
            fate = "delivered"
        enrolled = message.enrolment.enrolled_at if message.enrolment else None
        found.append({
            "id": str(message.pk), "at": message.sent_at or message.due_at, "enrolled_at": enrolled, "fate": fate,
            "confirmed": fate == "delivered" and message.state == "delivered",
            "kinds": kinds if fate in LEFT else set(), "click": click if fate in LEFT else "",
            "has_link": message.channel == "email" and message.links.filter(is_trap=False).exists(),
            "channel": message.channel, "campaign": message.campaign,
            "user_id": message.user_id, "sequence_id": message.sequence_id, "step_key": message.step_key,
            "account_id": message.account_id,
        })  # fmt: skip
    return found


def within(rows: list[dict[str, Any]], first: date, last: date, *, by: str = "sent") -> list[dict[str, Any]]:
    """Those of the firm's days from `first` to `last`."""
    moment = {"sent": "at", "enrolled": "enrolled_at"}[by]
    return [row for row in rows if row[moment] and first <= row[moment].astimezone(ZONE).date() <= last]


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    """What a report should say of them."""

    def fates(*names: str) -> int:
        return sum(row["fate"] in names for row in rows)

    def events(kind: str) -> int:
        return sum(kind in row["kinds"] for row in rows)

    return {
        "planned": len(rows), "waiting": fates("waiting"), "not_sent": fates("not_sent"), "sent": fates(*LEFT),
        "delivered": fates("delivered"), "confirmed": sum(row["confirmed"] for row in rows),
        "tracked": sum(row["fate"] == "delivered" and (row["click"] != "" or row["has_link"]) for row in rows),
        "bounced": fates("bounced"), "failed": fates("failed"), "unknown": fates("unknown"),
        "opened": events("opened"), "replied": events("replied"), "auto_replied": events("auto_replied"),
        "complained": events("complaint"), "unsubscribed": events("unsubscribed"),
        **{f"clicked_{grade}": sum(row["click"] == grade for row in rows) for grade in Grade},
    }  # fmt: skip


def funnel(rows: list[dict[str, Any]]) -> dict[str, set[int]]:
    """The carriers of each step."""
    sent = [(row["account_id"], row["at"]) for row in rows if row["fate"] in LEFT]

    def credited(moments: list[tuple[int, datetime]]) -> set[int]:
        return {key for key, at in moments for touched, when in sent if touched == key and when <= at < when + CREDIT}

    meetings = Activity.objects.filter(type="meeting").exclude(outcome__in=["no_show", "cancelled"])
    return {
        "planned": {row["account_id"] for row in rows},
        "sent": {key for key, _ in sent},
        "delivered": {row["account_id"] for row in rows if row["fate"] == "delivered"},
        "clicked": {row["account_id"] for row in rows if row["click"] == "human"},
        "replied": {row["account_id"] for row in rows if "replied" in row["kinds"]},
        "meeting": credited(list(meetings.values_list("account_id", "happened_at"))),
        "opportunity": credited(list(Opportunity.objects.values_list("account_id", "opened_at"))),
    }
