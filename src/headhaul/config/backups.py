"""Backup and restore with PostgreSQL's own programs, in their custom format."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path

from django.db import connection

from headhaul.compliance.services import instance
from headhaul.config.embedded_postgres import binaries
from headhaul.kernel import AppError

_PARAMETERS = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
_OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


class BackupFailed(AppError):
    """No backup was made; nothing else has changed."""

    code, status = "backup_failed", 500


class RestoreRefused(AppError):
    """Nothing was restored and nothing has changed."""

    code, status = "restore_refused", 409


class RestoreFailed(AppError):
    """The restore broke off."""

    code, status = "restore_failed", 500


def back_up(target: Path) -> int:
    """Write everything the database holds to a new file, readable by us alone; its size in bytes."""
    if target.exists():
        raise BackupFailed(f"{target} exists. Name a file that does not.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if said := _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={partial}"):
            raise BackupFailed(f"The database was not backed up. {said}")
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def check_can_restore(source: Path, *, force: bool) -> None:
    """The file is whole, and what is there may go."""
    if not source.is_file():
        raise RestoreRefused(f"There is no file {source}.")
    if said := _run("pg_restore", "--file=/dev/null", str(source)):
        raise RestoreRefused(f"{source} is not a whole backup. {said}")
    if not force and (tables := _table_count()):
        raise RestoreRefused(
            f"The database holds {tables} tables. A restore replaces all of it: back it up, then add --force."
        )


def restore(source: Path, *, force: bool) -> None:
    """Put the database in the state of the backup, after `check_can_restore`."""
    check_can_restore(source, force=force)
    with connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    connection.close()
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="]
    if said := _run("pg_restore", *arguments, str(source)):
        raise RestoreFailed(f"The restore broke off; the database is empty now. Restore again with --force. {said}")


def hold_sending(source: Path, *, at: datetime) -> None:
    """After a restore and its migrations: what looks due there may have left since, so it is held."""
    instance.hold_restored(source=source.name, at=at)


def _table_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        return int(cursor.fetchone()[0])


def _run(program: str, *arguments: str) -> str:
    """Try our own program, then the system's: theirs may speak TLS. What went wrong, or nothing."""
    found = binaries.tools(program)
    if not found:
        return f"{program} is neither installed nor embedded. Install PostgreSQL's client programs."
    said = ""
    for path in found:
        done = subprocess.run([path, *arguments], env=_environment(), capture_output=True, text=True, errors="replace")
        if done.returncode == 0:
            return ""
        said = f"{path}: {done.stderr.strip()}"
    return said


def _environment() -> dict[str, str]:
    """The connection that Django uses, in the names of libpq; a password is never an argument others can see."""
    parameters = connection.get_connection_params()
    named = {
        variable: str(parameters[name]) for name, variable in (_PARAMETERS | _OPTIONS).items() if parameters.get(name)
    }
    return {**os.environ, **named}
