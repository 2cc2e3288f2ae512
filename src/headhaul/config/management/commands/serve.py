"""headhaul serve"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from headhaul.compliance.services import instance as instance_mark
from headhaul.config import embedded_postgres
from headhaul.config.serving.instance import Instance, listen
from headhaul.config.serving.static_files import collect_if_changed
from headhaul.config.serving.supervisor import Child, Supervisor

_MIGRATION_LOCK = 7_206_194_231  # any number, the same on every machine that serves from one database


class Command(BaseCommand):
    """Everything one machine needs, in one command."""

    help = "Start everything: database, migrations, worker and console."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on (PORT)")
        parser.add_argument("--no-worker", action="store_true", help="background work runs elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        instance = Instance(settings.HEADHAUL_HOME)
        try:
            code = self._serve(instance, options["host"], options["port"], with_worker=not options["no_worker"])
        finally:
            instance.close()
        if code:
            raise SystemExit(code)

    def _serve(self, instance: Instance, host: str, port: int, *, with_worker: bool) -> int:
        listener = listen(host, port)
        listener.set_inheritable(True)
        address = f"{'https' if settings.HTTPS else 'http'}://{_shown(host)}:{port}"
        instance.note(address)
        self._prepare()
        metrics = _fresh_metrics_directory(settings.HEADHAUL_HOME / "metrics")
        os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "HEADHAUL_HOME": str(settings.HEADHAUL_HOME)}
        web = ["-m", "headhaul.config.web", str(listener.fileno())]
        children = [
            Child(f"web {number + 1}", web, pass_fds=(listener.fileno(),)) for number in range(settings.WEB_PROCESSES)
        ]
        if with_worker:
            children.append(Child("worker", ["-m", "headhaul.config", "worker"]))
        self._say(f"\nHeadhaul runs at {address}   (Ctrl-C stops it)\n")
        code = Supervisor(children, watch=_keep_database, say=self._say).run()
        _leave_database()
        self._say("Headhaul stopped." if code == 0 else "Headhaul stopped after a failure; see the messages above.")
        return code

    def _prepare(self) -> None:
        with connection.cursor() as cursor:  # several machines may start at once on one database
            cursor.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            try:
                call_command("migrate", interactive=False, verbosity=0)
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
        collect_if_changed()
        call_command("first_start")
        if why := instance_mark.check(home=settings.HEADHAUL_HOME, at=datetime.now(UTC)):
            self._say(f"\nSENDING IS HELD. {why}")
        connection.close()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 (only shown)
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _fresh_metrics_directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for left in path.glob("*.db"):
        left.unlink()
    return path


def _embedded_directory() -> Path | None:
    directory = settings.DATABASES["default"].get("EMBEDDED_IN")
    return Path(directory) if directory else None


def _keep_database() -> None:
    """Start the embedded server again if somebody killed it."""
    if directory := _embedded_directory():
        embedded_postgres.ensure(directory, check_again=True)


def _leave_database() -> None:
    connection.close_pool()  # type: ignore[attr-defined]
    if directory := _embedded_directory():
        embedded_postgres.release(directory)
