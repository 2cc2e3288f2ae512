"""The night at any size: import, match, score, write, open accounts. SCALE says how many carriers.

    SCALE=2200000 python -m bench.night

Every step is the product's own command in its own process, so what is measured is what an operator would run.
"""

from __future__ import annotations

import json
from typing import Any

import psycopg

from bench import baselines
from bench.installation import Installation, installation
from bench.report import Report


def measure_night(place: Installation) -> Report:
    """Run everything once, and what must be repeatable twice."""
    report = Report(f"The night: {place.carriers:,} carriers, {place.drivers:,} drivers")
    folder, database = place.files(), place.start_database()
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    place.run("migrate", database=database)
    for command, name, rows in (
        ("import_carriers", manifest["census"], place.carriers),
        ("import_drivers", manifest["pool"], place.drivers),
    ):
        for turn in ("first time", "again, unchanged"):
            cost = place.run(command, str(folder / name), database=database)
            report.fact(
                f"{command}, {turn}",
                f"{rows / cost.wall_s:,.0f} rows/s",
                f"{cost.wall_s:.1f} s wall, {cost.cpu_s:.1f} s CPU + {cost.database_cpu_s:.1f} s database, "
                f"peak {cost.peak_mb:.0f} MB",
            )
    for turn in ("first run of the day", "second run of the day"):
        cost = place.run("prospect", database=database)
        night = baselines.NIGHT_CPU.scaled(max(place.scale, 0.05))
        note = f"{cost.wall_s:.1f} s wall, {cost.cpu_s:.1f} s CPU + {cost.database_cpu_s:.1f} s database"
        report.measured(night, cost.all_cpu_s, what=f"nightly run, {turn}", note=note)
        report.measured(baselines.MATCH_PEAK, cost.peak_mb, what="  its peak memory", note="whole process")
        _steps(place, report)
    return report


def _steps(place: Installation, report: Report) -> None:
    """What the run itself recorded of its steps."""
    with psycopg.connect(place.database) as connection:
        steps = connection.execute(
            "select name, milliseconds, counts, left_out from nightly_jobstep"
            " where run_id = (select max(id) from nightly_jobrun) order by position"
        ).fetchall()
    for name, milliseconds, counts, left_out in steps:
        said = ", ".join(f"{key} {value}" for key, value in (counts | left_out).items() if value)
        report.fact(f"  {name}", f"{(milliseconds or 0) / 1000:.2f} s", said)


def main() -> None:
    """Command line."""
    measure_night(installation()).print()


if __name__ == "__main__":
    main()
