"""Paging by position, not by count: a cursor is the sort key of the last row seen, opaque to whoever carries it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headhaul.kernel.errors import InvalidData

COUNT_LIMIT = 1_000  # totals are exact up to here; beyond, "more than 1,000" costs nothing and says enough


def encode_cursor(sort: str, values: Sequence[Any]) -> str:
    """A cursor for the row whose sort key is `values`, bound to the name of the sort it belongs to."""
    packed = json.dumps([sort, *[_plain(value) for value in values]], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, sort: str, types: Sequence[type]) -> list[Any]:
    """The sort key inside `cursor`.

    `types` are the Python types of its parts (str, int, float, date, datetime, Decimal); a part may be None.
    Raises InvalidData for a cursor that was cut, forged, or made for another sort.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(parts, list) or parts[0] != sort or len(parts) != len(types) + 1:
            raise ValueError("another sort")
        return [_typed(part, kind) for part, kind in zip(parts[1:], types, strict=True)]
    except (ValueError, TypeError, IndexError, ArithmeticError, binascii.Error, RecursionError) as error:
        raise InvalidData(
            "This cursor does not belong to this list; start again from the first page.",
            fields={"cursor": "leave it out, or send nextCursor of the answer before with the same sort"},
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(part: Any, kind: type) -> Any:
    if part is None:
        return None
    if kind in (date, datetime):
        return kind.fromisoformat(part)
    if kind is Decimal:
        return Decimal(part)
    if kind is float and isinstance(part, int) and not isinstance(part, bool):
        return float(part)
    if type(part) is not kind:
        raise ValueError("another type")
    if isinstance(part, str) and b"\x00" in part.encode():  # encode() refuses lone surrogates
        raise ValueError("NUL")
    if isinstance(part, int) and abs(part) >= 2**63:
        raise ValueError("out of range")
    return part
