"""All checks and tests, three at a time: each of three workers takes the next part as soon as it is done with one.

`python scripts/run_tests.py` runs everything and fails when a part fails or collects nothing. What a part said is shown
when it ends, so that lines of two parts never mix. Much of it waits (for a browser, a worker that was killed), so that
three keep two cores busy. `make check` is a part like the others.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AT_A_TIME = 3
OTHERS = "all others"
PAGES, FUZZED = "tests/journeys/test_every_page.py", "tests/api/test_schemathesis.py"
# What takes longest comes first, so that all end at about the same time. What is not named here is among the others: a
# folder that is new belongs to them until it is given its place.
PARTS: dict[str, list[str]] = {
    "every page": [PAGES],
    "faults": ["tests/faults"],
    "journeys": ["tests/journeys", f"--ignore={PAGES}"],
    "fuzzed": [FUZZED],
    OTHERS: ["tests"],
    "outreach": ["tests/outreach"],
    "pipeline": ["tests/pipeline"],
    "api": ["tests/api", f"--ignore={FUZZED}"],
    "config": ["tests/config"],
    "accounts": ["tests/accounts"],
    "carriers": ["tests/carriers"],
}


def parts() -> deque[tuple[str, list[str]]]:
    """Name and command of each part."""
    folders = {which[0] for name, which in PARTS.items() if name != OTHERS and which[0].count("/") == 1}
    rest = ["tests", *(f"--ignore={folder}" for folder in sorted(folders))]
    tests = [(name, rest if name == OTHERS else which) for name, which in PARTS.items()]
    commands = [(name, [sys.executable, "-m", "pytest", *which]) for name, which in tests]
    return deque([*commands[:2], ("make check", ["make", "check"]), *commands[2:]])


def main() -> int:
    """Run all parts; the exit code is that of the first that failed, or 1 when one never ended."""
    waiting, codes = parts(), list[int]()
    wanted = len(waiting)
    workers = [threading.Thread(target=work, args=(waiting, codes)) for _ in range(AT_A_TIME)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return next((code for code in codes if code), 0 if len(codes) == wanted else 1)


def work(waiting: deque[tuple[str, list[str]]], codes: list[int]) -> None:
    """Run part after part until none is left."""
    while waiting:
        name, command = waiting.popleft()
        began = time.monotonic()
        run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        codes.append(run.returncode)
        said = f"\n── {name}, {time.monotonic() - began:.0f} s ──\n".encode() + run.stdout
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
