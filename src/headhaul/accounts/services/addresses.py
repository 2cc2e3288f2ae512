"""A contact's e-mail addresses and telephone numbers: whole lists, one primary each, validity kept with the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.choices import Validity
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import email_key, telephone

Line = dict[str, Any]
Lines = dict[str, list[Line]]  # emails and phones, all as they shall be, the primary one first

_OF = {
    "emails": ("accounts_contactemail", ("address",)),
    "phones": ("accounts_contactphone", ("number", "extension")),
}
FAILING = frozenset({Validity.INVALID.value, Validity.BOUNCED.value})
_REST = ("label", "is_primary", "validity", "validity_at")


def none() -> Lines:
    """Of somebody new."""
    return {"emails": [], "phones": []}


def of_contact(contact_id: int) -> Lines:
    """What is there now."""
    found = {}
    for kind, (table, keys) in _OF.items():
        names = ", ".join((*keys, *_REST))
        sql = f"select {names} from {table} where contact_id = %s order by is_primary desc, id"
        found[kind] = fetch(sql, [contact_id])
    return Lines(emails=found["emails"], phones=found["phones"])


def checked(values: Mapping[str, Any], *, kept: Lines | None = None) -> Lines:
    """The lists that `values` asks for, in one spelling; a list that is left out stays as it is.

    Raises InvalidData that names the line which is no address. An address given twice is one.
    """
    now = kept or Lines(emails=[], phones=[])
    lines = Lines(emails=now["emails"], phones=now["phones"])
    if "emails" in values:
        lines["emails"] = _list("emails", values["emails"] or [], now["emails"], _email)
    if "phones" in values:
        lines["phones"] = _list("phones", values["phones"] or [], now["phones"], _phone)
    return lines


def usable(lines: Lines) -> set[str]:
    """The addresses and numbers among them that are not known to fail."""
    mails = {line["address"] for line in lines["emails"] if line["validity"] not in FAILING}
    return mails | {line["number"] for line in lines["phones"] if line["validity"] not in FAILING}


def changed(now: Lines, lines: Lines) -> dict[str, tuple[Any, Any]]:
    """The (old, new) pair of each list that would change, as history tells it: addresses with what was said of them."""
    pairs = {
        "emails": (_told("emails", now["emails"]), _told("emails", lines["emails"])),
        "phones": (_told("phones", now["phones"]), _told("phones", lines["phones"])),
    }
    return {kind: pair for kind, pair in pairs.items() if pair[0] != pair[1]}


def first(lines: Lines) -> dict[str, tuple[Any, Any]]:
    """The history of addresses of somebody new."""
    told = {"emails": _told("emails", lines["emails"]), "phones": _told("phones", lines["phones"])}
    return {kind: (None, words) for kind, words in told.items() if words}


def write(*, contact_id: int, lines: Lines, now: Lines, at: datetime) -> None:
    """Make the tables, which say `now`, say so. A row whose address stays is kept: what points at it does not move."""
    for kind, (table, keys) in _OF.items():
        if lines[kind] != now[kind]:
            _write(table, keys, contact_id, lines[kind], at=at, is_new=not now[kind])


def back(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines under their wire names, for taking a change back."""
    wire = {"is_primary": "isPrimary", "validity_at": "validityAt"}
    return [
        {
            wire.get(name, name): value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in lines
    ]


def _list(kind: str, asked: Sequence[Any], now: Sequence[Line], read: Any) -> list[Line]:
    keys = _OF[kind][1]
    known = {tuple(line[key] for key in keys): line for line in now}
    found: dict[tuple[Any, ...], Line] = {}
    for number, item in enumerate(asked):
        given = item if isinstance(item, Mapping) else item.model_dump()
        line = read(given, f"{kind}.{number}")
        key = tuple(line[name] for name in keys)
        before = known.get(key, {})
        line |= {
            "label": given.get("label") or "",
            "is_primary": bool(given.get("is_primary")),
            "validity": str(given.get("validity") or before.get("validity") or Validity.UNKNOWN),
            "validity_at": given.get("validity_at") or (None if given.get("validity") else before.get("validity_at")),
        }
        found.setdefault(key, line)
    return _one_primary(kind, list(found.values()))


def _one_primary(kind: str, lines: list[Line]) -> list[Line]:
    chosen = [line for line in lines if line["is_primary"]]
    if len(chosen) > 1:
        raise InvalidData("Only one can be the primary one.", fields={kind: "isPrimary at most once"})
    if lines and not chosen:
        lines[0]["is_primary"] = True
    return sorted(lines, key=lambda line: not line["is_primary"])


def _email(given: Mapping[str, Any], where: str) -> Line:
    key = email_key(given["address"])
    if not key:
        raise InvalidData(
            f"{given['address'][:80]} is no e-mail address.", fields={f"{where}.address": "for example joe@example.com"}
        )
    return {"address": key}


def _phone(given: Mapping[str, Any], where: str) -> Line:
    found = telephone(given["number"])
    if not found.number:
        raise InvalidData(
            f"{given['number'][:60]} is no telephone number.",
            fields={f"{where}.number": "with area code, for example (214) 555-0100"},
        )
    return {"number": found.number, "extension": given.get("extension") or found.extension}


def _told(kind: str, lines: Sequence[Line]) -> list[str]:
    return [_words(kind, line) for line in lines]


def _words(kind: str, line: Line) -> str:
    name = line["address"] if kind == "emails" else line["number"]
    if line.get("extension"):
        name += f" ext. {line['extension']}"
    notes = [line["label"], "" if line["validity"] == Validity.UNKNOWN else line["validity"]]
    said = ", ".join(note for note in notes if note)
    return f"{name} ({said})" if said else name


def _write(
    table: str, keys: tuple[str, ...], contact_id: int, wanted: Sequence[Line], *, at: datetime, is_new: bool
) -> None:
    names = ", ".join((*keys, *_REST))
    types = [*(["text"] * len(keys)), "text", "boolean", "text", "timestamptz"]
    columns = [[line[name] for line in wanted] for name in (*keys, *_REST)]
    unnest = ", ".join(f"%s::{kind}[]" for kind in types)
    same = " and ".join(f"t.{key} = w.{key}" for key in keys)
    with connection.cursor() as cursor:
        if not is_new:
            cursor.execute(f"update {table} set is_primary = false where contact_id = %s and is_primary", [contact_id])
            cursor.execute(
                f"delete from {table} t where t.contact_id = %s and not exists"
                f" (select from unnest({unnest}) as w({names}) where {same})",
                [contact_id, *columns],
            )
        cursor.execute(
            f"insert into {table} as t (contact_id, {names})"
            f" select %s, {', '.join(f'w.{n}' for n in (*keys, 'label', 'is_primary', 'validity'))},"
            f" case when w.validity = 'unknown' then null else coalesce(w.validity_at, %s) end"
            f" from unnest({unnest}) with ordinality as w({names}, place) order by w.place"
            f" on conflict (contact_id, {', '.join(keys)}) do update set label = excluded.label,"
            f" is_primary = excluded.is_primary, validity = excluded.validity, validity_at = excluded.validity_at",
            [contact_id, at, *columns],
        )
