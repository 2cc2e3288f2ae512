"""A Headhaul of the benchmark's own: its home, its database, its commands. Nothing of yours is touched."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from bench import measure
from bench.baselines import FULL_CARRIERS, FULL_DRIVERS
from bench.generate_census import generate
from bench.measure import Cost
from headhaul.config import embedded_postgres

SEED = 20261122


@dataclass(slots=True)
class Installation:
    """Where the benchmark's installation is, and how large it is."""

    home: Path
    carriers: int
    password: str

    @property
    def drivers(self) -> int:
        """As many drivers as the full size has, in proportion."""
        return round(self.carriers * FULL_DRIVERS / FULL_CARRIERS)

    @property
    def scale(self) -> float:
        """Share of the full size."""
        return self.carriers / FULL_CARRIERS

    @property
    def environment(self) -> dict[str, str]:
        """What its commands are started with."""
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return ours | {
            "HEADHAUL_HOME": str(self.home),
            "HEADHAUL_IGNORE_ENV_FILE": "1",
            "HEADHAUL_DEMO": "0",
            "HEADHAUL_LOG_LEVEL": "WARNING",
        }

    @property
    def database(self) -> str:
        """Address of the embedded database, for psycopg."""
        layout = embedded_postgres.Layout.of(self.home / "postgres")
        return f"postgresql://postgres@/{embedded_postgres.DATABASE}?host={layout.socket}"

    def start_database(self) -> int:
        """Start it and keep it for as long as this program lives; the answer is its first process."""
        embedded_postgres.ensure(self.home / "postgres")
        return measure.postmaster(self.database)

    def files(self) -> Path:
        """The folder with the generated files; made when it is missing or of another day."""
        folder = self.home / "files"
        today = date.today()
        manifest = folder / "manifest.json"
        if not manifest.is_file() or json.loads(manifest.read_text())["as_of"] != today.isoformat():
            print(f"· generating {self.carriers:,} carriers and {self.drivers:,} drivers")
            generate(
                folder,
                carrier_rows=self.carriers,
                driver_rows=self.drivers,
                seed=SEED,
                as_of=today,
            )
        return folder

    def user(self, role: str) -> str:
        """The e-mail of the user of a role."""
        return f"{role}@bench.example"

    def make_users(self) -> None:
        """A user for each role that is needed; those that are there stay."""
        with psycopg.connect(self.database) as connection:
            known = {row[0] for row in connection.execute("select email from security_user").fetchall()}
        for role in ("rep", "manager"):
            if self.user(role) not in known:
                command = self.headhaul("create_user", self.user(role), "--role", role, "--password")
                subprocess.run(command, env=self.environment, input=self.password, text=True, check=True)

    def headhaul(self, *arguments: str) -> list[str]:
        """A command line of Headhaul."""
        return [sys.executable, "-m", "headhaul.config", *arguments]

    def run(self, *arguments: str, database: int) -> Cost:
        """Run a command and measure it."""
        print(f"· headhaul {' '.join(arguments)}")
        return measure.run(self.headhaul(*arguments), database=database, environment=self.environment)

    @contextmanager
    def serving(self, port: int) -> Iterator[int]:
        """A running server, without its worker; gives its first process."""
        log = (self.home / "serve.log").open("w")
        process = subprocess.Popen(
            self.headhaul("serve", "--no-worker", "--port", str(port)),
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", process, self.home / "serve.log")
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)
            log.close()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"The server ended while starting:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"The server did not answer at {url}:\n{log.read_text()}")


def installation() -> Installation:
    """The installation that SCALE (carriers, default 100,000) and BENCH_HOME name."""
    carriers = int(os.environ.get("SCALE", "100000").replace("_", "").replace(",", ""))
    root = Path(os.environ.get("BENCH_HOME", Path(tempfile.gettempdir()) / "headhaul-bench"))
    home = root / str(carriers)
    home.mkdir(parents=True, exist_ok=True)
    return Installation(home=home, carriers=carriers, password=password_of(home))


def password_of(home: Path) -> str:
    """What the users of an installation sign in with; made with its home."""
    kept = home / "password"
    if not kept.is_file():
        kept.write_text(secrets.token_urlsafe(18))
    return kept.read_text()
