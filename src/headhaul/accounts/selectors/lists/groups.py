"""The list of accounts or contacts in groups: which values there are, and how many rows have each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headhaul.accounts.choices import REGION_NAMES, CustomKind
from headhaul.accounts.ports.lists import Asked, Group
from headhaul.accounts.schemas.lists import AccountFilters, ContactFilters
from headhaul.accounts.selectors.lists import accounts, contacts
from headhaul.accounts.selectors.lists.columns import BUYING_ROLES, ROLES, SEGMENTS, SOURCES, STATUSES
from headhaul.accounts.selectors.lists.custom import definitions
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import InvalidData, Payload
from headhaul.kernel.keyset import COUNT_LIMIT
from headhaul.kernel.places import STATES

FEW = 20_000  # so many rows are counted in one pass; of more, each group is counted to COUNT_LIMIT by its index

Value = tuple[str, str]  # what is stored, and what people call it

ACCOUNT_GROUPS = {
    "status": "Status",
    "owner": "Owner",
    "segment": "Fleet size class",
    "state": "State",
    "region": "Region",
    "team": "Team",
    "source": "Came from",
}
CONTACT_GROUPS = {
    "role": "Role",
    "buyingRole": "Part in the decision",
    "accountStatus": "Account's status",
    "accountSegment": "Account's size class",
    "accountOwner": "Account's owner",
}
_COLUMNS = {
    "status": "a.status", "segment": "a.segment", "state": "a.state", "region": "a.region", "source": "a.source",
    "owner": "a.owner_id", "team": "a.team_id", "role": "c.role", "buyingRole": "c.buying_role",
    "accountStatus": "a.status", "accountSegment": "a.segment", "accountOwner": "a.owner_id",
}  # fmt: skip
_CHOICES: dict[str, Sequence[Value]] = {
    "status": STATUSES, "accountStatus": STATUSES, "segment": SEGMENTS, "accountSegment": SEGMENTS, "source": SOURCES,
    "role": ROLES, "buyingRole": BUYING_ROLES, "region": [*REGION_NAMES.items()],
    "state": sorted((code, state.name) for code, state in STATES.items()),
}  # fmt: skip
_PEOPLE = "select id::text as value, coalesce(nullif(name, ''), email) as label from security_user order by 2, id"
_TEAMS = "select id::text as value, name as label from security_team order by 2, id"


def account_choices() -> list[Value]:
    """By what accounts can be grouped."""
    return [*ACCOUNT_GROUPS.items(), *_custom_choices("account")]


def contact_choices() -> list[Value]:
    """By what contacts can be grouped."""
    return [*CONTACT_GROUPS.items(), *_custom_choices("contact")]


def _custom_choices(entity: str) -> list[Value]:
    fields = definitions(entity).values()
    return [(f"custom.{field.key}", field.label) for field in fields if field.kind is CustomKind.CHOICE]


@dataclass(frozen=True, slots=True)
class Parting:
    """By what rows are parted: a column (with its parameters), the values it may have ("" for none), their filters."""

    column: str
    values: Sequence[Value]
    narrows: Callable[[str], dict[str, Any]]
    parameters: tuple[Any, ...] = ()


def of_accounts(asked: Asked, group_by: str) -> list[Group]:
    """The accounts in groups."""
    assert isinstance(asked.filters, AccountFilters)
    narrowed = accounts.narrow(asked.filters, by=asked.by, at=asked.at, zone=asked.zone)
    parting = _custom(asked.filters, group_by, "account", "a") or _known(group_by, ACCOUNT_GROUPS)
    return _counted(parting, narrowed.counted_in, narrowed)


def of_contacts(asked: Asked, group_by: str) -> list[Group]:
    """The contacts in groups."""
    assert isinstance(asked.filters, ContactFilters)
    narrowed = contacts.narrow(asked.filters, by=asked.by, at=asked.at, zone=asked.zone)
    parting = _custom(asked.filters, group_by, "contact", "c") or _known(group_by, CONTACT_GROUPS)
    return _counted(parting, contacts.FROM, narrowed)


def _known(group_by: str, known: Mapping[str, str]) -> Parting:
    if group_by not in known:
        said = ", ".join(known)
        raise InvalidData("The list cannot be grouped by that.", fields={"groupBy": f"{said}, custom.<key>"})
    if group_by not in ("owner", "accountOwner", "team"):
        return Parting(
            _COLUMNS[group_by],
            [*_CHOICES[group_by], ("", "Not known")],
            lambda value: {group_by: [value or "none"]},
        )
    rows = fetch(_TEAMS if group_by == "team" else _PEOPLE, [])
    values = [(row["value"], row["label"]) for row in rows]
    nobody = "No team" if group_by == "team" else "Nobody"
    return Parting(
        _COLUMNS[group_by], [*values, ("", nobody)], lambda value: {group_by: [int(value) if value else "none"]}
    )


def _custom(filters: Payload, group_by: str, entity: str, alias: str) -> Parting | None:
    field = definitions(entity).get(group_by.removeprefix("custom.")) if group_by.startswith("custom.") else None
    if field is None or field.kind is not CustomKind.CHOICE:
        return None
    before = [each.model_dump() for each in getattr(filters, "custom", [])]

    def narrows(value: str) -> dict[str, Any]:
        own = {"key": field.key, "op": "is" if value else "isUnknown", "value": value or None}
        return {"custom": [*before, own]}

    values = [*field.choices, ("", "Not known")]
    return Parting(f"({alias}.custom ->> %s)", values, narrows, (field.key,))


def _counted(parting: Parting, source: str, narrowed: Conditions) -> list[Group]:
    """Exactly in one pass when there are few rows, otherwise group by group, each to COUNT_LIMIT."""
    inner = f"select {parting.column}::text as value from {source} where {narrowed.where} limit {FEW + 1}"
    found = fetch(
        f"select coalesce(value, '') as value, count(*) as n from ({inner}) few group by 1 order by 1",
        [*parting.parameters, *narrowed.parameters],
    )
    counts = {row["value"]: (int(row["n"]), True) for row in found}
    known = dict(parting.values)
    labels = known | {value: value for value in counts if value not in known}  # a choice that was taken off the list
    if sum(n for n, _ in counts.values()) > FEW:
        counts = {value: _limited(value, parting, source, narrowed) for value in labels}
    groups = ((value, label, *counts.get(value, (0, True))) for value, label in labels.items())
    return [Group(value or "none", label, n, exact, parting.narrows(value)) for value, label, n, exact in groups if n]


def _limited(value: str, parting: Parting, source: str, narrowed: Conditions) -> tuple[int, bool]:
    """(how many, whether exactly): a group larger than COUNT_LIMIT says only that."""
    column, parameters = parting.column, [*narrowed.parameters, *parting.parameters]
    if value:
        own, parameters = f"{column} = %s", [*parameters, int(value) if column.endswith("_id") else value]
    elif column.endswith("_id"):
        own = f"{column} is null"
    else:
        own = f"coalesce({column}, '') = ''" if parting.parameters else f"{column} = ''"
    inner = f"select 1 from {source} where {narrowed.where} and {own} limit {COUNT_LIMIT + 1}"
    n = int(fetch(f"select count(*) as n from ({inner}) few", parameters)[0]["n"])
    return min(n, COUNT_LIMIT), n <= COUNT_LIMIT
