"""Which record's value stands after a merge: field by field, the winner's unless it is empty, or as somebody chose.

Rows are JSON, as the database gives them. Fields that only make sense together, like the parts of an address, come
from one record together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headhaul.accounts.choices import AccountStatus, MergeEntity
from headhaul.accounts.errors import CannotMerge
from headhaul.accounts.services.absorbing import Row

BOTH = "both"
CUSTOM = "custom."
_EMPTY: tuple[Any, ...] = (None, "", "unknown", {}, [])
_ZONE = ("timezone", "timezone_source", "timezone_confidence")

GROUPS: dict[MergeEntity, dict[str, tuple[str, ...]]] = {
    MergeEntity.ACCOUNT: {
        "name": ("name",),
        "dotNumber": ("dot_number", "enriched_at"),
        "status": ("status",),
        "segment": ("segment",),
        "address": ("street", "city", "state", "zip", "region"),
        "phone": ("phone", "phone_key"),
        "email": ("email",),
        "website": ("website", "domain"),
        "timezone": _ZONE,
        "fleetSize": ("fleet_size", "fleet_source", "fleet_as_of"),
        "description": ("description",),
        "owner": ("owner_id",),
        "team": ("team_id",),
    },
    MergeEntity.CONTACT: {
        "name": ("name", "first_name"),
        "accountId": ("account_id",),
        "title": ("title",),
        "role": ("role",),
        "buyingRole": ("buying_role",),
        "isDecisionMaker": ("is_decision_maker",),
        "preferredChannel": ("preferred_channel",),
        "timezone": _ZONE,
        "linkedin": ("linkedin",),
        "notes": ("notes",),
        "hasLeft": ("has_left",),
    },
}
"""The fields of a merge by their wire name, with the columns that go together."""

JOINED = frozenset({"description", "notes"})
"""Texts that are put one after the other, so that nothing of them is lost."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a field will be, whose value it is (None: of both), and what else it could be."""

    name: str
    values: Row
    from_id: int | None
    options: list[tuple[int, Row]]

    @property
    def differs(self) -> bool:
        """Whether somebody might want another value."""
        known = [values for _, values in self.options if not _is_empty(values)]
        return any(values != known[0] for values in known[1:])


def resolve(
    *, entity: MergeEntity, winner: Row, losers: Sequence[Row], choices: Mapping[str, int | str]
) -> tuple[list[Field], list[str]]:
    """The resulting fields, and the names of those about which somebody has to decide first.

    Raises CannotMerge for a choice of a field or record that is not part of this merge.
    """
    records = [winner, *losers]
    _check(entity, records, choices)
    fields = [_field(name, columns, records, choices.get(name)) for name, columns in GROUPS[entity].items()]
    keys = sorted({key for record in records for key in record["custom"]})
    fields += [_custom(key, records, choices.get(CUSTOM + key)) for key in keys]
    return fields, _undecided(entity, records, choices)


def columns_of(fields: Sequence[Field], winner: Row) -> Row:
    """The columns of the winner as they will be."""
    values: Row = {}
    custom = dict(winner["custom"])
    for field in fields:
        if field.name.startswith(CUSTOM):
            custom |= field.values
        else:
            values |= field.values
    if "website" in values and not values["domain"]:  # without a website, the e-mail's domain tells
        values["domain"] = next(
            (o["domain"] for f in fields if f.name == "website" for _, o in f.options if o["domain"]), ""
        )
    return values | {"custom": custom}


def _check(entity: MergeEntity, records: Sequence[Row], choices: Mapping[str, int | str]) -> None:
    ids = {record["id"] for record in records}
    for name, choice in choices.items():
        custom = name.startswith(CUSTOM) and any(name.removeprefix(CUSTOM) in record["custom"] for record in records)
        if name not in GROUPS[entity] and not custom:
            known = ", ".join(GROUPS[entity])
            raise CannotMerge("There is no such field to choose.", fields={f"choices.{name}": f"one of: {known}"})
        if choice not in ids and not (choice == BOTH and name in JOINED):
            said = "the id of a record that is merged" + (', or "both"' if name in JOINED else "")
            raise CannotMerge(
                "A choice names a record that is not part of this merge.", fields={f"choices.{name}": said}
            )


def _undecided(entity: MergeEntity, records: Sequence[Row], choices: Mapping[str, int | str]) -> list[str]:
    if entity is not MergeEntity.ACCOUNT or "dotNumber" in choices:
        return []
    numbers = {record["dot_number"] for record in records} - {None}
    return ["dotNumber"] if len(numbers) > 1 else []


def _field(name: str, columns: tuple[str, ...], records: Sequence[Row], choice: int | str | None) -> Field:
    options = [(record["id"], {column: record[column] for column in columns}) for record in records]
    if isinstance(choice, int):
        return Field(name, dict(options)[choice], choice, options)
    if name in JOINED:
        return _joined(name, columns[0], options)
    if name == "address":
        return _address(options)
    first = _first(name, options)
    return Field(name, options[first][1], options[first][0], options)


def _first(name: str, options: Sequence[tuple[int, Row]]) -> int:
    """The number of the record whose value stands when nobody chose."""
    for number, (_, values) in enumerate(options):
        wins = values.get("status") == AccountStatus.CLIENT or values.get("is_decision_maker") is True
        if name in ("status", "isDecisionMaker") and wins:  # a client stays one, whichever record knew it
            return number
    if name in ("status", "isDecisionMaker", "hasLeft"):
        return 0
    return next((number for number, (_, values) in enumerate(options) if not _is_empty(values)), 0)


def _joined(name: str, column: str, options: list[tuple[int, Row]]) -> Field:
    texts = {values[column].strip(): key for key, values in reversed(options) if values[column].strip()}
    if len(texts) < 2:
        return Field(name, *next(((v, k) for k, v in options if not _is_empty(v)), options[0][::-1]), options)
    whole = "\n\n".join(reversed(texts))
    return Field(name, {column: whole}, None, options)


def _address(options: list[tuple[int, Row]]) -> Field:
    """The winner's; where it only lacks parts, they come from the first that does not contradict it."""
    start = next((number for number, (_, values) in enumerate(options) if not _is_empty(values)), 0)
    key, values = options[start]
    whole, source = dict(values), key
    for other, parts in options[start + 1 :]:
        agrees = all(_same(whole[part], parts[part]) for part in ("street", "city", "state", "zip"))
        if agrees and any(not whole[part] and parts[part] for part in parts):
            whole = {part: whole[part] or parts[part] for part in whole}
            source = other if _is_empty(values) else source
    return Field("address", whole, source, options)


def _custom(key: str, records: Sequence[Row], choice: int | str | None) -> Field:
    options = [(record["id"], {key: record["custom"].get(key)}) for record in records]
    if choice is None:
        chosen = next((number for number, (_, values) in enumerate(options) if not _is_empty(values)), 0)
        return Field(CUSTOM + key, options[chosen][1], options[chosen][0], options)
    return Field(CUSTOM + key, dict(options)[int(choice)], int(choice), options)


def _same(one: str, other: str) -> bool:
    return not one or not other or one.strip().lower() == other.strip().lower()


def _is_empty(values: Row) -> bool:
    return (
        next(iter(values.values())) in _EMPTY if len(values) < 4 else all(value in _EMPTY for value in values.values())
    )
