"""What the database tells: itself, the schema, the worker, the night, the age of what was imported."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max

from headhaul.carriers.choices import ImportState
from headhaul.carriers.models import ImportRun, SignalDay
from headhaul.carriers.services.importing.layouts import layouts
from headhaul.config.doctor.findings import Finding, ago, bad, good, notice
from headhaul.config.embedded_postgres import Layout
from headhaul.config.serving.health import unapplied_migrations
from headhaul.nightly.choices import RunKind, RunState
from headhaul.nightly.models import JobRun

_OLDEST_SERVER = 15
_WORKER_SEEN = timedelta(minutes=2)
_NIGHT = timedelta(hours=30)
_CENSUS = timedelta(days=45)  # FMCSA publishes monthly
_POOL = timedelta(days=14)


def server() -> Finding:
    """Which, and how large."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    embedded = settings.DATABASES["default"].get("EMBEDDED_IN")
    kind = f"embedded in {Layout.of(Path(embedded)).base}" if embedded else "DATABASE_URL"
    text = f"PostgreSQL {version} ({kind}), {size / 1e6:,.0f} MB"
    if int(version.split(".")[0]) < _OLDEST_SERVER:
        return bad("Database", f"{text}: version {_OLDEST_SERVER} or later is needed")
    return good("Database", text)


def schema() -> Finding:
    """Does the database fit this version?"""
    missing = unapplied_migrations()
    if missing:
        return bad("Schema", f"{len(missing)} migrations missing ({missing[0]} …): run `headhaul migrate`")
    return good("Schema", "up to date")


def worker(at: datetime) -> Finding:
    """Does anybody do the background work?"""
    with connection.cursor() as cursor:
        cursor.execute("select max(last_heartbeat) from procrastinate_workers")
        seen = cursor.fetchone()[0]
    if seen is None:
        return notice("Worker", "none is running: `headhaul serve` starts one, or run `headhaul worker`")
    if at - seen > _WORKER_SEEN:
        return bad("Worker", f"last seen {ago(seen, at)}: nothing in the background is done. Start `headhaul worker`")
    return good("Worker", f"seen {ago(seen, at)}")


def queue(at: datetime) -> Finding:
    """Does work pile up or fail?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where status = 'todo' and coalesce(scheduled_at, %(at)s) <= %(at)s),"
            " count(*) filter (where status = 'failed') from procrastinate_jobs",
            {"at": at},
        )
        waiting, failed = cursor.fetchone()
    text = f"{waiting} waiting, {failed} failed"
    return notice("Queue", f"{text}: see the Jobs page") if failed else good("Queue", text)


def night(at: datetime) -> Finding:
    """Did the last prospecting end well, and lately?"""
    last = JobRun.objects.filter(kind=RunKind.PROSPECTING).order_by("-id").first()
    if last is None:
        return notice("Prospecting", "has not run yet: `headhaul prospect`")
    when = ago(last.finished_at or last.created_at, at)
    if last.state in (RunState.FAILED, RunState.LOST):
        return bad("Prospecting", f"{last.state} {when}: {last.error or 'it was killed; the next start resumes it'}")
    if last.state == RunState.DONE and last.finished_at and at - last.finished_at > _NIGHT:
        return bad("Prospecting", f"last done {when}: the night was missed. Is the worker running at 03:00 UTC?")
    return good("Prospecting", f"{last.state} {when}")


def signals() -> Finding:
    """What lists show."""
    current = SignalDay.objects.filter(is_current=True).first()
    if current is None:
        return notice("Signals", "none yet")
    return good("Signals", f"{current.rows:,} carriers from {current.drivers:,} drivers, of {current.day}")


def imported(kind: str, at: datetime) -> Finding:
    """How old the carriers or drivers are."""
    subject, oldest = {"carriers": ("Census", _CENSUS), "drivers": ("Driver pool", _POOL)}[kind]
    last = ImportRun.objects.filter(kind=kind, state=ImportState.SUCCEEDED).order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        return notice(subject, f"nothing imported yet: `headhaul import_{kind} FILE`")
    text = f"{last.file_name}, imported {ago(last.finished_at, at)}"
    if kind == "carriers":
        return _census(text, at)
    if at - last.finished_at > oldest:
        return notice(subject, f"{text}: older than {oldest.days} days. Import a newer file.")
    return good(subject, text)


def _census(text: str, at: datetime) -> Finding:
    """By the day the newest census file speaks for: an old file imported today is old."""
    census = [layout.key for layout in layouts() if layout.kind == "census"]
    runs = ImportRun.objects.filter(kind="carriers", state=ImportState.SUCCEEDED, layout__in=census)
    newest = runs.aggregate(newest=Max("source_date"))["newest"]
    if newest is None:
        return notice("Census", f"{text}; no census file yet: `headhaul import_carriers FILE`")
    text = f"of {newest}; last file {text}"
    if at.date() - newest > _CENSUS:
        return notice("Census", f"{text}: older than {_CENSUS.days} days. Import a newer file.")
    return good("Census", text)
