"""What playbooks and value props have in common: versions, names that are taken, going and coming back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, transaction

from headhaul.kernel import Conflict, InvalidData, NotFound, StaleVersion
from headhaul.pipeline.models import Playbook, ValueProp

Kept = TypeVar("Kept", Playbook, ValueProp)


@dataclass(frozen=True, slots=True)
class Saved(Generic[Kept]):
    """The row as it is now, and by column what it held before; None: it was not there."""

    row: Kept
    before: dict[str, Any] | None

    @property
    def is_changed(self) -> bool:
        """Whether anything differed."""
        return self.before is None or bool(self.before)


class NameIsTaken(Conflict):
    """Another one has this name."""

    code = "name_is_taken"


class StaleHelp(StaleVersion):
    """Somebody changed it since it was read."""


def lock(model: type[Kept], key: int, *, what: str, version: int | None = None, removed: bool = False) -> Kept:
    """The row, held until the transaction ends; `removed` says whether one that was taken away is meant."""
    found = model._default_manager.select_for_update().filter(pk=key, removed_at__isnull=not removed).first()
    if found is None:
        raise NotFound(f"There is no {what} {key}.")
    if version is not None and found.version != version:
        raise StaleHelp(
            f"{found.name} was changed meanwhile. Look at it again, then repeat your change.", current=found.version
        )
    return found


def save(row: Kept, values: Mapping[str, Any], *, at: datetime) -> Saved[Kept]:
    """Write what differs and raise the version; without a difference nothing happens."""
    is_new = row._state.adding
    changes = {name: value for name, value in values.items() if is_new or getattr(row, name) != value}
    before = None if is_new else {name: getattr(row, name) for name in changes}
    if not changes:
        return Saved(row, before)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version = 1 if is_new else row.version + 1
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise NameIsTaken(f"There is one called {row.name} already.", fields={"name": "another one"}) from fault
    return Saved(row, before)


def needed(values: Mapping[str, Any], *names: str) -> None:
    """InvalidData for what a new one cannot be without; names as on the wire."""
    missing = {name: "missing" for name in names if not values.get(name)}
    if missing:
        raise InvalidData("A new one needs a name and what it says.", fields=missing)


def refuse_null(values: Mapping[str, Any]) -> None:
    """Nothing here may be unknown: empty text means any."""
    nulls = {name: "leave it out, or say something" for name, value in values.items() if value is None}
    if nulls:
        raise InvalidData("These cannot be null.", fields=nulls)
