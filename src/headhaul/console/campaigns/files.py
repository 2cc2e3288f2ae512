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
_PARTS = ("part", "n", "percent", "low", "high")
_RATES = ("bounce", "click", "reply", "complaint", "unsubscribe")


def as_csv(name: str, lines: Iterable[tuple[str, Any]]) -> HttpResponse:
    """One row for each line: its name, its counts, its rates with their range, its funnel in carriers."""
    rows = list(lines)
    stages = [step.stage.value for step in rows[0][1].funnel] if rows else []
    head = [f"{rate}_{part}" for rate in _RATES for part in _PARTS]
    return table_file(
        name,
        ["name", *_COUNTS, *head, *[f"carriers_{stage}" for stage in stages]],
        ([label, *_cells(line)] for label, line in rows),
    )


def _cells(line: Any) -> list[Any]:
    rates = [getattr(line.rates, rate) for rate in _RATES]
    known = [getattr(rate, part) for rate in rates for part in _PARTS]
    return [*[getattr(line.counts, each) for each in _COUNTS], *known, *[step.carriers for step in line.funnel]]
