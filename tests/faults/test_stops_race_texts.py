"""As many people text STOP as texts are due to them, at the same time: none begins to leave after the STOP is kept."""

from __future__ import annotations

import random
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.fakes.http_fake import Faults
from tests.faults.sending.scene import IS_FULL, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TEXTS, STOPPERS, PATIENCE = (1_000, 4, 600) if IS_FULL else (60, 2, 240)
_BEGUN = """
select m.address, a.started_at from outreach_sendattempt a join outreach_message m on m.id = a.message_id
where m.purpose = 'outreach'
"""


def test_nothing_begins_to_leave_once_a_stop_is_kept(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    with scene(tmp_path, seed=seed, texts=Faults()) as stage:
        stage.ask("plan", count=TEXTS, channels=["sms"])
        with stage.server.connect() as connection:
            numbers = [row[0] for row in connection.execute("select address from outreach_message").fetchall()]
        log = tmp_path / "stops.log"
        stage.start(workers=2, kills=0.0)
        stage.wait_until_fewer_than(TEXTS * 9 // 10, seconds=PATIENCE)
        for part in range(STOPPERS):
            stage.ask("start", kind="stopper", count=1, numbers=numbers[part::STOPPERS], log=str(log))
        until = time.monotonic() + PATIENCE
        while not log.exists() or len(log.read_text().splitlines()) < TEXTS:
            assert time.monotonic() < until, stage.said.read_text()[-2_000:]
            time.sleep(0.05)
        stage.settle(seconds=PATIENCE)
        ended = stage.ask("close")
        with stage.server.connect() as connection:
            begun: dict[str, datetime] = dict(connection.execute(_BEGUN).fetchall())
        found = stage.check()
    kept = {number: datetime.fromisoformat(at) for number, at, _ in map(str.split, log.read_text().splitlines())}
    took = sorted(float(line.split()[2]) for line in log.read_text().splitlines())
    after = [number for number, at in begun.items() if at > kept[number]]
    print(
        f"\nseed {seed}: {TEXTS} texts against {len(kept)} STOPs: {len(begun)} had begun before, {len(after)} after;"
        f" a STOP was kept in {took[len(took) // 2]:.3f} s, 99 % within {took[int(len(took) * 0.99)]:.3f} s; {found}"
    )
    assert not after, f"seed {seed}"
    assert not found.broken, f"seed {seed}: {found.broken}"
    assert ended["failures"] == 0
