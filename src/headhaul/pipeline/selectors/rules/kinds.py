"""The kinds of facts that rules know, how each can be compared, and what may stand beside the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from headhaul.pipeline.choices import Comparison as Op

ONE_OF = (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN)
THERE = (Op.IS_SET, Op.IS_EMPTY)
SIZED = (Op.IS, Op.IS_NOT, Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST)
OPS: Mapping[str, tuple[Op, ...]] = {
    "choice": (*ONE_OF, *THERE),
    "text": (Op.IS, Op.IS_NOT, Op.CONTAINS, *THERE),
    "number": (*SIZED, *THERE),
    "money": (*SIZED, *THERE),
    "date": (Op.BEFORE, Op.AFTER, Op.WITHIN_DAYS, *THERE),
    "yes_no": (Op.IS,),
    "user": (*ONE_OF, *THERE),
    "team": (*ONE_OF, *THERE),
    "tags": (Op.HAS, Op.HAS_NOT, *THERE),
}
WITHOUT_VALUE = frozenset(THERE)
WITH_LIST = frozenset({Op.IN, Op.NOT_IN})
MOST = 10**15


def fault_of(kind: str, op: Op, value: Any, choices: Mapping[str, str]) -> str:
    """What is wrong with the value beside the comparison; "" when nothing is."""
    if op in WITHOUT_VALUE:
        return "" if value is None else "leave it out: nothing is compared"
    if op in WITH_LIST:
        if not isinstance(value, list) or not value:
            return "a list of at least one value"
        return next((fault for one in value if (fault := _single(kind, op, one, choices))), "")
    if isinstance(value, list):
        return "a single value"
    return _single(kind, op, value, choices)


def _single(kind: str, op: Op, value: Any, choices: Mapping[str, str]) -> str:
    if kind in ("number", "money") or op is Op.WITHIN_DAYS:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MOST
        return "" if fits else "a number, for money in cents" if kind == "money" else "a number"
    match kind:
        case "yes_no":
            return "" if isinstance(value, bool) else "true or false"
        case "date":
            return "" if _is_date(value) else "a date such as 2026-11-18"
        case "user" | "team":
            known = isinstance(value, int) and not isinstance(value, bool) and str(value) in choices
            return "" if known else f"the id of an active {kind}"
        case "choice":
            return "" if isinstance(value, str) and value in choices else _among(choices)
    return "" if isinstance(value, str) and value else "a text"


def _among(choices: Mapping[str, str]) -> str:
    names = list(choices)
    return f"one of {', '.join(names[:12])}{' …' if len(names) > 12 else ''}"


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
