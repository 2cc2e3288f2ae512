"""Workers killed and frozen anywhere, a database that crashes, providers that fail: each message leaves once, or it is
known that nobody knows.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.sending.scene import IS_FULL, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MESSAGES, KILLS, CRASHES, PATIENCE = (3_000, 500, 5, 600) if IS_FULL else (60, 3, 1, 240)


def test_nothing_is_sent_twice_or_lost_whatever_is_killed(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    with scene(tmp_path, seed=seed) as stage:
        planned = stage.ask("plan", count=MESSAGES, channels=["email", "sms"])
        assert planned == {"planned": MESSAGES, "again": 0}
        began = time.monotonic()
        stage.start(workers=4 if IS_FULL else 2, kills=0.03, freezes=0.02)
        for left in range(CRASHES, 0, -1):
            stage.wait_until_fewer_than(MESSAGES * left // (CRASHES + 1), seconds=PATIENCE)
            stage.server.crash()
        stage.settle(seconds=PATIENCE)
        took = time.monotonic() - began
        ended = stage.ask("close")
        found = stage.check()
    killed = sum(count for point, count in stage.points().items() if point != "frozen")
    print(
        f"\nseed {seed}: {found}; SIGKILLs {ended['kills']} at {stage.points()}, database crashes"
        f" {stage.server.crashes}, frozen {ended['freezes']}, drained in {took:.0f} s"
    )
    assert not found.broken, f"seed {seed}: {found.broken}"
    assert ended["failures"] == 0, "a process of ours ended by itself"
    if IS_FULL:
        assert killed >= KILLS
        assert stage.server.crashes >= CRASHES
