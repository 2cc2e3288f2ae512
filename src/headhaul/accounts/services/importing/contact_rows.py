"""Rows that are contacts, alone or with their accounts in the same file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from headhaul.accounts.choices import (
    AccountSource,
    BuyingRole,
    ContactRole,
    CustomEntity,
    ImportMode,
    OnDuplicate,
    RowResult,
)
from headhaul.accounts.deriving import Zone, contact_zone
from headhaul.accounts.ports.imports import ImportField, ImportRow, MatchKey, Outcome, Problem, Rules, Session
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services.importing import account_fields, contact_fields, external, links
from headhaul.accounts.services.importing.account_rows import says_more, zone_of_file
from headhaul.accounts.services.importing.cells import Phone
from headhaul.accounts.services.importing.consents import Consents, Heard
from headhaul.accounts.services.importing.contact_store import COLUMNS, insert_contacts, update_contacts
from headhaul.accounts.services.importing.sessions import CUSTOM, Record, Refusal, flat
from headhaul.accounts.services.importing.writing import plain

_TEXTS = {
    "name": "name", "title": "title", "role": "role", "buyingRole": "buying_role", "linkedin": "linkedin",
    "preferredChannel": "preferred_channel", "notes": "notes", "isDecisionMaker": "is_decision_maker",
    "hasLeft": "has_left", "firstName": "first_name",
}  # fmt: skip
_NEVER_BLANK = ("name", "role", "buying_role", "is_decision_maker", "has_left")
_READ = """
select c.id, c.version, c.account_id, c.custom, c.erased_at is not null as is_erased, {columns},
       (select coalesce(array_agg(e.address order by e.id), '{{}}')
        from accounts_contactemail e where e.contact_id = c.id) as emails,
       (select coalesce(array_agg(p.number || '|' || p.extension order by p.id), '{{}}')
        from accounts_contactphone p where p.contact_id = c.id) as phones
from accounts_contact c join accounts_account a on a.id = c.account_id
where {where} order by c.id {lock}
"""


class ContactSession(links.LinkedSession):
    """One import's work on contacts."""

    entity, one = "contact", "contact"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self.consents = Consents(rules)
        self.mobiles: set[str] = set()
        self._required = account_fields.required_custom(CustomEntity.CONTACT)
        self._heard = Heard()

    def load(self, rows: Sequence[ImportRow]) -> None:
        """Contacts that the rows may mean: by id, address, or name at an account that the rows name."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        said: dict[str, set[Any]] = {key: set() for key in ("id", "email", "phone", "name")}
        said["id"] |= set(known.values())
        for row in rows:
            for key in said:
                said[key].update(self._said(key, row))
        self._read(said)
        self.know_names(known)
        self.consents.load({*said["email"], *said["phone"]})

    def _said(self, key: str, row: ImportRow) -> list[Any]:
        if key == "email":
            return list(row.values.get("emails") or [])
        if key == "phone":
            return [each.number for each in _phones(row)]
        found = self.key_of(key, row)
        return [] if found is None else [found]

    def _read(self, said: Mapping[str, set[Any]]) -> None:
        accounts = [key for key in self.accounts.records if key > 0]
        narrowed = Conditions()
        visible(narrowed, by=self.rules.by)
        wanted = ["c.id = any(%s)"]
        values: list[Any] = [sorted(said["id"])]
        if "email" in self.rules.match_on:
            wanted.append("c.id in (select contact_id from accounts_contactemail where address = any(%s))")
            values.append(sorted(said["email"]))
        if "phone" in self.rules.match_on:
            wanted.append("c.id in (select contact_id from accounts_contactphone where number = any(%s))")
            values.append(sorted(said["phone"]))
        if "name" in self.rules.match_on:
            wanted.append("(c.account_id = any(%s) and lower(c.name) = any(%s))")
            values += [accounts, sorted(said["name"])]
        narrowed.add(f"({' or '.join(wanted)})", *values)
        lock = "for update of c" if self.rules.writes else ""
        columns = ", ".join(f"c.{name}" for name in COLUMNS)
        for found in fetch(_READ.format(columns=columns, where=narrowed.where, lock=lock), narrowed.parameters):
            if found["id"] not in self.records:
                key, version, own = found.pop("id"), found.pop("version"), flat(found.pop("custom"))
                self.put(Record(key, version, found | own))

    def key_of(self, key: str, row: ImportRow) -> Any:
        """What a row says under a match key."""
        if key == "email":
            return next(iter(row.values.get("emails") or []), None)
        if key == "phone":
            return next((each.number for each in _phones(row)), None)
        if key == "name":
            name = _name(row.values)
            return name.lower() if name else None
        return row.values.get(key) or None

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under what a contact is found."""
        yield "id", record.id
        yield "name", record.get("name").lower()
        for address in record.get("emails") or []:
            yield "email", address
        for number in record.get("phones") or []:
            yield "phone", number.partition("|")[0]

    def fits(self, key: str, record: Record, row: ImportRow) -> bool:
        """Of that name or address at another account is somebody else; without an account, a name is nobody."""
        if key in ("externalId", "id"):
            return True
        if self.account is None:
            return key != "name" and not self.link_of(row).values
        return links.account_id_of(record) == self.account.id

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values; lists of addresses grow and never shrink."""
        given = row.values
        values: dict[str, Any] = {}
        for name, column in _TEXTS.items():
            if name in given and not (given[name] is None and column in _NEVER_BLANK):
                values[column] = "" if given[name] is None else given[name]
        values |= {name: plain(value) for name, value in given.items() if name.startswith(CUSTOM)}
        if name := _name(given):
            values["name"] = name
        if given.get("timezone") and says_more(record, given["timezone"]):
            values |= zone_of_file(given["timezone"])
        phones = [f"{each.number}|{each.extension}" for each in _phones(row)]
        for column, said in (("emails", given.get("emails") or []), ("phones", phones)):
            if said:
                known = list(record.get(column) or []) if record else []
                values[column] = known + [each for each in dict.fromkeys(said) if each not in known]
        self.mobiles |= {each.number for each in given.get("mobiles") or []}
        self._heard = self._consent(given, values, record)
        return self._completed(values) if record is None else values

    def _consent(self, given: Mapping[str, Any], values: Mapping[str, Any], record: Record | None) -> Heard:
        emails = values.get("emails") or (record.get("emails") if record else None) or []
        phones = values.get("phones") or (record.get("phones") if record else None) or []
        numbers = [number.partition("|")[0] for number in phones]
        return self.consents.said(given, emails=emails, numbers=numbers, at=self.at)

    def _completed(self, values: dict[str, Any]) -> dict[str, Any]:
        full = {
            "first_name": values.get("name", "").split(" ")[0][:200], "title": "", "role": ContactRole.UNKNOWN.value,
            "buying_role": BuyingRole.UNKNOWN.value, "is_decision_maker": False, "preferred_channel": "",
            "linkedin": "", "notes": "", "has_left": False, "emails": [], "phones": [],
            "source": AccountSource.IMPORT.value,
        }  # fmt: skip
        return full | values

    def check_new(self, values: Mapping[str, Any]) -> None:
        """A contact has a name, and the firm's own required fields."""
        if not values.get("name"):
            raise Refusal(Problem("name", "", "a contact needs a name"))
        self.check_required(self._required, values)

    def one_row(self, row: ImportRow) -> Outcome:
        """The account first is found, then the contact; nothing is made before all of the row is known to be right."""
        self.account = self.account_named(row)
        if not self._has_contact(row):
            return self._only_account(row)
        record = self.find(row)
        if record is not None and record.get("is_erased"):
            return self._skipped(row, "they asked to be forgotten, and nothing of them comes in")
        if record is not None and self.rules.mode is ImportMode.CREATE:
            if self.rules.on_duplicate is OnDuplicate.SKIP:
                return self._skipped(row, f"{self.name_of(record)} is there already")
            record = None
        if record is None and self.rules.mode is ImportMode.UPDATE:
            return self._skipped(row, "there is no such contact to update")
        values = self.values_of(row, record)
        heard = self._heard
        if record is None:
            self.check_new(values)
            account, made = self.account_for(row)
            made = made or self._edited(row, account)
            outcome = self.create(row, values | self._at_account(account, values))
            record = self.made[-1]
        else:
            made = self._edited(row, self.account) if self.account is not None else None
            outcome = self.change(row, record, values)
        if heard.new and outcome.result is RowResult.UNCHANGED:
            outcome.result = RowResult.UPDATED
        self.consents.keep(heard, record)
        return links.joined(outcome, made)

    def _has_contact(self, row: ImportRow) -> bool:
        return not self.edits_accounts or any(
            value is not None and not name.startswith(links.PREFIX) for name, value in row.values.items()
        )

    def _only_account(self, row: ImportRow) -> Outcome:
        self.accounts.rules = replace(self.accounts.rules, mode=self.rules.mode, on_duplicate=self.rules.on_duplicate)
        try:
            return self.accounts.one_row(self.link_of(row))
        except Refusal as refusal:
            raise links.of_account(refusal) from None

    def _edited(self, row: ImportRow, account: Record) -> Outcome | None:
        if not self.edits_accounts or self.rules.mode is ImportMode.CREATE:
            return None
        link = self.link_of(row)
        try:
            return self.accounts.change(link, account, self.accounts.values_of(link, account))
        except Refusal as refusal:
            raise links.of_account(refusal) from None

    def _at_account(self, account: Record, values: Mapping[str, Any]) -> dict[str, Any]:
        if values.get("timezone"):
            return {"account": account}
        theirs = Zone(*(account.get(name) or "" for name in ("timezone", "timezone_source", "timezone_confidence")))
        numbers = [number.partition("|")[0] for number in values["phones"]]
        zone = contact_zone(phones=numbers, account=theirs)
        return {"account": account, "timezone": zone.name, "timezone_source": zone.source,
                "timezone_confidence": zone.confidence}  # fmt: skip

    def write(self) -> None:
        """The batch, in a few statements."""
        self.take_ids(insert_contacts(self.made, mobiles=self.mobiles, rules=self.rules, at=self.at))
        update_contacts(self.changed, mobiles=self.mobiles, rules=self.rules, at=self.at)

    def finish(self) -> None:
        """Accounts, contacts, and what they said."""
        super().finish()
        self.consents.finish(at=self.at)
        self.mobiles = set()


class BothSession(ContactSession):
    """Accounts and contacts in the rows of one file."""

    edits_accounts = True


class Contacts:
    """Contacts as something to import; each row names its account."""

    key, label = "contacts", "Contacts"
    match_keys: Sequence[MatchKey] = contact_fields.MATCH_KEYS

    def fields(self) -> list[ImportField]:
        """The fields of contacts, the firm's own, and how the account is named."""
        own = account_fields.custom_fields(CustomEntity.CONTACT)
        return [*contact_fields.FIELDS, *own, *links.naming_fields()]

    def missing(self, given: Iterable[str]) -> str:
        """Somebody has to be named."""
        if {"name", "firstName", "lastName", "emails", "phones", "id", "externalId"} & set(given):
            return ""
        return "Say which column is the name of the contact."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return ContactSession(rules)


class AccountsAndContacts(Contacts):
    """A file whose rows are contacts with all there is about their accounts."""

    key, label = "accountsAndContacts", "Accounts with contacts"

    def fields(self) -> list[ImportField]:
        """The fields of both; those of accounts are told apart by their names."""
        known = {field.key for field in links.naming_fields()}
        of_accounts = [
            replace(field, key=links.PREFIX + field.key, label=f"Account: {field.label}")
            for field in (*account_fields.FIELDS, *account_fields.custom_fields(CustomEntity.ACCOUNT))
            if links.PREFIX + field.key not in known
        ]
        return [*super().fields(), *of_accounts]

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return BothSession(rules)


def _name(given: Mapping[str, Any]) -> str:
    parts = [given.get("firstName") or "", given.get("lastName") or ""]
    return str(given.get("name") or " ".join(part for part in parts if part))


def _phones(row: ImportRow) -> list[Phone]:
    return [*(row.values.get("phones") or []), *(row.values.get("mobiles") or [])]
