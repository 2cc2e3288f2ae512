"""Enrolling people in a sequence: a hundred thousand as well as one, each once, and for each the reason if not."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.outreach.choices import EnrolmentState, SequenceState, SkipReason
from headhaul.outreach.errors import SequenceIsNotActive
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.selectors import candidates, plans, scheduling
from headhaul.outreach.selectors.candidates import Candidate
from headhaul.outreach.selectors.plans import Plan
from headhaul.security.models import User

_COLUMNS = (
    "sequence_id", "version_number", "contact_id", "account_id", "owner_id", "sender_id", "state", "step_key",
    "next_at", "held_rule", "held_reason", "ended_reason", "reply_token", "source", "batch_id", "round", "tries",
    "enrolled_by_id", "enrolled_at", "updated_at",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_STAGE = f"""
create temporary table if not exists enrolling on commit delete rows as
select {_NAMES} from outreach_enrolment with no data
"""
_KEEP = f"""
with made as (
    insert into outreach_enrolment ({_NAMES}) select {_NAMES} from enrolling on conflict do nothing
    returning id, contact_id, state, step_key
), told as (
    insert into outreach_enrolmentchange (enrolment_id, kind, from_state, to_state, step_key, reason, at, by_id)
    select id, 'enrolled', '', state, step_key, %s, %s, %s from made
)
select id, contact_id from made
"""


@dataclass(slots=True)
class Outcome:
    """What came of it: everybody who was looked at, and the enrolments that were made, by contact."""

    plan: Plan
    batch_id: str
    candidates: list[Candidate]
    missing: list[int]
    due: dict[int, datetime]
    made: dict[int, int] = field(default_factory=dict)

    @property
    def skipped_by(self) -> dict[SkipReason, int]:
        """How many were skipped, by reason."""
        counted = Counter(one.reason for one in self.candidates if one.reason is not None)
        if self.missing:
            counted[SkipReason.NOT_FOUND] += len(self.missing)
        return dict(counted)

    @property
    def enrolled(self) -> int:
        """How many were, or would be."""
        return sum(one.reason is None for one in self.candidates)


def enrol(
    *,
    sequence_id: int,
    contact_ids: Sequence[int],
    at: datetime,
    by: Actor,
    source: str = "person",
    again: bool = False,
    dry_run: bool = False,
    start_at: datetime | None = None,
    owner_id: int | None = None,
) -> Outcome:
    """Enrol these contacts in the current version. Nobody is in it twice at once, whoever asks at the same time."""
    row = Kept.objects.select_for_update(of=("self",), no_key=True).filter(pk=sequence_id).first()
    if row is None:
        raise NotFound(f"There is no sequence {sequence_id}.", fields={"sequenceId": "see listSequences"})
    if row.state != SequenceState.ACTIVE and not dry_run:
        raise SequenceIsNotActive(f"{row.name} is {row.state}. Start it first.", fields={"sequenceId": "not active"})
    if owner_id is not None and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise InvalidData("There is no such user.", fields={"ownerId": "the id of an active user"})
    plan = plans.load(row.pk, row.current)
    found = candidates.load(contact_ids, plan=plan, again=again, at=at, by=by)
    seen = {one.contact_id for one in found}
    since = max(start_at, at) if start_at is not None else at
    due = {one.contact_id: first_due(plan, one.zones, since=since) for one in found if one.reason is None}
    missing = [key for key in dict.fromkeys(contact_ids) if key not in seen]
    outcome = Outcome(plan, uuid.uuid4().hex, found, missing, due)
    if due and not dry_run:
        outcome.made = _write(outcome, source=source, owner_id=owner_id, at=at, by=by)
        for one in found:
            if one.reason is None and one.contact_id not in outcome.made:
                one.reason = SkipReason.ALREADY_IN  # somebody else was faster
    return outcome


def first_due(plan: Plan, zones: Sequence[str], *, since: datetime) -> datetime:
    """When the first step is due."""
    return scheduling.due(plan.steps[0], plan, zones, since=since)


def _write(outcome: Outcome, *, source: str, owner_id: int | None, at: datetime, by: Actor) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(f"copy enrolling ({_NAMES}) from stdin") as copy:
            for row in _rows(outcome, source=source, owner_id=owner_id, at=at, by=by):
                copy.write_row(row)
    said = f"{source}" + (f", round {max(one.round for one in outcome.candidates)}" if outcome.enrolled == 1 else "")
    made = {row["contact_id"]: row["id"] for row in fetch(_KEEP, [said, at, by.user_id])}
    with connection.cursor() as cursor:
        cursor.execute("delete from enrolling")
    return made


def _rows(
    outcome: Outcome, *, source: str, owner_id: int | None, at: datetime, by: Actor
) -> Iterator[tuple[object, ...]]:
    plan, first = outcome.plan, outcome.plan.steps[0].key
    for one in outcome.candidates:
        if one.reason is None:
            yield (
                plan.sequence_id, plan.number, one.contact_id, one.account_id, owner_id or one.owner_id or by.user_id,
                plan.options.sender_id, EnrolmentState.WAITING.value, first, outcome.due[one.contact_id], "", "", "",
                secrets.token_hex(16), source, outcome.batch_id, one.round, 0, by.user_id, at, at,
            )  # fmt: skip
