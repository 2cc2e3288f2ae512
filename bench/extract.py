"""What a phone takes along, out of the whole census: rows, bytes, seconds, CPU, by where one asks.

`SCALE=2200000 python -m bench.extract`, after `bench.night` of the same scale.
"""

from __future__ import annotations

import gzip
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.installation import installation

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("a small state", {"states": ["WY"]}),
    ("the largest state", {"states": ["TX"]}),
    ("five states", {"states": ["TX", "OK", "LA", "AR", "NM"]}),
    ("250 miles around Dallas", {"zip": "75201", "radiusMiles": 250}),
    ("the same, 200 kilobytes", {"zip": "75201", "radiusMiles": 250, "mostKilobytes": 200}),
    ("250 miles around Cheyenne", {"zip": "82001", "radiusMiles": 250}),
    ("1,500 miles around Dallas", {"zip": "75201", "radiusMiles": 1_500}),
)


def main() -> None:
    """Measure, print."""
    from bench.report import Report

    place = installation()
    os.environ |= place.environment | {"DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "headhaul.config.settings"}
    import django

    django.setup()
    report = Report(f"What a phone takes along, of {place.carriers:,} carriers")
    _ask({"zip": "75201"})  # places are read once a process
    for words, asked in ASKED:
        begun, ours, theirs = time.perf_counter(), time.process_time(), _backend_cpu()
        found = _ask(asked)
        seconds = time.perf_counter() - begun
        packed = len(gzip.compress(found.model_dump_json(by_alias=True).encode(), 6))
        spent, database = time.process_time() - ours, _backend_cpu() - theirs
        report.fact(
            words,
            f"{seconds:.2f} s",
            f"{len(found.rows):,} of {found.total:,} carriers, {found.bytes:,} bytes ({packed:,} packed); "
            f"{spent:.2f} s CPU with packing + {database:.2f} s database",
        )
    report.print()


def _ask(asked: dict[str, Any]) -> Any:
    from headhaul.actions import dispatch
    from headhaul.kernel import SYSTEM

    return dispatch("getCaptureExtract", asked, actor=SYSTEM, at=datetime.now(UTC), door="job").payload


def _backend_cpu() -> float:
    """Seconds of CPU that this connection's process of the database has used; it works alone, without helpers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set max_parallel_workers_per_gather = 0")
        cursor.execute("select pg_backend_pid()")
        (process,) = cursor.fetchone()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
