"""What can be changed in bulk: for each field its column, and how the column is written from JSON and read as JSON."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Subject:
    """A table whose rows are changed in bulk. `account` and `contact` say for the history whose change it is."""

    entity: str
    table: str
    alias: str
    account: str
    contact: str
    key: str  # the column of the history that names the row
    columns: dict[str, tuple[str, str]]  # field of the history → (column, its SQL type)

    def now(self, field: str) -> str:
        """The present value of a literal field, as JSON."""
        if field.startswith(CUSTOM):
            return f"{self.alias}.custom -> %s"
        return f"to_jsonb({self.alias}.{self.columns[field][0]})"

    @property
    def present(self) -> str:
        """The present value of the field that a row of the history (`c`) names, as JSON."""
        known = " ".join(f"when '{field}' then {self.now(field)}" for field in self.columns)
        return f"case c.field {known} else {self.alias}.custom -> substr(c.field, {len(CUSTOM) + 1}) end"

    def assignments(self, fields: Collection[str]) -> str:
        """SET list that writes what `r.v` (field → JSON) names, and leaves the rest. `fields`: all that any row names.

        A column that no row names is not mentioned, so that nothing is worked out for it.
        """
        plain = [
            f"{column} = case when r.v ? '{field}' then (r.v ->> '{field}')::{kind} else {self.alias}.{column} end"
            for field, (column, kind) in self.columns.items()
            if field in fields
        ]
        return ", ".join(plain + ([self._custom] if any(field.startswith(CUSTOM) for field in fields) else []))

    @property
    def _custom(self) -> str:
        key = len(CUSTOM) + 1
        named = f"array(select substr(k, {key}) from jsonb_object_keys(r.v) k where starts_with(k, 'custom.'))"
        known = f"""(select jsonb_object_agg(substr(e.key, {key}), e.value) from jsonb_each(r.v) e
                    where starts_with(e.key, 'custom.') and e.value <> 'null'::jsonb)"""
        return f"custom = ({self.alias}.custom - {named}) || coalesce({known}, '{{}}'::jsonb)"


ACCOUNTS = Subject(
    entity="account",
    table="accounts_account",
    alias="a",
    account="a.id",
    contact="null::bigint",
    key="account_id",
    columns={
        "status": ("status", "text"),
        "segment": ("segment", "text"),
        "region": ("region", "text"),
        "owner": ("owner_id", "bigint"),
        "team": ("team_id", "bigint"),
    },
)
CONTACTS = Subject(
    entity="contact",
    table="accounts_contact",
    alias="p",
    account="p.account_id",
    contact="p.id",
    key="contact_id",
    columns={
        "role": ("role", "text"),
        "buying_role": ("buying_role", "text"),
        "is_decision_maker": ("is_decision_maker", "boolean"),
        "has_left": ("has_left", "boolean"),
    },
)
SUBJECTS = {subject.entity: subject for subject in (ACCOUNTS, CONTACTS)}
