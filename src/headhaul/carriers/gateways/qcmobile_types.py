"""FMCSA's spellings made into values: numbers as text, Y/N/u, thousands of dollars, percentages in words.

Each reader takes what has been seen or documented and refuses the rest, so that a change of format is noticed
instead of becoming a wrong fact. Blank means unknown and stays apart from 0.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

_TRUE, _FALSE = {"Y", "YES", "TRUE", "T"}, {"N", "NO", "FALSE", "F"}
_UNKNOWN = {
    "",
    "U",
    "UNKNOWN",
    "-1",
    "NOT PUBLIC",
    "INCONCLUSIVE",
    "INSUFFICIENT DATA",
    "NO VIOLATIONS",
    "N/A",
}
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{0,60})?([eE]-?[0-9]{1,3})?")
_RATINGS = {"S": "S", "SATISFACTORY": "S", "C": "C", "CONDITIONAL": "C", "U": "U", "UNSATISFACTORY": "U"}
_INVISIBLE = dict.fromkeys((*range(0x20), 0x7F, 0x200B, 0x200C, 0x200D, 0xFEFF))
_FMCSA_CLOCK = ZoneInfo("America/New_York")


def _plain(value: Any) -> str:
    """One line of visible text; control and zero-width characters are left out."""
    if value is None:
        return ""
    if not isinstance(value, (str, int, float, Decimal)) or isinstance(value, bool):
        raise ValueError("should be text or a number")
    return " ".join(" ".join(str(value).split()).translate(_INVISIBLE).split())


def _text(value: Any) -> str | None:
    return _plain(value)[:500] or None


def _code(value: Any) -> str | None:
    text = _plain(value).upper()
    if len(text) > 40:
        raise ValueError("should be a short code")
    return text or None


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = _plain(value).upper()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text in _UNKNOWN:
        return None
    raise ValueError("should be Y, N or u")


def _number(value: Any) -> Decimal | None:
    text = _plain(value).replace(",", "")
    if text == "":
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("should be a number")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("should be a number") from error


def _count(value: Any) -> int | None:
    number = _number(value)
    if number is None or number == -1:
        return None
    if number != number.to_integral_value() or not 0 <= number <= 10**12:
        raise ValueError("should be a count")
    return int(number)


def _measure(value: Any) -> Decimal | None:
    """A rate, measure or threshold to four places; FMCSA's own have up to 38."""
    text = _plain(value).removesuffix("%").strip()
    number = None if text.upper() in _UNKNOWN else _number(text)
    if number is None:
        return None
    if not 0 <= number <= 10**9:
        raise ValueError("should not be negative")
    return number.quantize(Decimal("0.0001"))


def _percentile(value: Any) -> Decimal | None:
    """A percentile, or None where FMCSA says in words why there is none."""
    text = _plain(value)
    if not text[:1].isdigit():
        return None
    number = _measure(text)
    if number is not None and number > 100:
        raise ValueError("should be at most 100 %")
    return number


def _thousands_to_dollars(value: Any) -> int | None:
    number = _number(value)
    if number is None:
        return None
    if not 0 <= number <= 10**9:
        raise ValueError("should be an amount in thousands of dollars")
    return int(number * 1000)


def _day(value: Any) -> date | None:
    """An ISO day, or an instant, which counts as the day it was at FMCSA in Washington."""
    text = _plain(value)
    if text == "":
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return date.fromisoformat(text)
    return _moment_of(text).astimezone(_FMCSA_CLOCK).date()


def _moment_of(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}([+-][0-9]{2}:?[0-9]{2}|Z)", text):
        raise ValueError("should be a date like 2021-02-28")
    return datetime.fromisoformat(text).astimezone(UTC)


def moment(value: Any) -> datetime | None:
    """An instant such as `2021-02-28T06:33:31.490+0000`, None when absent; ValueError for anything else."""
    text = _plain(value)
    return _moment_of(text) if text else None


def _rating(value: Any) -> str | None:
    text = _plain(value).upper()
    if text in {"", "NONE", "N", "NOT RATED", "UNRATED"}:
        return None
    if text not in _RATINGS:
        raise ValueError("should be S, C or U")
    return _RATINGS[text]


Text = Annotated[str | None, BeforeValidator(_text)]
Code = Annotated[str | None, BeforeValidator(_code)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Count = Annotated[int | None, BeforeValidator(_count)]
Measure = Annotated[Decimal | None, BeforeValidator(_measure)]
Percentile = Annotated[Decimal | None, BeforeValidator(_percentile)]
DollarsFromThousands = Annotated[int | None, BeforeValidator(_thousands_to_dollars)]
Day = Annotated[date | None, BeforeValidator(_day)]
Rating = Annotated[str | None, BeforeValidator(_rating)]
