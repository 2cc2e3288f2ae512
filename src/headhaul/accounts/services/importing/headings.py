"""Which column is which field: as somebody said it last time for these headers, or as the headers suggest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from headhaul.accounts.errors import ImportNotReady
from headhaul.accounts.models import ImportMapping
from headhaul.accounts.ports.imports import ImportField, RecordImporter
from headhaul.kernel import Actor
from headhaul.security.models import User

IGNORE = ""  # a column that is not imported


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping and where it comes from; `remembered` says whose: mine, the firm's, or "" for a guess."""

    mapping: dict[str, str]
    remembered: str
    options: dict[str, object]


def plain(text: str) -> str:
    """A heading without the accidents of writing: "USDOT #" and usdot are one, so are dotNumber and DOT number."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower().replace("#", " number ").replace("&", " and ")
    words = re.sub(r"[^a-z0-9]+", " ", spaced).split()
    return "".join({"no": "number", "num": "number", "nr": "number"}.get(word, word) for word in words)


def fingerprint(columns: Sequence[str]) -> str:
    """What a set of headers is remembered by; their order does not matter."""
    return hashlib.sha256("\n".join(sorted(map(plain, columns))).encode()).hexdigest()[:32]


def propose(*, importer: RecordImporter, columns: Sequence[str], by: Actor) -> Proposal:
    """The remembered mapping, one's own before others', and otherwise a guess."""
    saved = ImportMapping.objects.filter(entity=importer.key, fingerprint=fingerprint(columns))
    own = saved.filter(user_id=by.user_id or 0).first()
    known = own or saved.order_by("-used_at").first()
    if known is None:
        return Proposal(guess(importer.fields(), columns), "", {})
    keys = {field.key for field in importer.fields()}
    mapping = {c: known.mapping.get(plain(c), IGNORE) for c in columns}
    kept = {column: key if key in keys else IGNORE for column, key in mapping.items()}
    return Proposal(kept, "mine" if own else "firm", dict(known.options))


def guess(fields: Sequence[ImportField], columns: Sequence[str]) -> dict[str, str]:
    """Each column with the field that its heading names, by label, key or synonym; each field once."""
    names: dict[str, list[ImportField]] = {}
    for field in fields:
        for name in (field.key, field.label, *field.synonyms):
            names.setdefault(plain(name), []).append(field)
    mapping: dict[str, str] = {}
    for column in columns:
        heading = re.sub(r"\(\d+\)$|(?<=[a-z])\s*[2-9]$", "", column.strip())
        candidates = [*names.get(plain(column), []), *names.get(plain(heading), [])]
        free = [each for each in candidates if each.takes_several or each.key not in mapping.values()]
        mapping[column] = free[0].key if free else IGNORE
    return mapping


def check(*, importer: RecordImporter, columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping of the columns that are imported. ImportNotReady names what cannot be so."""
    fields = {field.key: field for field in importer.fields()}
    used: dict[str, str] = {}
    for column, key in mapping.items():
        if column not in columns:
            raise ImportNotReady(f"The file has no column {column}.", fields={"mapping": f"{column} is unknown"})
        if key and key not in fields:
            raise ImportNotReady(f"{importer.label} have no field {key}.", fields={"mapping": f"{key} is unknown"})
        if key in used.values() and not fields[key].takes_several:
            raise ImportNotReady(
                f"Two columns are {fields[key].label}. Choose one.", fields={"mapping": f"{key} is there twice"}
            )
        if key:
            used[column] = key
    if missing := importer.missing(used.values()):
        raise ImportNotReady(missing, fields={"mapping": missing})
    return used


def remember(
    *, entity: str, columns: Sequence[str], mapping: Mapping[str, str], options: Mapping[str, object], by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Keep what somebody said about these headers."""
    said = {plain(column): mapping.get(column, IGNORE) for column in columns}
    ImportMapping.objects.update_or_create(
        entity=entity,
        fingerprint=fingerprint(columns),
        user=User.objects.filter(pk=by.user_id or 0).first(),
        defaults={"mapping": said, "options": dict(options), "used_at": at},
    )
