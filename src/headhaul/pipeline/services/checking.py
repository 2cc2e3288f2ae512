"""What a change must hold to, whichever way it comes: the stage's facts, who can own, who can decide, and time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.errors import NoSuchOwner
from headhaul.accounts.models import Contact
from headhaul.accounts.services import custom as custom_fields
from headhaul.accounts.services.ownership import check_can_own
from headhaul.carriers.selectors.written import first
from headhaul.kernel import Actor, Forbidden, InvalidData, Role
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.errors import CannotRevert, FieldsRequired
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.required import REQUIRABLE, missing_fields, words_for
from headhaul.pipeline.selectors.stages import Book
from headhaul.security.models import User

Changes = Mapping[str, tuple[Any, Any]]
_COLUMNS_ASKED = {column for column, _ in REQUIRABLE.values()} | {"custom"}


def check(
    *,
    opportunity: Opportunity,
    changes: Changes,
    stages: Book,
    valid_from: datetime | None,
    at: datetime,
    by: Actor,
    restores: bool,
) -> None:
    """Raise for a change that cannot be: each refusal names the field and what would be right."""
    if "name" in changes and not changes["name"][1]:
        raise InvalidData("An opportunity needs a name.", fields={"name": "missing"})
    _time(opportunity, changes, valid_from=valid_from, at=at)
    if "stage_id" in changes:
        _stage(stages.stage(changes["stage_id"][1]), stages, restores=restores)
    if "owner_id" in changes:
        check_owner(before=changes["owner_id"][0], after=changes["owner_id"][1], by=by, restores=restores)
    if changes.get("decision_maker_id", (None, None))[1] is not None:
        check_decision_maker(changes["decision_maker_id"][1], account_id=opportunity.account_id, restores=restores)
    if "contact_ids" in changes:
        check_committee(changes["contact_ids"][1], account_id=opportunity.account_id, restores=restores)
    if not restores:
        _required(opportunity, changes, stages)


def check_time(valid_from: datetime | None, *, at: datetime) -> None:
    """What is so may have begun earlier, but not later than now."""
    if valid_from is not None and valid_from > at:
        raise InvalidData(
            "That lies in the future. Say it when it has happened.", fields={"effectiveAt": "now or earlier"}
        )


def _time(opportunity: Opportunity, changes: Changes, *, valid_from: datetime | None, at: datetime) -> None:
    check_time(valid_from, at=at)
    if valid_from is None:
        return
    start = opportunity.stage_entered_at if "stage_id" in changes else opportunity.opened_at
    if valid_from < start:
        began = "it entered its stage" if "stage_id" in changes else "it was opened"
        raise InvalidData(f"That is earlier than {began}.", fields={"effectiveAt": f"not before {start.isoformat()}"})


def _stage(stage: Stage, stages: Book, *, restores: bool) -> None:
    if stage.is_active:
        return
    gone = stages.gone(stage)
    raise CannotRevert(gone.message) if restores else gone


def check_owner(*, before: int | None, after: int | None, by: Actor, restores: bool = False) -> None:
    """Managers assign; a rep gives away what is theirs and takes what nobody has."""
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    if not restores and not is_manager and before not in (None, by.user_id):
        raise Forbidden("Somebody else owns this opportunity. Ask a manager to reassign it.", fields={"ownerId": "no"})
    if after is not None and not (after == by.user_id and by.role is not None and by.role.allows(Role.REP)):
        check_can_own(_user(after))


def can_own(user_id: int) -> bool:
    """Whether this user works accounts."""
    try:
        check_can_own(_user(user_id))
    except NoSuchOwner:
        return False
    return True


def _user(user_id: int) -> User | None:
    return first(User, "id = %s", [user_id])


def check_decision_maker(contact_id: int, *, account_id: int, restores: bool = False) -> None:
    """Whoever decides is a contact of the account."""
    if Contact.objects.filter(pk=contact_id, account_id=account_id).exists():
        return
    if restores:
        raise CannotRevert("The former decision maker is no longer a contact of this account.")
    raise InvalidData(
        "The decision maker has to be a contact of this account.",
        fields={"decisionMakerId": "a contact of the account"},
    )


def check_committee(contact_ids: list[int], *, account_id: int, restores: bool = False) -> None:
    """The buying committee are contacts of the account."""
    if not contact_ids:
        return
    there = set(Contact.objects.filter(pk__in=contact_ids, account_id=account_id).values_list("pk", flat=True))
    if there == set(contact_ids):
        return
    if restores:
        raise CannotRevert("Somebody of the former buying committee is no longer a contact of this account.")
    others = ", ".join(str(key) for key in contact_ids if key not in there)
    raise InvalidData(
        "The buying committee has to be contacts of this account.",
        fields={"contactIds": f"not of the account: {others}"},
    )


def merged_custom(now: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The firm's own fields with the values given; None takes one out."""
    held = custom_fields.validated(CustomEntity.OPPORTUNITY, given, before=now)
    return {key: value for key, value in {**now, **held}.items() if value is not None}


def _required(opportunity: Opportunity, changes: Changes, stages: Book) -> None:
    """A stage is entered with what it asks for, and what it asks for is not taken away in it."""
    stage = stages.stage(changes["stage_id"][1] if "stage_id" in changes else opportunity.stage_id)
    if "stage_id" not in changes and not (_COLUMNS_ASKED & changes.keys()):
        return
    facts = {column: getattr(opportunity, column) for column in _COLUMNS_ASKED}
    after = facts | {name: value for name, (_, value) in changes.items()}
    missing = missing_fields(stage, after)
    if "stage_id" not in changes:
        missing = [name for name in missing if name not in missing_fields(stage, facts)]
    if missing:
        raise fields_required(stage, missing)


def fields_required(stage: Stage, missing: list[str]) -> FieldsRequired:
    """The refusal that says what a stage asks for."""
    *rest, last = [words_for(name) for name in missing]
    asked = f"{', '.join(rest)} and {last}" if rest else last
    verb = "To close it as lost, say" if stage.kind == StageKind.LOST else f"{stage.label} asks for"
    return FieldsRequired(f"{verb} {asked}.", fields={name: f"{words_for(name)} is needed" for name in missing})
