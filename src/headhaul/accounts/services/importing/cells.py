"""The text of a cell as the value of a field. What does not fit is a ValueError that says what would."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from headhaul.accounts.ports.imports import ImportField, Kind
from headhaul.accounts.services import tags
from headhaul.accounts.services.importing import dates
from headhaul.accounts.services.importing.headings import plain
from headhaul.kernel import InvalidData, Role
from headhaul.kernel.addresses import email_key, phone_key
from headhaul.kernel.places import STATES
from headhaul.kernel.schemas import MAX_DOT_NUMBER
from headhaul.security.models import Team, User

LONGEST_TEXT = 50_000
MOST_WHOLE = 2**31 - 1
MOST_CENTS = 10**15
MOST_ADDRESSES = 10
_YES = frozenset(["true", "yes", "y", "t", "1", "x", "on", "wahr", "ja", "si", "oui", "checked"])
_NO = frozenset(["false", "no", "n", "f", "0", "off", "nein", "non", "unchecked"])
_EXTENSION = re.compile(r"(?:\s*(?:,|;|x|ext\.?|extension|#)\s*)(\d{1,8})\s*$", re.IGNORECASE)
_EXCEL_ERROR = re.compile(r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u2400]")
_NUMBER_WORDS = {"k": 10**3, "m": 10**6, "mm": 10**6}


@dataclass(slots=True)
class Phone:
    """A telephone number and its extension."""

    number: str
    extension: str = ""


@dataclass
class Reader:
    """Reads cells. `order` is that of the column's dates, `zone` the reader's."""

    zone: tzinfo = UTC
    _choices: dict[str, dict[str, str]] = field(default_factory=dict)

    def read(self, wanted: ImportField, text: str, *, order: str) -> Any:
        """The value; the text is not blank."""
        if _EXCEL_ERROR.match(text):
            raise ValueError("is an error of the spreadsheet; correct its formula")
        if wanted.kind in (Kind.DATE, Kind.MOMENT):
            if wanted.kind is Kind.DATE:
                return dates.to_date(text, order=order)
            return dates.to_moment(text, order=order, zone=self.zone)
        if wanted.kind is Kind.CHOICE:
            return self._choice(wanted, text)
        if wanted.kind is Kind.SEVERAL:
            return [self._choice(wanted, each) for each in _split(text)]
        if wanted.kind is Kind.USER:
            return self._user(text)
        if wanted.kind is Kind.TEAM:
            return self._team(text)
        return _READ[wanted.kind](wanted, text)

    def _choice(self, wanted: ImportField, text: str) -> str:
        known = self._choices.get(wanted.key)
        if known is None:
            pairs = [(plain(label), word) for word, label in wanted.choices.items()]
            pairs += [(plain(word), word) for word in wanted.choices]
            pairs += [(plain(said), word) for said, word in wanted.aliases.items()]
            known = self._choices[wanted.key] = dict(pairs)
        found = known.get(plain(text))
        if found is None:
            raise ValueError(f"is none of: {', '.join(list(wanted.choices)[:12])}")
        return found

    def _user(self, text: str) -> int:
        found = self._users.get(text.strip().lower())
        if found is None:
            raise ValueError("is no active user who works accounts; write the e-mail address they sign in with")
        if found == 0:
            raise ValueError("is the name of two users; write the e-mail address")
        return found

    def _team(self, text: str) -> int:
        found = self._teams.get(text.strip().lower())
        if found is None:
            raise ValueError("is no team of ours")
        return found

    @cached_property
    def _users(self) -> dict[str, int]:
        known: dict[str, int] = {}
        for user in User.objects.filter(is_active=True):
            if user.effective_role is not None and user.effective_role.allows(Role.REP):
                if user.name:
                    known[user.name.lower()] = 0 if user.name.lower() in known else user.pk
                known[user.email] = user.pk
        return known

    @cached_property
    def _teams(self) -> Mapping[str, int]:
        return {team.name.lower(): team.pk for team in Team.objects.filter(is_active=True)}


def clean(text: str) -> str:
    """The text without what no cell means: white space around it, and the apostrophe that makes a formula text."""
    stripped = text.strip()
    return stripped[1:] if len(stripped) > 1 and stripped[0] == "'" and stripped[1] in "=+-@|%\t" else stripped


def _text(wanted: ImportField, text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds characters that no text has")
    line = " ".join(text.split())
    if len(line) > wanted.longest:
        raise ValueError(f"has {len(line):,} characters, more than {wanted.longest}")
    return unicodedata.normalize("NFC", line)


def _long_text(wanted: ImportField, text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds characters that no text has")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"has {len(text):,} characters, more than {LONGEST_TEXT:,}")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decimal(text: str) -> Decimal:
    bare = re.sub(r"[\s$€£,_]|USD", "", text.strip())
    if re.fullmatch(r"\(.+\)", bare):
        bare = "-" + bare[1:-1]
    scale = 1
    if found := re.fullmatch(r"([-\d.]+)(k|mm?)", bare, re.IGNORECASE):
        bare, scale = found[1], _NUMBER_WORDS[found[2].lower()]
    try:
        value = Decimal(bare) * scale
    except InvalidOperation:
        raise ValueError("is no number") from None
    if not value.is_finite() or abs(value) > 10**18:
        raise ValueError("is no number that can be kept")
    return value


def _whole(_: ImportField, text: str) -> int:
    value = _decimal(text)
    if value != value.to_integral_value() or not 0 <= value <= MOST_WHOLE:
        raise ValueError("is no whole number from 0 on")
    return int(value)


def _number(_: ImportField, text: str) -> float:
    value = float(_decimal(text))
    if not math.isfinite(value):
        raise ValueError("is no number")
    return int(value) if value.is_integer() else value


def _money(_: ImportField, text: str) -> int:
    cents = round(_decimal(text) * 100)
    if not 0 <= cents <= MOST_CENTS:
        raise ValueError("is no amount from 0 on")
    return cents


def _yes_no(_: ImportField, text: str) -> bool:
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("is neither yes nor no")


def _dot_number(_: ImportField, text: str) -> int:
    digits = re.sub(r"(?i)^\s*(?:us)?\s*dot\s*(?:#|no\.?|number)?\s*:?\s*", "", text.strip()).removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,10}", digits) or not 1 <= int(digits) <= MAX_DOT_NUMBER:
        raise ValueError("is no USDOT number; it has 1 to 8 digits")
    return int(digits)


_STATES = {plain(state.name): code for code, state in STATES.items()} | {code.lower(): code for code in STATES}


def _state(_: ImportField, text: str) -> str:
    found = _STATES.get(plain(text))
    if found is None:
        raise ValueError("is no state; write two letters, as TX")
    return found


def _zip(_: ImportField, text: str) -> str:
    found = re.fullmatch(r"([0-9]{3,5})(?:[-\s]?([0-9]{4}))?", text.strip().removesuffix(".0"))
    if not found:
        raise ValueError("is no ZIP code; it has five digits")
    return found[1].zfill(5)


def _emails(_: ImportField, text: str) -> list[str]:
    found = []
    for each in _split(text):
        named = re.search(r"<([^<>]+)>", each)
        address = email_key(named[1] if named else each)
        if not address:
            raise ValueError("is no e-mail address")
        found.append(address)
    return found[:MOST_ADDRESSES]


def _phones(_: ImportField, text: str) -> list[Phone]:
    found = []
    for each in re.split(r"[;\n|/]", text):
        if not each.strip():
            continue
        extension = _EXTENSION.search(each)
        bare = each[: extension.start()] if extension and phone_key(each[: extension.start()]) else each
        number = phone_key(bare.removesuffix(".0"))
        if not number:
            raise ValueError("is no telephone number")
        found.append(Phone(number, extension[1] if extension and bare != each else ""))
    return found[:MOST_ADDRESSES]


def _words(_: ImportField, text: str) -> list[str]:
    try:
        return [tags.normal(each) for each in _split(text)]
    except InvalidData as fault:
        raise ValueError("is no tag: " + next(iter(fault.fields.values()))) from None


def _zone(_: ImportField, text: str) -> str:
    named = _ZONES.get(plain(text), text.strip())
    if named not in available_timezones():
        raise ValueError("is no time zone; write it as America/Chicago")
    return ZoneInfo(named).key


_ZONES = {
    "eastern": "America/New_York", "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "central": "America/Chicago", "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mountain": "America/Denver", "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "pacific": "America/Los_Angeles", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu",
}  # fmt: skip


def _document(_: ImportField, text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT:,} characters")
    try:
        return json.loads(text, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None


def _split(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"[;,\n|]", text) if each.strip()]


_READ: dict[Kind, Callable[[ImportField, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.YES_NO: _yes_no,
    Kind.DOT_NUMBER: _dot_number,
    Kind.STATE: _state,
    Kind.ZIP: _zip,
    Kind.EMAILS: _emails,
    Kind.PHONES: _phones,
    Kind.WORDS: _words,
    Kind.ZONE: _zone,
    Kind.DOCUMENT: _document,
}
