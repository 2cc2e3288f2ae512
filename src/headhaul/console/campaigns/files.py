"""A report as a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from headhaul.console.ui.files import table_file

_COUNTS = (
    "planned", "waiting", "not_sent", "sent", "delivered", "confirmed", "tracked", "bounced", "failed", "unknown",
    "opened", "clicked_human", "clicked_unknown", "clicked_machine", "replied", "auto_replied", "complained",
    "unsubscribed",
)  # fmt: skip
_CALLS = ("made", "conversations", "gatekeeper", "not_reached", "open", "meetings", "talk_minutes")
_PARTS = ("part", "n", "percent", "low", "high")
_RATES = ("bounce", "click", "reply", "complaint", "unsubscribe")


def as_csv(name: str, lines: Iterable[tuple[str, Any, Any]]) -> HttpResponse:
    """One row for each line: its name, its counts, its rates with their range, its funnel in carriers, its calls.

    A channel has messages or calls; the columns of what it has not stay empty.
    """
    rows = list(lines)
    stages = next(([step.stage.value for step in line.funnel] for _, line, _ in rows if line is not None), [])
    head = [f"{rate}_{part}" for rate in _RATES for part in _PARTS]
    calls = [name if name == "talk_minutes" else f"calls_{name}" for name in _CALLS]
    blanks = len(_COUNTS) + len(head) + len(stages)
    return table_file(
        name,
        ["name", *_COUNTS, *head, *[f"carriers_{stage}" for stage in stages], *calls],
        ([label, *_cells(line, blanks), *_calls(counts)] for label, line, counts in rows),
    )


def _cells(line: Any, blanks: int) -> list[Any]:
    if line is None:
        return [""] * blanks
    rates = [getattr(line.rates, rate) for rate in _RATES]
    known = [getattr(rate, part) for rate in rates for part in _PARTS]
    return [*[getattr(line.counts, each) for each in _COUNTS], *known, *[step.carriers for step in line.funnel]]


def _calls(counts: Any) -> list[Any]:
    return ["" if counts is None else getattr(counts, each) for each in _CALLS]
