"""Writing sequences. What a sequence says is never changed: saving other steps or options makes a new version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.models import SendingHold
from headhaul.compliance.services import holds
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from headhaul.outreach.choices import LIVE_ENROLMENTS, NEXT_SEQUENCE_STATES, SequenceState
from headhaul.outreach.errors import NameIsTaken, SequenceIsInUse, StaleSequence
from headhaul.outreach.models import Enrolment, SequenceVersion, Template
from headhaul.outreach.models import Sequence as Kept
from headhaul.outreach.schemas.steps import GivenOptions, GivenStep, kept
from headhaul.outreach.services import checking_steps
from headhaul.security.models import User

FIELDS = ("name", "campaign", "owner_id")


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it is now, what it held before by field, and who went over to the new version."""

    row: Kept
    before: dict[str, Any] | None
    is_new_version: bool
    moved: int = 0
    not_moved: int = 0


def create(
    *, values: Mapping[str, Any], steps: Sequence[GivenStep] | None, options: GivenOptions, at: datetime, by: Actor
) -> Saved:
    """Write a new sequence, as a draft."""
    missing = {name: "missing" for name, value in (("name", values.get("name")), ("steps", steps)) if not value}
    if missing or steps is None:
        raise InvalidData("A new sequence needs a name and steps.", fields=missing)
    checking_steps.check(steps, options)
    _check_owner(values.get("owner_id"))
    owner_id = values.get("owner_id", by.user_id)
    row = Kept(name=values["name"], campaign=values.get("campaign") or "", owner_id=owner_id, created_by_id=by.user_id,
               created_at=at, updated_at=at)  # fmt: skip
    _save(row)
    _add_version(row, number=1, steps=as_kept(steps), options=kept(options), at=at, by=by)
    return Saved(row, None, True)


def begin(*, values: Mapping[str, Any], options: GivenOptions, at: datetime, by: Actor) -> Kept:
    """A draft whose steps are still to come. It cannot be started before it has some."""
    _check_owner(values.get("owner_id"))
    owner_id = values.get("owner_id", by.user_id)
    row = Kept(name=values["name"], campaign=values.get("campaign") or "", owner_id=owner_id, created_by_id=by.user_id,
               created_at=at, updated_at=at)  # fmt: skip
    _save(row)
    _add_version(row, number=1, steps=[], options=kept(options), at=at, by=by)
    return row


def change(
    *,
    sequence_id: int,
    version: int | None,
    values: Mapping[str, Any],
    steps: Sequence[GivenStep] | None,
    options: GivenOptions | None,
    move: bool,
    at: datetime,
    by: Actor,
) -> Saved:
    """Change what is named. Steps and options that differ become a new version, for whoever is enrolled later."""
    row = lock(sequence_id, version=version)
    _check_owner(values.get("owner_id"))
    current = SequenceVersion.objects.get(sequence=row, number=row.current)
    before: dict[str, Any] = {name: getattr(row, name) for name, to in values.items() if getattr(row, name) != to}
    for name in before:
        setattr(row, name, values[name])
    if steps is not None or options is not None:
        checking_steps.check(steps if steps is not None else given_of(current), options)
    new_steps = current.steps if steps is None else as_kept(steps)
    new_options = current.options if options is None else kept(options)
    is_new = new_steps != current.steps or new_options != current.options
    if is_new:
        before |= {"steps": current.steps, "options": current.options}
        row.current = _last(row) + 1
        _add_version(row, number=row.current, steps=new_steps, options=new_options, at=at, by=by)
    if before:
        row.version += 1
        row.updated_at = at
        _save(row)
    moved, not_moved = move_enrolments(row, number=row.current, at=at, by=by) if is_new and move else (0, 0)
    return Saved(row, before, is_new, moved, not_moved)


def set_state(
    *, sequence_id: int, state: SequenceState, version: int | None, at: datetime, by: Actor
) -> tuple[Kept, str]:
    """Start, pause or archive it; the row and the state before. Whoever is in it stays where they are.

    A pause also stops what waits in the outbox, by the same switch that stops sending anywhere else.
    """
    row = lock(sequence_id, version=version)
    before = SequenceState(row.state)
    if state is before:
        return row, before
    if state not in NEXT_SEQUENCE_STATES[before]:
        allowed = ", ".join(sorted(NEXT_SEQUENCE_STATES[before]))
        raise Conflict(f"A sequence that is {before} cannot become {state}.", fields={"state": f"one of {allowed}"})
    if state is SequenceState.ARCHIVED:
        _check_nobody_is_in(row)
    if state is SequenceState.ACTIVE:
        current = SequenceVersion.objects.get(sequence=row, number=row.current)
        checking_steps.check(given_of(current), GivenOptions.model_validate(current.options))
    row.state = state
    row.version += 1
    row.updated_at = at
    _save(row)
    _switch(row, is_on=state is SequenceState.ACTIVE, at=at, by=by)
    return row, before


def remove(*, sequence_id: int, version: int | None) -> Kept:
    """Take away one that nobody was ever in; otherwise it is archived, since what was sent names it."""
    row = lock(sequence_id, version=version)
    if Enrolment.objects.filter(sequence=row).exists():
        raise SequenceIsInUse(f"{row.name} has been used. Archive it instead.", fields={"state": "archived"})
    with (
        connection.cursor() as cursor
    ):  # versions are protected by a trigger that lets them go with their sequence only
        cursor.execute("delete from outreach_sequenceversion where sequence_id = %s", [row.pk])
    key = row.pk
    row.delete()
    row.pk = key
    return row


def move_enrolments(
    row: Kept, *, number: int, at: datetime, by: Actor, enrolment_ids: Sequence[int] | None = None
) -> tuple[int, int]:
    """Let whoever is in another version go on in this one, at the step of the same key; how many could not."""
    version = SequenceVersion.objects.filter(sequence=row, number=number).first()
    if version is None:
        raise NotFound("There is no such version of this sequence.", fields={"toNumber": "see getSequence"})
    live = Enrolment.objects.filter(sequence=row, state__in=sorted(LIVE_ENROLMENTS)).exclude(version_number=number)
    if enrolment_ids is not None:
        live = live.filter(pk__in=enrolment_ids)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {
            "ids": list(live.select_for_update().order_by("pk").values_list("pk", flat=True)), "number": number,
            "keys": [step["key"] for step in version.steps], "at": at, "by": by.user_id,
        })  # fmt: skip
        moved = int(cursor.rowcount)
    return moved, live.count()


_MOVE = """
with moved as (
    update outreach_enrolment set version_number = %(number)s, updated_at = %(at)s
    where id = any(%(ids)s) and step_key = any(%(keys)s) returning id, state, step_key
)
insert into outreach_enrolmentchange (enrolment_id, kind, from_state, to_state, step_key, reason, at, by_id)
select id, 'moved', state, state, step_key, 'Goes on in version ' || %(number)s, %(at)s, %(by)s from moved
"""


PAUSED = "The sequence is paused."


def _switch(row: Kept, *, is_on: bool, at: datetime, by: Actor) -> None:
    open_here = SendingHold.objects.filter(scope=HoldScope.SEQUENCE, key=str(row.pk), lifted_at=None).first()
    if not is_on and open_here is None and row.state == SequenceState.PAUSED:
        holds.open_hold(scope=HoldScope.SEQUENCE, key=str(row.pk), reason=PAUSED, at=at, by=by)
    elif is_on and open_here is not None and open_here.reason == PAUSED:
        holds.lift_hold(hold_id=open_here.pk, at=at, by=by)


def lock(sequence_id: int, *, version: int | None = None) -> Kept:
    """The row, held until the transaction ends."""
    row = Kept.objects.select_for_update().filter(pk=sequence_id).first()
    if row is None:
        raise NotFound(f"There is no sequence {sequence_id}.", fields={"sequenceId": "see listSequences"})
    if version is not None and row.version != version:
        raise StaleSequence(
            f"{row.name} was changed meanwhile. Look at it again, then repeat your change.", current=row.version
        )
    return row


def given_of(version: SequenceVersion) -> list[GivenStep]:
    """The steps of a version as somebody would give them."""
    return [GivenStep.model_validate(step) for step in version.steps]


def as_kept(steps: Sequence[GivenStep]) -> list[dict[str, Any]]:
    """As a version stores them: each with a key, and a template's text taken over, so that it stays what it was."""
    taken = {step.key for step in steps if step.key}
    texts = {row.pk: row for row in Template.objects.filter(pk__in=[s.template_id for s in steps if s.template_id])}
    stored = []
    for step in steps:
        key = step.key or _new_key(step, taken)
        taken.add(key)
        line = kept(step) | {"key": key}
        template = texts.get(step.template_id) if step.template_id else None
        if template is not None:
            line["body"] = step.body or template.body
            if template.subject and not step.as_reply:
                line["subject"] = step.subject or template.subject
        stored.append(line)
    return stored


def _new_key(step: GivenStep, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", step.title.lower()).strip("_")[:32].strip("_") or step.kind.value
    number, key = 1, base
    while key in taken or key == "end":
        number += 1
        key = f"{base}_{number}"
    return key


def _last(row: Kept) -> int:
    return SequenceVersion.objects.filter(sequence=row).order_by("-number").values_list("number", flat=True)[0]


def _add_version(
    row: Kept, *, number: int, steps: list[dict[str, Any]], options: dict[str, Any], at: datetime, by: Actor
) -> None:
    SequenceVersion.objects.create(
        sequence=row, number=number, steps=steps, options=options, saved_by_id=by.user_id, saved_at=at
    )


def _check_owner(owner_id: int | None) -> None:
    if owner_id is not None and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise InvalidData("There is no such user.", fields={"ownerId": "the id of an active user"})


def _check_nobody_is_in(row: Kept) -> None:
    live = Enrolment.objects.filter(sequence=row, state__in=sorted(LIVE_ENROLMENTS)).count()
    if live:
        raise SequenceIsInUse(
            f"{live:,} {'person is' if live == 1 else 'people are'} still in {row.name}. Stop or finish them first.",
            fields={"state": "paused"},
        )


def _save(row: Kept) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise NameIsTaken(f"There is a sequence called {row.name} already.", fields={"name": "another one"}) from fault
