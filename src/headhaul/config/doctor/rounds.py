"""All checks in order. One that fails is itself a finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

from headhaul.config.doctor import data, machine, outside
from headhaul.config.doctor.findings import Finding, Level, bad

Check = Callable[[], Finding]


def examine(*, at: datetime, online: bool = False) -> list[Finding]:
    """Everything; what needs a sound database is left out without one."""
    about_us = [
        _run("Home", machine.home),
        _run("Time zones", lambda: machine.time_zones(at)),
        _run("Outreach rules", lambda: machine.rules(at)),
        _run("Exposure", machine.exposure),
        _run("Sign-in", machine.sign_in),
        _run("Browser libraries", machine.browser_files),
    ]
    server = _run("Database", data.server)
    schema = _run("Schema", data.schema) if server.level is not Level.BAD else None
    if schema is None or schema.level is Level.BAD:
        return [*about_us, server, *([schema] if schema else [])]
    return [
        *about_us,
        server,
        schema,
        _run("Worker", lambda: data.worker(at)),
        _run("Queue", lambda: data.queue(at)),
        _run("Prospecting", lambda: data.night(at)),
        _run("Signals", data.signals),
        _run("Census", lambda: data.imported("carriers", at)),
        _run("Driver pool", lambda: data.imported("drivers", at)),
        _run("Mail", lambda: outside.mail(at)),
        _run("FMCSA", lambda: outside.fmcsa(at, online=online)),
    ]


def _run(subject: str, check: Check) -> Finding:
    try:
        return check()
    except (DatabaseError, OSError) as problem:
        said = str(problem).strip().splitlines() or [type(problem).__name__]
        return bad(subject, said[0])
