"""Rows that are accounts: found by number, domain, telephone, e-mail or name; the census fills what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headhaul import preferences
from headhaul.accounts.choices import (
    GIVEN_ZONES,
    AccountSource,
    AccountStatus,
    CustomEntity,
    FleetSource,
    ZoneConfidence,
    ZoneSource,
)
from headhaul.accounts.deriving import account_zone, keys_of
from headhaul.accounts.ports.imports import ImportField, ImportRow, MatchKey, Problem, Rules, Session
from headhaul.accounts.regions import region_of
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services.importing import account_fields, external, writing
from headhaul.accounts.services.importing.account_store import COLUMNS, insert_accounts, update_accounts
from headhaul.accounts.services.importing.sessions import CUSTOM, Record, RecordSession, Refusal, flat
from headhaul.accounts.services.tags import MOST
from headhaul.carriers.choices import Segment
from headhaul.carriers.preferences import SegmentSettings
from headhaul.carriers.services.segments import segment_of
from headhaul.kernel.addresses import domain_of, email_key, phone_key

_SAME = {"name", "status", "segment", "street", "city", "state", "zip", "region", "phone", "website", "description"}
_LOOKUPS = {
    "id": "a.id = any(%s)",
    "dotNumber": "a.dot_number = any(%s)",
    "domain": "(a.domain = any(%s) and a.domain <> '')",
    "phone": "(a.phone_key = any(%s) and a.phone_key <> '')",
    "email": "(lower(a.email) = any(%s) and a.email <> '')",
    "name": "lower(a.name) = any(%s)",
}
_READ = """
select {columns}, a.id, a.version,
       (select array_agg(tag order by tag) from accounts_accounttag t where t.account_id = a.id) as tags
from accounts_account a where {where} order by a.id {lock}
"""
_CENSUS = """
select dot_number, coalesce(nullif(dba_name, ''), nullif(legal_name, ''), 'DOT ' || dot_number) as name, segment,
       phy_street as street, phy_city as city, phy_state as state, phy_zip as zip, phone, lower(trim(email)) as email,
       effective_units as fleet_size, coalesce(mcs150_date, source_date) as fleet_as_of
from carriers_carrier where dot_number = any(%s)
"""


class AccountSession(RecordSession):
    """One import's work on accounts."""

    entity, one = "account", "account"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self._census: dict[int, dict[str, Any]] = {}
        self._taken: set[int] = set()
        self._required = account_fields.required_custom(CustomEntity.ACCOUNT)

    def load(self, rows: Sequence[ImportRow]) -> None:
        """Accounts that the rows name, as far as they are visible, and what the census says of their numbers."""
        wanted: dict[str, set[Any]] = {key: set() for key in _LOOKUPS if key in self.rules.match_on or key == "id"}
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        wanted["id"].update(known.values())
        for row in rows:
            for key in wanted:
                if (said := self.key_of(key, row)) is not None:
                    wanted[key].add(said[0] if key == "name" else said)
        self._read({key: sorted(values) for key, values in wanted.items() if values})
        self.know_names(known)
        dots = sorted({row.values["dotNumber"] for row in rows if row.values.get("dotNumber")})
        self._look_in_census(dots)

    def _read(self, wanted: Mapping[str, list[Any]]) -> None:
        if not wanted:
            return
        narrowed = Conditions()
        visible(narrowed, by=self.rules.by)
        narrowed.add(f"({' or '.join(_LOOKUPS[key] for key in wanted)})", *wanted.values())
        columns = ", ".join(f"a.{name}" for name in (*COLUMNS, "custom"))
        lock = "for update of a" if self.rules.writes else ""
        sql = _READ.format(columns=columns, where=narrowed.where, lock=lock)
        for found in fetch(sql, narrowed.parameters):
            if found["id"] not in self.records:
                own = flat(found.pop("custom"))
                values = {name: found[name] for name in COLUMNS} | {"tags": found["tags"] or []} | own
                self.put(Record(found["id"], found["version"], values))

    def _look_in_census(self, dots: Sequence[int]) -> None:
        if dots:
            self._census = {row.pop("dot_number"): row for row in fetch(_CENSUS, [dots])}
            taken = fetch("select dot_number from accounts_account where dot_number = any(%s)", [dots])
            self._taken = {row["dot_number"] for row in taken}

    def key_of(self, key: str, row: ImportRow) -> Any:
        """What a row says under a match key. A name goes with the state."""
        values = row.values
        if key == "domain":
            return domain_of(values.get("website") or "") or domain_of(values.get("email") or "") or None
        if key == "phone":
            return phone_key(values.get("phone") or "") or None
        if key == "email":
            return email_key(values.get("email") or "") or None
        if key == "name":
            return (values["name"].lower(),) if values.get("name") else None
        return values.get(key) or None

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under what an account is found."""
        yield "id", record.id
        found = {"dotNumber": "dot_number", "domain": "domain", "phone": "phone_key"}
        for key, name in found.items():
            if record.get(name):
                yield key, record.get(name)
        if record.get("email"):
            yield "email", email_key(record.get("email"))
        if record.get("name"):
            yield "name", (record.get("name").lower(),)

    def fits(self, key: str, record: Record, row: ImportRow) -> bool:
        """Another USDOT number is another company, and so is one of that name in another state."""
        dot, state = row.values.get("dotNumber"), row.values.get("state")
        if key != "externalId" and dot and record.get("dot_number") not in (None, dot):
            return False
        return key != "name" or not state or not record.get("state") or record.get("state") == state

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """A USDOT number is there once."""
        return row.values.get("dotNumber") is None or record.get("dot_number") != row.values["dotNumber"]

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values, what follows from them, and for a new account what the census knows."""
        given = row.values
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name in _SAME:
                values[name] = value if value is not None or name in ("status", "segment") else ""
            elif name.startswith(CUSTOM):
                values[name] = writing.plain(value)
        self._renamed(given, values, record)
        if values.get("name") == "" or (record is not None and not values.get("status", "-")):
            values = {name: v for name, v in values.items() if v not in ("", None) or name not in _NEVER_BLANK}
        self._check_dot(given, record)
        if record is None:
            values = self._completed(values, given.get("dotNumber"))
        return self._derived(values, record)

    def _renamed(self, given: Mapping[str, Any], values: dict[str, Any], record: Record | None) -> None:
        """Fields whose column has another name, or whose cell means more than its text."""
        for name, column in (("owner", "owner_id"), ("team", "team_id")):
            if name in given:
                values[column] = given[name]
        if "dotNumber" in given and given["dotNumber"] is not None:
            values["dot_number"] = given["dotNumber"]
        if given.get("source"):
            values["source"] = given["source"]
        if "email" in given:
            values["email"] = _email(given["email"])
        if "fleetSize" in given:
            known = given["fleetSize"] is not None
            values["fleet_size"] = given["fleetSize"]
            values["fleet_source"] = FleetSource.PERSON.value if known else FleetSource.UNKNOWN.value
        if given.get("timezone") and says_more(record, given["timezone"]):
            values |= zone_of_file(given["timezone"])
        if given.get("tags"):
            values["tags"] = given["tags"]

    def _check_dot(self, given: Mapping[str, Any], record: Record | None) -> None:
        dot = given.get("dotNumber")
        if dot is None or (record is not None and record.get("dot_number") == dot):
            return
        if dot in self._taken or self.index.get(("dotNumber", dot)):
            raise Refusal(Problem("dotNumber", str(dot), "another account has this USDOT number"))

    def _completed(self, values: dict[str, Any], dot: int | None) -> dict[str, Any]:
        full = {
            "status": AccountStatus.TARGET.value, "segment": Segment.UNKNOWN.value, "tags": [],
            "source": AccountSource.IMPORT.value, **dict.fromkeys(_TEXTS, ""),
        }  # fmt: skip
        if dot in self._census:
            known = dict(self._census[dot])
            as_of = known.pop("fleet_as_of")
            if known["fleet_size"] is not None:
                known |= {"fleet_source": FleetSource.CENSUS.value, "fleet_as_of": as_of}
            full |= {name: value for name, value in known.items() if value is not None}
        full |= {name: value for name, value in values.items() if value not in ("", None)}
        if values.get("fleet_size") is not None and "segment" not in values:
            full["segment"] = segment_of(values["fleet_size"], None, preferences.get(SegmentSettings).cut_offs).value
        return full

    def _derived(self, values: dict[str, Any], record: Record | None) -> dict[str, Any]:
        def now(name: str) -> Any:
            return values[name] if name in values else (record.get(name) if record else "")

        if values.get("fleet_source") == FleetSource.PERSON and (
            record is None or record.get("fleet_size") != values["fleet_size"]
        ):
            values["fleet_as_of"] = self.at.date()
        moved = "state" in values and (record is None or record.get("state") != values["state"])
        if moved and not values.get("region"):
            values["region"] = region_of(values["state"] or "")
        if record is None or any(name in values for name in ("phone", "website", "email", "zip", "state")):
            keys = keys_of(phone=now("phone") or "", website=now("website") or "", email=now("email") or "",
                           zip_code=now("zip") or "", state=now("state") or "")  # fmt: skip
            values |= {"phone_key": keys.phone_key, "domain": keys.domain}
            if now("timezone_source") not in GIVEN_ZONES:
                zone = account_zone(zip_code=now("zip") or "", state=now("state") or "", phone=keys.phone_key)
                values |= dict(zip(("timezone", "timezone_source", "timezone_confidence"), zone, strict=True))
        if "tags" in values and record is not None:
            values["tags"] = sorted({*(record.get("tags") or []), *values["tags"]})
        if len(values.get("tags") or []) > MOST:
            raise Refusal(Problem("tags", "", f"the account would have more than {MOST} tags"))
        return values

    def check_new(self, values: Mapping[str, Any]) -> None:
        """An account has a name, and the firm's own required fields."""
        if not values.get("name"):
            told = "a new account needs a name, or a USDOT number of the census"
            raise Refusal(Problem("name", "", told))
        self.check_required(self._required, values)

    def write(self) -> None:
        """The batch, in a few statements."""
        self.take_ids(insert_accounts(self.made, rules=self.rules, at=self.at))
        update_accounts(self.changed, rules=self.rules, at=self.at)


_NEVER_BLANK = {"name", "status", "segment"}
_TEXTS = ("street", "city", "state", "zip", "region", "phone", "email", "website", "description", "fleet_source")


def _email(text: str | None) -> str:
    if not text:
        return ""
    address = email_key(text)
    if not address:
        raise Refusal(Problem("email", text, "E-mail is no e-mail address"))
    return address


def says_more(record: Record | None, zone: str) -> bool:
    """Whether a file's zone is taken: where it is another one, and no person set one, who knew better."""
    return record is None or (record.get("timezone_source") != ZoneSource.PERSON and record.get("timezone") != zone)


def zone_of_file(name: str) -> dict[str, str]:
    """A zone as a file says it: nobody here has looked."""
    return {
        "timezone": name,
        "timezone_source": ZoneSource.FILE.value,
        "timezone_confidence": ZoneConfidence.MEDIUM.value,
    }


class Accounts:
    """Accounts as something to import."""

    key, label = "accounts", "Accounts"
    match_keys: Sequence[MatchKey] = account_fields.MATCH_KEYS

    def fields(self) -> list[ImportField]:
        """The fields of accounts and the firm's own."""
        return [*account_fields.FIELDS, *account_fields.custom_fields(CustomEntity.ACCOUNT)]

    def missing(self, given: Iterable[str]) -> str:
        """Something has to say which company it is."""
        if {"name", "dotNumber", "id", "externalId"} & set(given):
            return ""
        return "Say which column is the name or the USDOT number."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return AccountSession(rules)
