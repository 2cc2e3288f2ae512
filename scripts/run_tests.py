"""All checks and tests, two at a time: each of two workers takes the next part as soon as it is done with one.

`python scripts/run_tests.py` runs everything and fails when a part fails or collects nothing. What a part said is shown
when it ends, so that lines of two parts never mix. `make check` is a part like the others: its types keep one core busy
for a minute or two, while the other is at the browser's tests already.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AT_A_TIME = 2
OTHERS = "all others"
# What takes longest comes first, so that both end at about the same time; faults wait more than they compute, and suit
# the browser's. What is not named here is among the others.
LONGEST_FIRST = ("journeys", "faults", OTHERS, "api", "pipeline", "outreach", "config", "accounts", "carriers")


def parts() -> deque[tuple[str, list[str]]]:
    """Name and command of each part. A folder that is new belongs to the others until it is given its place."""
    rest = ["tests", *(f"--ignore=tests/{name}" for name in LONGEST_FIRST if name != OTHERS)]
    tests = [(name, rest if name == OTHERS else [f"tests/{name}"]) for name in LONGEST_FIRST]
    commands = [(name, [sys.executable, "-m", "pytest", *which]) for name, which in tests]
    return deque([commands[0], ("make check", ["make", "check"]), *commands[1:]])


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
