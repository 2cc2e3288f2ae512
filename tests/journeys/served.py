"""Headhaul as a process, the way a newcomer runs it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page

from headhaul.config.demo import people
from tests import slots
from tests.journeys.scripts import Scripts

PASSWORD = "journeys-through-headhaul"
PEOPLE = {role: f"{word}@{people.DOMAIN}" for word, _, role in people.PEOPLE}
HOME = Path(settings.HEADHAUL_HOME) / f"journeys-{slots.take()}"
PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Served:
    """A running Headhaul."""

    address: str
    home: Path
    scripts: Scripts

    def fill_in(self, page: Page, role: str, *, password: str = PASSWORD) -> None:
        """Fill in the sign-in form as the demo user of a role, and send it."""
        page.get_by_label("E-mail").fill(PEOPLE[role])
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()

    def sign_in(self, page: Page, role: str) -> None:
        """Sign in through the page as the demo user of a role."""
        page.goto("/")
        self.fill_in(page, role)
        page.wait_for_url(f"{self.address}/")

    def run(self, *arguments: str) -> None:
        """Run a command of this Headhaul."""
        subprocess.run(_command(*arguments), env=environment(self.home), check=True, capture_output=True)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "headhaul.config", *arguments]


@contextmanager
def served() -> Iterator[Served]:
    """A first start in an empty home, stopped at the end."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    port = _free_port()
    address, log = f"http://127.0.0.1:{port}", HOME.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            _command("serve", "--port", str(port)),
            env=environment(HOME),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_healthy(address, process, log)
            scripts = Scripts(_command, environment(HOME))
            with closing(scripts):
                yield Served(address=address, home=HOME, scripts=scripts)
        finally:
            process.terminate()
            process.wait(90)


def environment(home: Path) -> dict[str, str]:
    """What a process of a Headhaul at this home is started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HEADHAUL_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return kept | {
        "HEADHAUL_HOME": str(home),
        "HEADHAUL_IGNORE_ENV_FILE": "1",
        "HEADHAUL_DEMO_PASSWORD": PASSWORD,
        "HEADHAUL_WEB_PROCESSES": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when it answers; AssertionError with its log when it ended or takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"Headhaul ended while starting:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Headhaul did not answer at {address}:\n{log.read_text()}")
