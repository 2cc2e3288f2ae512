"""Quick actions: log that somebody is called or written to, and say how to go on; or set a task, a note, a meeting."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode

from headhaul.accounts.services.reaching import recipient_at
from headhaul.activities.choices import ActivityType, Direction
from headhaul.activities.schemas.activities import LogActivity
from headhaul.activities.schemas.quick import NextStep, QuickAction, QuickActionDone, QuickKind
from headhaul.activities.selectors.addresses import Reachable, address_for
from headhaul.activities.services import entering, placing
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.kernel.days import zone_named

REACHES = frozenset({QuickKind.CALL, QuickKind.EMAIL, QuickKind.SMS})


def recipient(asked: QuickAction, *, by: Actor) -> Recipient | None:
    """Whom it reaches, for the compliance pre-flight; nobody for what stays in the house."""
    if asked.kind not in REACHES:
        return None
    found = _found(asked, by=by)
    return recipient_at(
        account_id=asked.account_id, contact_id=asked.contact_id, channel=asked.kind.value, address=found.address
    )


def do(*, asked: QuickAction, at: datetime, by: Actor, door: str) -> QuickActionDone:
    """Do it. A call or a message is logged as started: how it went is said afterwards."""
    if asked.kind not in REACHES:
        saved = entering.enter(asked=_to_log(asked), at=at, by=by, door=door)
        return QuickActionDone(activity=saved.saved().activity, told=saved.told)
    if asked.due_at or asked.due_on or asked.remind_at:
        raise InvalidData("Only a task is due. Set one beside it.", fields={"dueAt": "only of tasks"})
    found = _found(asked, by=by)
    place = placing.place(
        account_id=asked.account_id, contact_id=asked.contact_id, opportunity_id=asked.opportunity_id, by=by
    )
    started = entering.write(
        kind=ActivityType(asked.kind.value),
        place=place,
        body=asked.text,
        values={"subject": asked.subject, "direction": Direction.OUT},
        data={"started": True, "address": found.address},
        at=at,
        by=by,
        door=door,
    )
    return QuickActionDone(activity=started.saved().activity, next=_next(asked, found, at=at), told=started.told)


def _found(asked: QuickAction, *, by: Actor) -> Reachable:
    return address_for(channel=asked.kind.value, account_id=asked.account_id, contact_id=asked.contact_id, by=by)


def _to_log(asked: QuickAction) -> LogActivity:
    given = asked.model_dump(exclude={"kind", "text"}, exclude_none=True)
    return LogActivity(type=ActivityType(asked.kind.value), body=asked.text, **given)


def _next(asked: QuickAction, found: Reachable, *, at: datetime) -> NextStep:
    zone = zone_named(found.zone)
    return NextStep(
        href=_href(asked, found),
        channel=asked.kind.value,
        address=found.address,
        who=found.who,
        local_time=at.astimezone(zone) if zone else None,
        timezone=found.zone,
        timezone_source=found.zone_source,
    )


def _href(asked: QuickAction, found: Reachable) -> str:
    if asked.kind is QuickKind.CALL:
        return f"tel:{found.address}{f';ext={found.extension}' if found.extension else ''}"
    if asked.kind is QuickKind.SMS:
        return f"sms:{found.address}{f'?body={quote(asked.text)}' if asked.text else ''}"
    said = {name: value for name, value in (("subject", asked.subject), ("body", asked.text)) if value}
    return f"mailto:{quote(found.address, safe='@')}{f'?{urlencode(said, quote_via=quote)}' if said else ''}"
