"""How the timeline is filtered and divided into days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from headhaul.console.ui.shell import Shell
from headhaul.console.work.times import heading

GROUPS: dict[str, tuple[str, list[str]]] = {
    "calls": ("Calls", ["call"]),
    "emails": ("E-mails", ["email"]),
    "texts": ("Texts", ["sms"]),
    "clicks": ("Clicks and complaints", ["click", "complaint"]),
    "sequences": ("Sequences", ["sequence"]),
    "meetings": ("Meetings", ["meeting"]),
    "tasks": ("Tasks", ["task"]),
    "notes": ("Notes", ["note"]),
    "deals": ("Stages", ["stage_change"]),
    "signals": ("Signals", ["signal"]),
    "changes": ("Changes", ["change"]),
    "consent": ("Consent", ["consent"]),
    "audit": ("Audit", ["audit"]),
}


def groups_of(request: HttpRequest, kinds: Sequence[str]) -> dict[str, str]:
    """The filters for this reader: the audit is for managers."""
    is_manager = Shell(request).allows("manager")
    known = {name: (label, of) for name, (label, of) in GROUPS.items() if set(of) & set(kinds)}
    return {name: label for name, (label, _) in known.items() if name != "audit" or is_manager}


def days_of(request: HttpRequest, entries: Sequence[Any]) -> list[tuple[date, str, list[Any]]]:
    """Entries by the reader's day, each with what the day is called."""
    shell = Shell(request)
    now = shell.at.astimezone(shell.zone).date()
    by_day = groupby(entries, key=lambda entry: entry.at.astimezone(shell.zone).date())
    return [(day, heading(day, now), list(of_day)) for day, of_day in by_day]
