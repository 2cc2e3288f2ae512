"""Tables of what was seen, beside goals and baselines, as ratios."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bench.baselines import Yardstick

_console = Console(width=160, highlight=False)


class Report:
    """Rows collected, printed at the end."""

    def __init__(self, title: str) -> None:
        self._table = Table(title=title, title_justify="left")
        for column, justify in (("what", "left"), ("seen", "right"), ("goal", "right"), ("of goal", "right")):
            self._table.add_column(column, justify=justify)
        self._table.add_column("beside others (how many times their cost is ours; more is better)")

    def fact(self, what: str, seen: str, note: str = "") -> None:
        """A row without a goal."""
        self._table.add_row(what, seen, "", "", note)

    def measured(self, yardstick: Yardstick, seen: float, *, what: str = "", note: str = "") -> None:
        """A row with a goal: green when met."""
        ratios = [f"{name} {value / seen:.3g}×" for name, value in yardstick.others.items()] if seen else []
        goal = yardstick.goal
        share = "" if goal is None else f"{seen / goal:.0%}"
        tone = "" if goal is None else ("[green]" if seen <= goal else "[red]")
        self._table.add_row(
            what or yardstick.what,
            f"{seen:.3g} {yardstick.unit}",
            "" if goal is None else f"≤ {goal:.3g} {yardstick.unit}",
            f"{tone}{share}",
            " · ".join([*ratios, note] if note else ratios),
        )

    def print(self) -> None:
        """Show the table."""
        _console.print(self._table)
