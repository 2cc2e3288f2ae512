"""The web process is killed again and again while a program writes with idempotency keys: each thing is done once."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection

from headhaul.accounts.models import Account
from headhaul.actions.models import AuditEntry, StoredReply
from headhaul.actions.preferences import Limits
from headhaul.kernel import SYSTEM
from headhaul.preferences.services import values
from tests.cast import NOON, token_of, user_named

WRITES, KILLS, MOST_WRITES = 120, 4, 1200


class Web:
    """A web process on this test's database that comes back as often as it is killed."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        there = connection.settings_dict
        url = f"host={there['HOST']} dbname={there['NAME']} user={there['USER']} password={there['PASSWORD'] or 'none'}"
        url += f" port={there['PORT']}" if there["PORT"] else ""
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "headhaul.config.settings"}
        self.runner = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.web_runner", str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def start(self) -> int:
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        self.runner.stdin.write("again\n")
        self.runner.stdin.flush()
        return int(self.runner.stdout.readline())

    def stop(self) -> None:
        assert self.runner.stdin is not None
        self.runner.stdin.close()
        self.runner.kill()
        self.runner.wait()


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    web = Web()
    yield web
    web.stop()


@pytest.mark.slow
def test_each_write_is_done_once_however_often_it_was_tried(web: Web) -> None:
    values.save(section=Limits, values={"tokenActionsPerMinute": 0}, expected_version=0, by=SYSTEM, at=NOON)
    authorization = {"Authorization": f"Bearer {token_of(user_named('rosa'))}"}
    finished, tries, pids = queue.SimpleQueue[int](), Counter[int](), [web.start()]

    def write(number: int) -> None:
        headers = authorization | {"Idempotency-Key": f"write-{number}"}
        while True:
            tries[number] += 1
            try:
                url = f"http://127.0.0.1:{web.port}/api/actions/createAccount"
                answer = httpx.post(url, json={"name": f"Fleet {number}"}, headers=headers, timeout=5)
            except httpx.TransportError:
                continue
            assert answer.status_code in (200, 503), answer.text
            if answer.status_code == 200:
                finished.put(number)
                return

    def kill(done_before: int) -> None:
        """In the midst of the writers' work: whenever another share of it is done."""
        for share in range(1, KILLS + 1):
            while finished.qsize() < done_before + WRITES * share // (KILLS + 1):
                time.sleep(0.002)
            os.kill(pids[-1], signal.SIGKILL)
            pids.append(web.start())

    writes = 0
    while sum(tries.values()) == writes and writes < MOST_WRITES:  # until a kill has met a try on its way
        killer = threading.Thread(target=kill, args=[writes])
        killer.start()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(writes, writes + WRITES)))
        killer.join()
        writes += WRITES
    os.kill(pids[-1], signal.SIGKILL)

    assert sorted(Account.objects.values_list("name", flat=True)) == sorted(f"Fleet {n}" for n in range(writes))
    assert AuditEntry.objects.filter(action="createAccount", outcome="done").count() == writes
    assert StoredReply.objects.exclude(payload="").count() == writes
    assert sum(tries.values()) > writes, "no try was cut off"
