"""What rooms below tell, and what it means for sequences: who is not to be reached, met us, left, or is a client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.ports import leaving
from headhaul.accounts.ports.happenings import STATUS_CHANGED, AccountHappening
from headhaul.accounts.ports.leaving import ContactHappening
from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import ActivityType, Direction, Outcome
from headhaul.activities.happening import LOGGED, ActivityHappening
from headhaul.activities.models import Activity
from headhaul.compliance.choices import Scope, SuppressionReason
from headhaul.compliance.happening import Denied
from headhaul.outreach.choices import EnrolmentState, StepKind
from headhaul.outreach.selectors.waited_for import people_waited_for
from headhaul.outreach.services import call_lists, merging, stops, unreachable

_KINDS = {
    "email": frozenset({StepKind.EMAIL}),
    "sms": frozenset({StepKind.SMS}),
    "call": frozenset({StepKind.CALL}),
    "all": frozenset({StepKind.EMAIL, StepKind.SMS, StepKind.CALL}),
}
_WHY = {
    SuppressionReason.OPT_OUT: "They asked not to be contacted.",
    SuppressionReason.COMPLAINT: "They complained about a message.",
    SuppressionReason.HARD_BOUNCE: "The address bounced.",
    SuppressionReason.DNC_REQUEST: "They asked to be on our do-not-contact list.",
    SuppressionReason.REASSIGNED: "The number belongs to somebody else now.",
    SuppressionReason.LITIGATOR: "They are known to sue over calls and texts.",
    SuppressionReason.MANUAL: "They were put on the do-not-contact list.",
}
"""The national registry is not here: it speaks of calls alone, and a sequence goes on without them."""
_HOLDERS = {
    Scope.ADDRESS: """
        select contact_id as id from accounts_contactemail where address = any(%s)
        union select contact_id from accounts_contactphone where number = any(%s)""",
    Scope.CONTACT: "select id from accounts_contact where id::text = any(%s)",
    Scope.ACCOUNT: "select id from accounts_contact where account_id::text = any(%s)",
    Scope.DOT: """
        select c.id from accounts_contact c join accounts_account a on a.id = c.account_id
        where a.dot_number::text = any(%s)""",
    Scope.DOMAIN: """
        select e.contact_id as id from accounts_contactemail e join unnest(%s::text[]) d on
        e.address like '%%@' || d or e.address like '%%@%%.' || d""",
}
_ENDING_STATUS = {
    AccountStatus.CLIENT: "The company is a client now.",
    AccountStatus.NOT_A_FIT: "The company was marked as not a fit.",
}
_LEFT = {
    leaving.LEFT: "They left the company.",
    leaving.REMOVED: "The contact was removed.",
    leaving.ERASED: "They asked to be forgotten.",
}


def wants_denial(reason: str) -> bool:
    """Every reason but the registry's, which speaks of calls alone."""
    return reason in _WHY


def hear_denials(happenings: Sequence[Denied]) -> None:
    """They are not to be reached any more: sequences that would reach them so end now, not at their next step."""
    groups: dict[tuple[str, str, str, datetime], list[str]] = {}
    for one in happenings:
        groups.setdefault((one.kind, one.scope, one.channel, one.at), []).append(one.key)
    for (reason, scope, channel, at), keys in groups.items():
        bounced = reason == SuppressionReason.HARD_BOUNCE
        stops.stop_on_channels(
            contact_ids=_holders(Scope(scope), keys),
            kinds=_KINDS[channel],
            reason=EnrolmentState.BOUNCED if bounced else EnrolmentState.OPTED_OUT,
            at=at,
            why=_WHY[SuppressionReason(reason)],
        )


def wants_status(kind: str) -> bool:
    """A new status of an account."""
    return kind == STATUS_CHANGED


def hear_accounts(happenings: Sequence[AccountHappening]) -> None:
    """Whoever became a client, or was found not to fit, gets no more advertising."""
    for one in happenings:
        _, now = one.changes.get("status", (None, None))
        why = _ENDING_STATUS.get(now)
        if why is not None:
            stops.stop_account(
                account_id=one.account_id,
                reason=EnrolmentState.STOPPED,
                at=one.at,
                why=why,
                by=one.by,
                cause=stops.cause_of_status(one.account_id, one.at),
            )


def wants_activity(kind: str) -> bool:
    """Something that somebody logged."""
    return kind == LOGGED


def hear_activities(happenings: Sequence[ActivityHappening]) -> None:
    """A meeting, or an answer that a rep noted, ends the sequences of those it was with."""
    logged = Activity.objects.filter(pk__in=[one.activity_id for one in happenings])
    for activity in logged.exclude(source="inbound"):  # what came in by itself was judged by whoever took it in
        reason, why = _told_by(activity)
        if reason is None:
            continue
        at = activity.created_at
        if activity.contact_id is not None:
            stops.stop_contact(contact_id=activity.contact_id, reason=reason, at=at, why=why, account_too=True)
        elif reason is EnrolmentState.MEETING:
            stops.stop_account(account_id=activity.account_id, reason=reason, at=at, why=why)


def wants_people(kind: str) -> bool:
    """Everything that is told about people."""
    return kind in _LEFT or kind in (leaving.MERGED, leaving.UNREACHABLE)


def hear_people(happenings: Sequence[ContactHappening]) -> None:
    """They are there no more, or not where they were, or are somebody else's double."""
    known = people_waited_for([one.contact_id for one in happenings])
    for one in happenings:
        if one.into is None and one.contact_id not in known:
            continue
        if one.kind == leaving.UNREACHABLE:
            unreachable.give_up(contact_id=one.contact_id, addresses=one.addresses, at=one.at, by=one.by)
        elif one.into is not None:
            merging.before(loser_id=one.contact_id, kept_ids=(one.into, *one.beside), at=one.at, by=one.by)
        else:
            why = _LEFT[one.kind]
            stops.stop_contact(contact_id=one.contact_id, reason=EnrolmentState.STOPPED, at=one.at, why=why, by=one.by)
            merging.call_off_alone(contact_id=one.contact_id, at=one.at, why=why)
            if one.kind == leaving.LEFT:
                call_lists.call_off(contact_id=one.contact_id, at=one.at)


def _told_by(activity: Activity) -> tuple[EnrolmentState | None, str]:
    if activity.type == ActivityType.MEETING and activity.outcome not in (Outcome.CANCELLED, Outcome.NO_SHOW):
        return EnrolmentState.MEETING, "A meeting was logged."
    is_message = activity.type in (ActivityType.EMAIL, ActivityType.SMS)
    if is_message and (activity.direction == Direction.IN or activity.outcome == Outcome.REPLIED):
        return EnrolmentState.REPLIED, "Their answer was logged."
    return None, ""


def _holders(scope: Scope, keys: Iterable[str]) -> list[int]:
    named = list(keys)
    given = [named, named] if scope is Scope.ADDRESS else [named]
    return sorted({row["id"] for row in fetch(_HOLDERS[scope], given)})
