"""Somebody is away until a day they named: what is planned for them waits until then, and then goes on."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from headhaul import preferences
from headhaul.kernel.zones import is_zone
from headhaul.outreach.choices import LIVE_ENROLMENTS, EnrolmentState, MessageState
from headhaul.outreach.models import Enrolment, EnrolmentChange, InboundMessage, Message
from headhaul.outreach.preferences import Replies
from headhaul.outreach.services.outbox import GOES_STALE

MORNING = time(9)
RULE = "absence"


def wait(*, row: InboundMessage, at: datetime) -> int:
    """Put off the next step of every sequence they are in, and what waits in the outbox; how many enrolments."""
    if row.returns_on is None or row.contact is None or not preferences.get(Replies).wait_for_return:
        return 0
    until = datetime.combine(row.returns_on, MORNING, tzinfo=_zone(row))
    if until <= at:
        return 0
    why = f"They are away until {row.returns_on:%B} {row.returns_on.day}."
    waiting = sorted(str(state) for state in LIVE_ENROLMENTS - {EnrolmentState.PAUSED})
    enrolments = Enrolment.objects.select_for_update(no_key=True).filter(contact=row.contact, state__in=waiting)
    put_off = [each for each in enrolments.order_by("pk") if each.next_at is None or each.next_at < until]
    for enrolment in put_off:
        enrolment.next_at, enrolment.updated_at = until, at
        enrolment.held_rule, enrolment.held_reason = RULE, why
        enrolment.save(update_fields=["next_at", "updated_at", "held_rule", "held_reason"])
        EnrolmentChange.objects.create(
            enrolment=enrolment,
            from_state=enrolment.state,
            to_state=enrolment.state,
            step_key=enrolment.step_key,
            reason=why,
            at=at,
        )
    _put_off_messages([each.pk for each in put_off], until=until, why=why, at=at)
    return len(put_off)


def _put_off_messages(enrolment_ids: list[int], *, until: datetime, why: str, at: datetime) -> None:
    """What is planned of them already. It may leave until a week after their return."""
    queued = Message.objects.filter(enrolment_id__in=enrolment_ids, state=MessageState.QUEUED, due_at__lt=until)
    stale_at = until + GOES_STALE
    queued.filter(not_after__lt=stale_at).update(not_after=stale_at)
    queued.update(due_at=until, held_rule=RULE, held_reason=why, updated_at=at)


def _zone(row: InboundMessage) -> ZoneInfo:
    names = [row.contact.timezone if row.contact else "", row.account.timezone if row.account else ""]
    return ZoneInfo(next((name for name in names if name and is_zone(name)), "UTC"))
