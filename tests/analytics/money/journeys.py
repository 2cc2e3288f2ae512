"""Ways to deals as chance would have them, in every room that knows touches; and the same numbers counted by hand."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from headhaul.accounts.choices import AccountSource
from headhaul.activities.models import Activity
from headhaul.analytics.attribution.weights import ONE, Model, Moment, shares
from headhaul.capture.models import CaptureEvent, Lead, LeadSource, LeadTouch
from headhaul.kernel import Actor
from headhaul.outreach.choices import Disposition, EventKind, InboundKind, MessageState
from headhaul.outreach.models import Call, InboundMessage, Message, MessageEvent
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from tests.factories import outreach
from tests.factories.market import NOON

DAYS = {"from": "2026-01-01", "to": "2026-12-31"}
RANKS = ("origin", "capture", "message", "click", "reply", "call", "conversation", "meeting")
TALKS = {"connected", "callback", "not_interested", "meeting_set", "dnc"}


def source(key: str, *, medium: str = "event", **fields: Any) -> LeadSource:
    """A lead source."""
    known = {"name": key.replace("_", " ").capitalize(), "quality": 50, "created_at": NOON, "updated_at": NOON}
    return LeadSource.objects.get_or_create(key=key, defaults={"medium": medium} | known | fields)[0]


def event(name: str, of: LeadSource, **fields: Any) -> CaptureEvent:
    """An event."""
    known = {"public_key": uuid.uuid4().hex, "created_at": NOON, "updated_at": NOON}
    return CaptureEvent.objects.create(name=name, source=of, **known | fields)


def lead(of: LeadSource, *, at: datetime = NOON, account: Any = None, touch: bool = True, **fields: Any) -> Lead:
    """A lead with its touch."""
    made = Lead.objects.create(
        client_id=uuid.uuid4(), source=of, captured_at=at, received_at=at, updated_at=at, account=account, **fields
    )
    if touch and account is not None:
        LeadTouch.objects.create(
            account=account, lead=made, channel=of.medium, source=of.key, medium=made.medium, campaign=made.campaign,
            event=made.event, at=at, recorded_at=at,
        )  # fmt: skip
    return made


def deal(
    account: Any,
    *,
    kind: str = "won",
    cents: int | None = 100_000,
    opened: datetime = NOON - timedelta(days=60),
    closed: datetime = NOON,
    owner: Actor | None = None,
    **fields: Any,
) -> Opportunity:
    """An opportunity, won unless said otherwise."""
    pipeline = Pipeline.objects.get(is_default=True)
    stage = Stage.objects.filter(pipeline=pipeline, kind=kind).first()
    ended = {} if kind == "open" else {"closed_at": closed}
    if kind == "lost":
        fields.setdefault("lost_reason", "Price")
    return Opportunity.objects.create(
        account=account, pipeline=pipeline, stage=stage, kind=kind, name=fields.pop("name", "Deal"),
        amount_cents=cents, opened_at=opened, stage_entered_at=opened, created_at=opened,
        updated_at=fields.pop("updated_at", closed), owner_id=owner.user_id if owner else None, **ended, **fields,
    )  # fmt: skip


def make(dice: random.Random, owners: list[Actor], *, accounts: int = 6, touches: int = 60) -> None:
    """Accounts that were touched in all ways, and deals with them."""
    sources = [source("mats"), source("website", medium="web")]
    fairs = [event("MATS 2026", sources[0], campaign="Spring"), None]
    sequence = outreach.sequence(campaign="Reefer", owner=owners[0])
    people = []
    for _ in range(accounts):
        home = outreach.account(
            source=str(dice.choice([*AccountSource])), at=_moment(dice, 300), owner=dice.choice(owners)
        )
        people.append(outreach.contact(home, owner=dice.choice(owners)))
    inside = [outreach.enrolment(sequence, person, at=_moment(dice, 100)) for person in people[:3]]
    for _ in range(touches):
        person = dice.choice(people)
        dice.choice([_capture, _message, _message, _call, _logged, _reply])(
            dice, person, sources, fairs, inside, owners
        )
    for person in people:
        for _ in range(dice.choice([0, 1, 1, 2])):
            deal(
                person.account, kind=dice.choice(["won", "won", "lost", "open"]),
                cents=dice.choice([None, 0, 1, 99, 100_001, 7_654_321]), closed=_moment(dice, 60),
                opened=NOON - timedelta(days=200), owner=dice.choice(owners),
            )  # fmt: skip


def _moment(dice: random.Random, days: int) -> datetime:
    whole = dice.random() < 0.2  # so that some are at the same instant
    return (
        NOON - timedelta(days=dice.randrange(days)) if whole else NOON - timedelta(minutes=dice.randrange(days * 1_440))
    )


def _capture(dice: random.Random, person: Any, sources: Any, fairs: Any, *_: Any) -> None:
    lead(
        dice.choice(sources), at=_moment(dice, 200), account=person.account, event=dice.choice(fairs),
        campaign=dice.choice(["", "Spring"]), is_spam=dice.random() < 0.2,
    )  # fmt: skip


def _message(dice: random.Random, person: Any, sources: Any, fairs: Any, inside: Any, owners: Any) -> None:
    of = dice.choice([*inside, None])
    at = _moment(dice, 200)
    purpose = dice.choice(["outreach", "outreach", "reply", "test"])
    state = dice.choice([MessageState.DELIVERED, MessageState.ACCEPTED, MessageState.BOUNCED, MessageState.QUEUED])
    made = outreach.message(
        None if of else person, of=of, state=state, at=at, by=dice.choice(owners), purpose=purpose,
        campaign=dice.choice(["", "Reefer"]), channel=dice.choice(["email", "sms"]),
    )  # fmt: skip
    if state in (MessageState.QUEUED, MessageState.BOUNCED):
        return
    for kind, grade in ((EventKind.CLICKED, "human"), (EventKind.CLICKED, "machine"), (EventKind.OPENED, "")):
        for _ in range(dice.choice([0, 0, 1, 2])):
            outreach.event(made, kind, grade=grade, at=at + timedelta(minutes=dice.randrange(1, 9_000)))


def _reply(dice: random.Random, person: Any, *_: Any) -> None:
    at = _moment(dice, 200)
    about = Message.objects.filter(contact=person).first()
    InboundMessage.objects.create(
        channel="email", source="imap:1", key=uuid.uuid4().hex, from_address="a@b.example",
        kind=str(dice.choice([InboundKind.REPLY, InboundKind.REPLY, InboundKind.AUTO_REPLY, InboundKind.BOUNCE])),
        contact=person, account=person.account, message=about, received_at=at, stored_at=at,
    )  # fmt: skip


def _call(dice: random.Random, person: Any, sources: Any, fairs: Any, inside: Any, owners: Any) -> None:
    at = _moment(dice, 200)
    made = Call.objects.create(
        contact=person, account=person.account, user_id=dice.choice(owners).user_id, number="+12145550100",
        started_at=at, disposition=str(dice.choice([*Disposition])), created_at=at, updated_at=at,
    )  # fmt: skip
    Activity.objects.create(  # as the dialer notes it on the timeline: the same touch, not a second one
        account=person.account, type="call", happened_at=at, created_at=at, data={"callId": made.pk}
    )


def _logged(dice: random.Random, person: Any, *_: Any) -> None:
    kind = dice.choice(["call", "email", "sms", "meeting", "note", "task"])
    outcome = {
        "call": ["connected", "voicemail", "wrong_number", ""], "email": ["sent", "replied", "bounced"],
        "meeting": ["held", "no_show", "cancelled", ""],
    }.get(kind, [""])  # fmt: skip
    at = _moment(dice, 200)
    Activity.objects.create(
        account=person.account, contact=person, type=kind, outcome=dice.choice(outcome), happened_at=at, created_at=at,
        direction=dice.choice(["in", "out"]) if kind in ("email", "sms") else "",
        data=dice.choice([{}, {}, {"shown_by": "message"}]),
    )  # fmt: skip


def touches() -> dict[int, list[dict[str, Any]]]:
    """Every touch by account, gathered row by row from the tables of each room."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in _touches():
        found[each["account"]].append(each)
    return found


def _touches() -> Iterable[dict[str, Any]]:
    from headhaul.accounts.models import Account

    channels = {"auto_prospected": "prospecting", "signal": "prospecting", "import": "import", "manual": "manual"}
    for account in Account.objects.exclude(source="capture"):
        channel = channels[account.source]
        yield _touch(
            account.pk, account.created_at, "origin", str(account.pk), account.source, channel, medium=channel,
            automatic=account.source == "auto_prospected",
        )  # fmt: skip
    for touch in LeadTouch.objects.select_related("lead"):
        if touch.lead is None or not (touch.lead.is_spam or touch.lead.merged_into_id):
            yield _touch(
                touch.account_id, touch.at, "capture", str(touch.pk), touch.source, touch.channel, medium=touch.medium,
                campaign=touch.campaign, event=str(touch.event_id or ""),
            )  # fmt: skip
    for message in Message.objects.filter(purpose="outreach", state__in=["accepted", "delivered", "unknown"]):
        if message.account_id is None or message.channel == "call":
            continue
        rest = {"medium": message.channel, "campaign": message.campaign}
        left = message.sent_at or message.due_at
        yield _touch(
            message.account_id, left, "message", str(message.pk), "outreach", message.channel,
            automatic=message.enrolment_id is not None, **rest,
        )  # fmt: skip
        clicks = [each.at for each in MessageEvent.objects.filter(message=message, kind="clicked", grade="human")]
        if clicks:
            yield _touch(message.account_id, min(clicks), "click", str(message.pk), "outreach", message.channel, **rest)
    yield from _spoken()


def _spoken() -> Iterable[dict[str, Any]]:
    for reply in InboundMessage.objects.filter(kind="reply").select_related("message"):
        campaign = reply.message.campaign if reply.message else ""
        yield _touch(
            reply.account_id, reply.received_at, "reply", str(reply.pk), "outreach", reply.channel,
            medium=reply.channel, campaign=campaign,
        )  # fmt: skip
    for call in Call.objects.exclude(disposition__in=["wrong_number", "failed"]):
        kind = "conversation" if call.disposition in TALKS else "call"
        yield _touch(call.account_id, call.started_at, kind, f"c{call.pk}", "outreach", "call", medium="call")
    void = ["wrong_number", "bounced", "no_show", "cancelled"]
    for one in Activity.objects.filter(type__in=["call", "email", "sms", "meeting"]).exclude(outcome__in=void):
        if not one.data.keys() & {"shown_by", "callId"}:
            at = one.happened_at
            yield _touch(one.account_id, at, _kind(one), f"a{one.pk}", "sales", one.type, medium=one.type)


def _kind(one: Activity) -> str:
    if one.type == "meeting":
        return "meeting"
    if one.type == "call":
        talked = ("connected", "callback", "interested", "not_interested", "do_not_contact")
        return "conversation" if one.outcome in talked else "call"
    return "reply" if one.direction == "in" or one.outcome == "replied" else "message"


def _touch(account: Any, at: datetime, kind: str, key: str, source: str, channel: str, **rest: Any) -> dict[str, Any]:
    usual = {"medium": "", "campaign": "", "event": "", "automatic": False}
    own = {"account": account, "at": at, "kind": kind, "key": key, "source": source, "channel": channel}
    return usual | own | rest


def credited(
    deals: Iterable[Opportunity],
    *,
    by: str,
    look_back: timedelta = timedelta(days=180),
    half_life: timedelta = timedelta(days=7),
    leave_out: tuple[str, ...] = (),
) -> dict[str | None, dict[tuple[Model, str], int]]:
    """What each key of `by` gets; None is what nothing explains."""
    known, given = touches(), defaultdict(lambda: defaultdict(int))
    for one in deals:
        before = [
            each for each in known[one.account_id]
            if one.closed_at - look_back < each["at"] <= one.closed_at and each["kind"] not in leave_out
            and not (each["automatic"] and "automatic" in leave_out)
        ]  # fmt: skip
        moments = [Moment(each["at"], RANKS.index(each["kind"]), each["key"]) for each in before]
        for model in Model:
            for name, whole in (("deals", ONE), ("cents", one.amount_cents or 0)):
                if not before:
                    given[None][model, name] += whole
                for each, share in zip(before, shares(model, moments, whole=whole, half_life=half_life), strict=True):
                    given[each[by]][model, name] += share
    return {key: dict(values) for key, values in given.items()}
