"""What ended by itself for a cause that is taken back: those enrolments are again as they were.

A cause may be one of several: an enrolment comes back when none is left that would have ended it. Whatever else ends
sequences meanwhile settles them for good (stops.py), under the same lock that is held here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import ChangeKind, EnrolmentState, SequenceState, SkipReason
from headhaul.outreach.models import Enrolment, EnrolmentBefore
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.selectors import candidates, plans
from headhaul.outreach.services import call_lists, outbox
from headhaul.outreach.services.holding import is_in_again, note

KEPT_FOR = timedelta(days=30)  # as long as a write can be taken back
_STAYS_OUT = frozenset(
    {SkipReason.SUPPRESSED, SkipReason.CLIENT, SkipReason.NOT_A_FIT, SkipReason.HAS_LEFT, SkipReason.ERASED}
)
"""What came since. Who lacks an address or an opt-in stays in a sequence and is judged again at each step."""
_OTHER_STOP = "Something else has ended it too."


@dataclass(slots=True)
class Back:
    """How many enrolments go on again, and why others stay ended."""

    returned: int = 0
    kept: Counter[str] = field(default_factory=Counter)

    @property
    def note(self) -> str:
        """A sentence for whoever took the cause back; "" when there was nothing to put back."""
        said = []
        if self.returned:
            said.append("1 sequence goes on." if self.returned == 1 else f"{self.returned:,} sequences go on.")
        for why, count in self.kept.items():
            said.append(f"{count:,} stay{'s' if count == 1 else ''} ended: {why}")
        return " ".join(said)


def remembered(row: Enrolment, *, cause: str, at: datetime) -> EnrolmentBefore:
    """What it is now, to be saved once it has ended at `at` for `cause`."""
    EnrolmentBefore.objects.filter(Q(returned_by="") | Q(cause=cause), enrolment=row).delete()
    return EnrolmentBefore(
        enrolment=row,
        cause=cause,
        state=row.state,
        next_at=row.next_at,
        held_rule=row.held_rule,
        held_reason=row.held_reason,
        tries=row.tries,
        ended_at=at,
        at=at,
    )


def settle(rows: Sequence[Enrolment], *, cause: str, at: datetime) -> None:
    """They have ended and something would have ended them now: with a cause one more has to be taken back, else none
    will do. Their rows are locked.
    """
    waiting = EnrolmentBefore.objects.filter(enrolment__in=rows, returned_by="").order_by("enrolment_id", "pk")
    if not cause:
        waiting.delete()
        return
    for before in {each.enrolment_id: each for each in waiting}.values():
        EnrolmentBefore.objects.filter(enrolment=before.enrolment_id, cause=cause).delete()
        before.pk, before.cause, before.at = None, cause, at
        before.save(force_insert=True)


def put_back(*, causes: Collection[str], returned_by: str, why: str, at: datetime, by: Actor) -> Back:
    """`causes` were taken back by what calls itself `returned_by`: what they had ended goes on, unless not any more."""
    back = Back()
    named = EnrolmentBefore.objects.filter(cause__in=causes, returned_by="")
    ended = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=named.values("enrolment"))
    for row in ended.order_by("pk"):
        standing = list(EnrolmentBefore.objects.filter(enrolment=row, returned_by="").order_by("pk"))
        mine = [each for each in standing if each.cause in causes]
        if not mine:
            continue  # somebody was faster
        EnrolmentBefore.objects.filter(pk__in=[each.pk for each in mine]).update(returned_by=returned_by, at=at)
        said = _OTHER_STOP if len(mine) < len(standing) else _why_not(row, mine[0], at=at)
        if said:
            back.kept[said] += 1
        else:
            _return(row, mine[0], why=why, at=at, by=by)
            back.returned += 1
    return back


def prune(*, at: datetime) -> int:
    """Forget what can no longer be put back; how many."""
    return EnrolmentBefore.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _why_not(row: Enrolment, before: EnrolmentBefore, *, at: datetime) -> str:
    last = row.changes.order_by("-pk").values_list("pk", flat=True).first()
    if row.state != EnrolmentState.STOPPED or last != before.change_id:
        return _OTHER_STOP
    if is_in_again(row):
        return SkipReason.ALREADY_IN.sentence
    sequence = Kept.objects.select_for_update(of=("self",), no_key=True).get(pk=row.sequence_id)
    if sequence.state == SequenceState.ARCHIVED:
        return "The sequence was archived."
    plan = plans.load(row.sequence_id, row.version_number)
    found = candidates.load([row.contact_id], plan=plan, again=True, at=at, by=SYSTEM)
    reason = found[0].reason if found else SkipReason.NOT_FOUND
    return reason.sentence if reason is not None and (reason in _STAYS_OUT or not found) else ""


def _return(row: Enrolment, before: EnrolmentBefore, *, why: str, at: datetime, by: Actor) -> None:
    was, row.state = row.state, before.state
    row.next_at, row.tries = before.next_at, before.tries
    row.held_rule, row.held_reason = before.held_rule, before.held_reason
    row.ended_at, row.ended_reason, row.updated_at = None, "", at
    row.save()
    note(row, ChangeKind.MOVED, why, before=was, at=at, by=by)
    outbox.plan_again(enrolment_id=row.pk, step_key=row.step_key, called_off_at=before.ended_at, at=at)
    call_lists.ask_again(enrolment_id=row.pk, step_key=row.step_key, called_off_at=before.ended_at, at=at)
