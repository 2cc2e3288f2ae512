"""Goals, and what others need for the same work.

All baselines were measured on 2 vCPU AMD EPYC (Zen 4, KVM), 24 GiB, Debian 12, in November 2026, with other
work on the machine: CPU seconds and milliseconds are the numbers to compare, wall times are noisy. The
peers ran untuned, as shipped, over the same 100,000 accounts, 100,000 contacts, 50,000 opportunities and
200,000 activities: EspoCRM 9.1.7 (php-fpm, MariaDB 10.11), Odoo Community 17 (2 workers, PostgreSQL 15),
BottleCRM (gunicorn, PostgreSQL 15). The floor is a bare asyncpg program without sign-in, permissions,
validation or audit: what nobody can go below by much.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A goal (at most, in `unit`) and what others need for the same work."""

    what: str
    unit: str
    goal: float | None
    others: dict[str, float] = field(default_factory=dict)

    def scaled(self, by: float) -> Yardstick:
        """The same for `by` times the work."""
        goal = None if self.goal is None else self.goal * by
        return Yardstick(self.what, self.unit, goal, {name: value * by for name, value in self.others.items()})


FULL_CARRIERS, FULL_DRIVERS = 2_200_000, 1_000_000

# The night, for 2.2 million carriers, 1 million drivers and 500,000 signals. None of the others score in
# words or keep history.
MATCH_CPU = Yardstick(
    "match and score every pair, CPU",
    "s",
    2.0,
    {"C, one core": 0.56, "NumPy cube": 1.0, "DuckDB SQL": 22.2, "pandas": 23.0, "PostgreSQL SQL": 139.0},
)
MATCH_PEAK = Yardstick(
    "match and score, peak memory",
    "MB",
    512,
    {"NumPy cube": 379, "DuckDB SQL": 2609, "pandas": 3329, "Polars": 3898},
)
WRITE_SIGNALS = Yardstick(
    "write 500,000 signals, wall",
    "s",
    8.0,
    {
        "COPY, index, swap (narrow row)": 1.3,
        "COPY and upsert (narrow row)": 7.3,
        "executemany": 13.0,
        "row by row": 61.0,
    },
)
NIGHT_CPU = Yardstick("whole nightly run after import, CPU with database", "s", 60.0)

# One screen or one action, milliseconds of CPU, server and database together, eight clients.
LIST = Yardstick("list", "ms", 3.0, {"floor": 1.0, "Odoo": 170, "EspoCRM": 185, "BottleCRM": 6140})
SEARCH = Yardstick("search", "ms", 4.0, {"floor": 1.51, "Odoo": 336, "EspoCRM": 549, "BottleCRM": 3612})
OPEN = Yardstick("open one", "ms", 4.0, {"floor": 1.33, "Odoo": 86, "EspoCRM": 139, "BottleCRM": 161})
BOARD = Yardstick("board", "ms", 8.0, {"floor": 4.9, "Odoo": 273, "EspoCRM": 830, "BottleCRM": 707})
CHANGE = Yardstick("change one", "ms", 3.0, {"floor": 1.14, "Odoo": 32, "EspoCRM": 31, "BottleCRM": 26})
CREATE = Yardstick("create one", "ms", 4.0, {"floor": 0.95, "Odoo": 55, "EspoCRM": 444, "BottleCRM": 203})
FIGURES = Yardstick("figures of a period", "ms", 150.0)


def page(yardstick: Yardstick) -> Yardstick:
    """The goal of the HTML page that shows what a JSON action answers: three times as much."""
    goal = None if yardstick.goal is None else 3 * yardstick.goal
    return Yardstick(yardstick.what, yardstick.unit, goal, yardstick.others)
