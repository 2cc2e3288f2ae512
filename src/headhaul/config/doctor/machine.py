"""What can be seen without the database: disk, time zones, settings, files for the browser."""

from __future__ import annotations

import shutil
import zoneinfo
from datetime import datetime
from pathlib import Path

from django.conf import settings

from headhaul.compliance.judging import clocks
from headhaul.compliance.judging.rules import current
from headhaul.config.doctor.findings import Finding, bad, good, notice
from headhaul.config.places import PACKAGE

_SCARCE, _NEARLY_FULL = 5_000_000_000, 500_000_000


def home() -> Finding:
    """Is there room for what is kept?"""
    place = Path(settings.HEADHAUL_HOME)
    free = shutil.disk_usage(place).free
    text = f"{place}, {free / 1e9:.1f} GB free"
    if free < _NEARLY_FULL:
        return bad("Home", f"{text}: the database stops when the disk is full")
    return (
        notice("Home", f"{text}: a full census with its history takes about 5 GB")
        if free < _SCARCE
        else good("Home", text)
    )


def time_zones(at: datetime) -> Finding:
    """Are local hours those of today, and nobody else's?"""
    text = f"tzdata {clocks.VERSION}, from the pinned package"
    if zoneinfo.TZPATH:
        return bad("Time zones", f"{text}, and the system's too: two machines may disagree about an hour")
    if int(clocks.VERSION[:4]) < at.year - 1:
        return notice("Time zones", f"{text}: more than a year old, update Headhaul before you rely on local hours")
    return good("Time zones", text)


def rules(at: datetime) -> Finding:
    """Has somebody looked up the law lately?"""
    stale = current().stale(at.date())
    text = f"{len(current().origins)} rows, {current().hash[:12]}"
    if stale:
        rows = ", ".join(stale[:5]) + (" …" if len(stale) > 5 else "")
        return notice("Outreach rules", f"{text}: not looked up for 180 days: {rows}. Update Headhaul, or ask counsel")
    return good("Outreach rules", text)


def exposure() -> Finding:
    """Is what others can reach also protected?"""
    if settings.DEBUG:
        return bad("Exposure", "HEADHAUL_DEBUG is on: error pages show data and settings. Never where others reach it.")
    names = [name for name in settings.ALLOWED_HOSTS if name not in ("localhost", "127.0.0.1", "[::1]")]
    if names and not settings.HTTPS:
        return bad("Exposure", f"reached as {', '.join(names)} without HEADHAUL_HTTPS=1: cookies travel in the open")
    if not names:
        return good("Exposure", "this machine only (HEADHAUL_ALLOWED_HOSTS names others)")
    return good("Exposure", f"https://{', '.join(names)}")


def sign_in() -> Finding:
    """How people come in."""
    return good("Sign-in", "password and company sign-in" if settings.SOCIALACCOUNT_PROVIDERS else "password")


def browser_files() -> Finding:
    """Are the libraries of the pages there?"""
    if (PACKAGE / "console" / "ui" / "static" / "vendor" / "htmx.js").is_file():
        return good("Browser libraries", "in place")
    return bad("Browser libraries", "missing: pages do not react. Run `make setup`.")
