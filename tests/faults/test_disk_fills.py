"""The database's disk fills up while messages go out: nothing leaves that could not be written down before, whoever
asks is told to come again, and space is all that is needed to go on.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.faults.sending.scene import IS_FULL, Scene, scene
from tests.faults.sending.small_disk import small_disk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MESSAGES, FULL_SECONDS, PATIENCE = (1_000, 20.0, 600) if IS_FULL else (60, 4.0, 240)
DISK_MEGABYTES = 320
BACK_WITHIN_SECONDS = 60
BETWEEN_SECONDS = 0.3  # requests; more often than that and the limit of a user answers


def test_a_full_disk_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    with small_disk(megabytes=DISK_MEGABYTES) as disk, scene(tmp_path, seed=seed, disk=disk.path) as stage:
        stage.ask("plan", count=MESSAGES, channels=["email", "sms"])
        token = stage.ask("admit", name="Wanda Web")["token"]
        asker = Asker(stage, token)
        stage.start(workers=2, kills=0.0)
        asker.waits_for_the_web()
        assert asker.creates_an_account() == 200
        stage.wait_until_fewer_than(MESSAGES * 3 // 4, seconds=PATIENCE)
        disk.fill()
        until = time.monotonic() + FULL_SECONDS + PATIENCE
        full_since: float | None = None
        while full_since is None or time.monotonic() - full_since < FULL_SECONDS:
            assert time.monotonic() < until, asker.answers
            disk.fill()
            stage.server.look_after()
            time.sleep(BETWEEN_SECONDS)
            if asker.creates_an_account() != 200:
                full_since = full_since or time.monotonic()
        disk.free()
        freed = time.monotonic()
        while not (stage.server.look_after() and asker.creates_an_account() == 200):
            assert time.monotonic() - freed < BACK_WITHIN_SECONDS, asker.answers
            time.sleep(BETWEEN_SECONDS)
        back = time.monotonic() - freed
        stage.settle(seconds=PATIENCE)
        ended = stage.ask("close")
        found = stage.check()
        with stage.server.connect() as connection:
            kept = connection.execute("select count(*) from accounts_account where name like 'Full disk %'").fetchone()
    print(f"\nseed {seed}: {found}; answers {dict(asker.answers)}; back {back:.1f} s after there was space")
    assert not found.broken, f"seed {seed}: {found.broken}"
    assert set(asker.answers) <= {200, 503}, asker.bodies
    assert asker.answers[503] > 0
    assert kept == (asker.answers[200],), "an account for each that was said to be there, and no other"
    assert ended["failures"] == 0


class Asker:
    """Somebody at the web who creates an account, again and again."""

    def __init__(self, stage: Scene, token: str) -> None:
        self.answers: Counter[int] = Counter()
        self.bodies: list[str] = []
        self._client = httpx.Client(
            base_url=stage.address, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
        )

    def waits_for_the_web(self) -> None:
        """Until it takes connections."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self._client.get("/api/openapi.json")
            except httpx.ConnectError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("no web")

    def creates_an_account(self) -> int:
        """The status of the answer."""
        answer = self._client.post("/api/actions/createAccount", json={"name": f"Full disk {self.answers.total()}"})
        self.answers[answer.status_code] += 1
        if answer.status_code not in (200, 503):
            self.bodies.append(answer.text[:500])
        return answer.status_code
