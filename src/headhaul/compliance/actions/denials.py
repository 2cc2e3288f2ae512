"""Denials, and the do-not-call list."""

from __future__ import annotations

from headhaul.compliance.models import Suppression
from headhaul.compliance.schemas import denials as schemas
from headhaul.compliance.services import lists, scrubbing, suppression
from headhaul.kernel import Call, Role, action


@action(
    "addSuppression",
    reply="suppressionAdded",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("suppression", str(answer.suppression_id) if answer else ""),
    final="A denial counts at once and for good; an administrator lifts it with removeSuppression, after a day.",
)
def add_suppression(call: Call, data: schemas.AddSuppression) -> schemas.SuppressionAdded:
    """Deny an address, a contact, an account with all its contacts, an e-mail domain or a USDOT number, at once."""
    row = suppression.add(
        scope=data.scope,
        key=data.key,
        channel=data.channel,
        reason=data.reason,
        source=data.source,
        evidence=data.evidence,
        at=call.at,
        by=call.actor,
    )
    return schemas.SuppressionAdded(suppression_id=row)


@action(
    "removeSuppression",
    reply="suppressionRemoved",
    role=Role.ADMIN,
    writes=True,
    people_only=True,
    undo="addSuppression",
    target=lambda given, answer: ("suppression", str(given.suppression_id)),
)
def remove_suppression(call: Call, data: schemas.RemoveSuppression) -> schemas.SuppressionRemoved:
    """Let a denial end in 24 hours, with the reason and what proves it. It can be denied again at any time."""
    _, ends_at = suppression.lift(
        suppression_id=data.suppression_id, why=data.why, evidence=data.evidence, at=call.at, by=call.actor
    )
    row = Suppression.objects.get(pk=data.suppression_id)
    if row.key:
        again = {"scope": row.scope, "key": row.key, "channel": row.channel, "reason": row.reason}
        call.undo_with("addSuppression", {**again, "source": f"lift of denial {row.pk} taken back"})
    return schemas.SuppressionRemoved(suppression_id=row.pk, ends_at=ends_at)


@action("listSuppressions", reply="suppressionsLoaded", role=Role.REP)
def list_suppressions(call: Call, data: schemas.ListSuppressions) -> schemas.SuppressionList:
    """Who must not be reached, newest first, with where it was said and when a lift takes effect."""
    return lists.suppressions(asked=data, at=call.at)


@action(
    "importDncScrub",
    reply="dncScrubImported",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("dnc_scrub", given.list_version[:64]),
    final="What the national list said of a number on a day is a fact; a later check is a later row.",
)
def import_dnc_scrub(call: Call, data: schemas.ImportDncScrub) -> schemas.DncScrubImported:
    """Take in the answer of the national do-not-call list: numbers, and whether each is on it."""
    when = data.scrubbed_at or call.at
    return scrubbing.take_in(list_version=data.list_version, text=data.csv, scrubbed_at=when, at=call.at)


@action(
    "importReassignedNumbers",
    reply="reassignedNumbersImported",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("dnc_scrub", given.version[:64]),
    final="What was answered on a day is a fact. A denial that came of it is lifted like any other.",
)
def import_reassigned_numbers(call: Call, data: schemas.ImportReassignedNumbers) -> schemas.ReassignedImported:
    """Take in what the FCC's Reassigned Numbers Database answered.

    A number that is somebody else's gets no calls and texts; one that is not may be texted again on a consent that is
    older than 60 days.
    """
    when = data.scrubbed_at or call.at
    return scrubbing.take_in_reassigned(version=data.version, text=data.csv, checked_at=when, at=call.at, by=call.actor)
