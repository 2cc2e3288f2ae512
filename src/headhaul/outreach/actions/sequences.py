"""What can be done with sequences."""

from __future__ import annotations

from typing import Any

from pydantic.alias_generators import to_camel

from headhaul.kernel import Call, Empty, Role, action
from headhaul.outreach.schemas import sequences as schemas
from headhaul.outreach.schemas.steps import GivenOptions
from headhaul.outreach.selectors import sequences as reading
from headhaul.outreach.selectors import words
from headhaul.outreach.services import sequences


def _sequence(given: Any, answer: Any) -> tuple[str, str]:
    found = getattr(answer, "sequence", answer)
    return "sequence", str(getattr(found, "id", None) or getattr(given, "sequence_id", None) or "")


@action("listSequences", reply="sequencesListed", role=Role.VIEWER)
def list_sequences(call: Call, data: schemas.ListSequences) -> schemas.SequencesPage:
    """Sequences, newest first, with how many people are where."""
    return reading.sequences_page(asked=data)


@action("getSequence", reply="sequenceLoaded", role=Role.VIEWER)
def get_sequence(call: Call, data: schemas.SequenceId) -> schemas.SequenceDetail:
    """A sequence: its steps, options and versions, and what became of each step."""
    return reading.detail(sequence_id=data.sequence_id, number=data.number, by=call.actor)


@action("getSequenceWords", reply="sequenceWordsLoaded", role=Role.VIEWER)
def get_sequence_words(call: Call, data: Empty) -> schemas.SequenceWords:
    """What texts and conditions can be made of: variables with examples, facts with their choices, stages."""
    return words.words()


@action(
    "saveSequence",
    reply="sequenceSaved",
    role=Role.MANAGER,
    writes=True,
    target=_sequence,
    undo=("saveSequence", "removeSequence"),
)
def save_sequence(call: Call, data: schemas.SaveSequence) -> schemas.SequenceSaved:
    """Write a sequence. Other steps or options become a new version; whoever is half way keeps what was promised."""
    saved = _save(call, data)
    key = {"sequenceId": saved.row.pk, "version": saved.row.version}
    if saved.before is None:
        call.undo_with("removeSequence", key)
    elif saved.before:
        before = {to_camel(name): value for name, value in saved.before.items()}
        call.undo_with("saveSequence", key | before | {"moveEnrolments": data.move_enrolments})
    detail = reading.detail(sequence_id=saved.row.pk, number=None, by=call.actor)
    return schemas.SequenceSaved(
        sequence=detail,
        is_new_version=saved.is_new_version,
        moved=saved.moved,
        not_moved=saved.not_moved,
        warnings=detail.warnings,
    )


def _save(call: Call, data: schemas.SaveSequence) -> sequences.Saved:
    given = data.model_dump(include={"name", "campaign", "owner_id"}, exclude_unset=True)
    values = {name: value for name, value in given.items() if value is not None or name == "owner_id"}
    if data.sequence_id is None:
        options = data.options or GivenOptions()
        return sequences.create(values=values, steps=data.steps, options=options, at=call.at, by=call.actor)
    return sequences.change(
        sequence_id=data.sequence_id,
        version=data.version,
        values=values,
        steps=data.steps,
        options=data.options,
        move=data.move_enrolments,
        at=call.at,
        by=call.actor,
    )


@action(
    "setSequenceStatus",
    reply="sequenceStatusSet",
    role=Role.MANAGER,
    writes=True,
    target=_sequence,
    undo="setSequenceStatus",
)
def set_sequence_status(call: Call, data: schemas.SetSequenceState) -> schemas.SequenceDetail:
    """Start, pause or archive a sequence. A pause holds everybody where they are, and what waits in the outbox too."""
    row, before = sequences.set_state(
        sequence_id=data.sequence_id, state=data.state, version=data.version, at=call.at, by=call.actor
    )
    if before != row.state and not (before == "draft" and row.state == "active"):
        call.undo_with("setSequenceStatus", {"sequenceId": row.pk, "version": row.version, "state": before})
    elif before != row.state:
        call.undo_with("setSequenceStatus", {"sequenceId": row.pk, "version": row.version, "state": "paused"})
    return reading.detail(sequence_id=row.pk, number=None, by=call.actor)


@action(
    "moveEnrollments",
    reply="enrollmentsMoved",
    role=Role.MANAGER,
    writes=True,
    target=_sequence,
    final="Whoever went over may have got a step of the new version; move them back by naming the version they had.",
)
def move_enrollments(call: Call, data: schemas.MoveEnrolments) -> schemas.EnrolmentsMoved:
    """Let people who are half way in an older version go on in another one, where it has the step they stand before."""
    row = sequences.lock(data.sequence_id)
    number = data.to_number or row.current
    moved, not_moved = sequences.move_enrolments(
        row, number=number, at=call.at, by=call.actor, enrolment_ids=data.enrolment_ids
    )
    return schemas.EnrolmentsMoved(sequence_id=row.pk, number=number, moved=moved, not_moved=not_moved)


@action(
    "removeSequence",
    reply="sequenceRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_sequence,
    final="Nobody was ever in it, so that nothing but its text is gone; write it again, or archive instead.",
)
def remove_sequence(call: Call, data: schemas.RemoveSequence) -> schemas.SequenceRemoved:
    """Take away a sequence that nobody was ever enrolled in. One that was used is archived instead."""
    row = sequences.remove(sequence_id=data.sequence_id, version=data.version)
    return schemas.SequenceRemoved(id=row.pk, name=row.name)
