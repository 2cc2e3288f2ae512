"""Ending sequences by themselves: a reply, an opt-out, a bounce, a meeting, a colleague's reply, a new stage, a client.

Each ending takes back what waits in the outbox and in the queues of calls, in the same transaction, and says why. Locks
are taken in one order: the person, the address, enrolments by id, then their messages. Where colleagues end too, the
enrolments of the whole company are locked at once: two colleagues who answer at the same time wait for one another.

An ending that names its `cause` can be taken back with it (putting_back.py). Whatever ends sequences without one also
settles those that wait for that: they stay ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from headhaul.accounts.models import Contact
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach import replied
from headhaul.outreach.choices import LIVE_ENROLMENTS, ChangeKind, EnrolmentState, StepKind
from headhaul.outreach.models import Enrolment, EnrolmentBefore
from headhaul.outreach.schemas.steps import OptionsView
from headhaul.outreach.selectors import plans
from headhaul.outreach.services import call_lists, outbox, putting_back
from headhaul.outreach.services.holding import note

_LIVE = sorted(str(state) for state in LIVE_ENROLMENTS)
_WAITS = Exists(EnrolmentBefore.objects.filter(enrolment=OuterRef("pk"), returned_by=""))
_MAY_GO_ON = Q(state__in=_LIVE) | Q(_WAITS)
"""Those that go on, and those that would if what ended them were taken back."""


def cause_of_status(account_id: int, at: datetime) -> str:
    """What an ending by an account's new status is called, so that it can be taken back with the status."""
    return f"status:{account_id}:{at.isoformat()}"


def stop_contact(
    *,
    contact_id: int,
    reason: EnrolmentState,
    at: datetime,
    why: str,
    account_too: bool = False,
    by: Actor | None = None,
    sequence_ids: Collection[int] | None = None,
) -> int:
    """End the sequences of a contact, or these. With `account_too`, and after a reply, also those of colleagues that
    are to end when one of them answers. A reply is told to whoever waits for one.
    """
    with_colleagues = account_too or reason is EnrolmentState.REPLIED
    if with_colleagues:
        _lock_with_colleagues(contact_id)
    meant = [row for row in _live(contact_id=contact_id) if sequence_ids is None or row.sequence_id in sequence_ids]
    ended = _end(meant, reason, why, at=at, by=by)
    if with_colleagues:
        ended += stop_colleagues(contact_id=contact_id, at=at, why=why, by=by)
    if reason is EnrolmentState.REPLIED:
        replied.tell_replied(contact_id=contact_id, at=at, by=by or SYSTEM)
    return ended


def is_in_one(*, contact_id: int) -> bool:
    """Whether a contact is in a sequence that may go on."""
    return Enrolment.objects.filter(_MAY_GO_ON, contact=contact_id).exists()


def stop_colleagues(*, contact_id: int, at: datetime, why: str, by: Actor | None = None) -> int:
    """End the sequences of everybody else at the account, where theirs say so."""
    account_id = Contact.objects.filter(pk=contact_id).values_list("account_id", flat=True).first()
    if account_id is None:
        return 0
    others = [row for row in _live(account_id=account_id) if row.contact_id != contact_id]
    meant = [row for row in others if _options(row).stop_when_colleague_replies]
    return _end(meant, EnrolmentState.STOPPED, f"Somebody at the company answered. {why}", at=at, by=by)


def stop_account(
    *, account_id: int, reason: EnrolmentState, at: datetime, why: str, by: Actor | None = None, cause: str = ""
) -> int:
    """End every sequence of everybody at an account."""
    return _end(_live(account_id=account_id), reason, why, at=at, by=by, cause=cause)


def stop_for_stage(*, account_id: int, at: datetime, why: str, cause: str, by: Actor | None = None) -> int:
    """The account's opportunity went to another stage: end the sequences that are to end then."""
    meant = [row for row in _live(account_id=account_id) if _options(row).stop_when_stage_changes]
    return _end(meant, EnrolmentState.STOPPED, why, at=at, by=by, cause=cause)


def stop_again(*, returned_by: str, cause: str, at: datetime, why: str, by: Actor | None = None) -> int:
    """What took an ending back was itself taken back: end again what had come back by it."""
    came_back = EnrolmentBefore.objects.filter(returned_by=returned_by).values("enrolment")
    return _end(_locked(_MAY_GO_ON, pk__in=came_back), EnrolmentState.STOPPED, why, at=at, by=by, cause=cause)


def stop_on_channels(
    *, contact_ids: Iterable[int], kinds: frozenset[StepKind], reason: EnrolmentState, at: datetime, why: str
) -> int:
    """End the sequences of these people that would reach them in one of these ways."""
    found = _locked(_MAY_GO_ON, contact__in=list(contact_ids))
    meant = [row for row in found if kinds & {step.kind for step in _plan(row).steps}]
    return _end(meant, reason, why, at=at, by=None)


def _lock_with_colleagues(contact_id: int) -> None:
    account = Contact.objects.filter(pk=contact_id).values("account")
    everybody = Enrolment.objects.filter(_MAY_GO_ON, Q(contact=contact_id) | Q(account__in=account))
    list(everybody.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _live(*, contact_id: int | None = None, account_id: int | None = None) -> list[Enrolment]:
    whose = {"contact": contact_id} if contact_id is not None else {"account": account_id}
    return _locked(_MAY_GO_ON, **whose)


def _locked(which: Q, **whose: Any) -> list[Enrolment]:
    """Held until the transaction ends, so that nobody puts one back while it is being settled."""
    found = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(which, **whose)
    return list(found.order_by("pk"))


def _plan(row: Enrolment) -> plans.Plan:
    return plans.load(row.sequence_id, row.version_number)


def _options(row: Enrolment) -> OptionsView:
    return _plan(row).options


def _end(
    rows: list[Enrolment], to: EnrolmentState, why: str, *, at: datetime, by: Actor | None, cause: str = ""
) -> int:
    """End those that go on; how many. Those that have ended, but might come back, get one more reason to stay ended."""
    live = [row for row in rows if row.state in _LIVE]
    putting_back.settle([row for row in rows if row.state not in _LIVE], cause=cause, at=at)
    for row in live:
        was = putting_back.remembered(row, cause=cause, at=at) if cause else None
        before, row.state = row.state, to
        row.ended_at, row.ended_reason, row.next_at, row.updated_at = at, why, None, at
        row.held_rule = row.held_reason = ""
        row.save()
        change = note(row, ChangeKind.ENDED, why, before=before, at=at, by=by)
        if was is not None:
            was.change_id = change.pk
            was.save()
        outbox.cancel(enrolment_id=row.pk, reason=why, at=at)
        call_lists.call_off(contact_id=row.contact_id, enrolment_id=row.pk, at=at)
    return len(live)
