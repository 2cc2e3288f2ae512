"""What the timeline and notifications keep about a person, shown and forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Replace

from headhaul.accounts.ports.people import Person
from headhaul.activities.models import Activity, Notification

FORGOTTEN = "somebody who asked to be forgotten"


class PersonalActivities:
    """Calls, e-mails, texts, meetings, tasks and notes with them, and what others were told about it."""

    part = "activities"

    def export(self, person: Person) -> Any:
        """Every activity with them, newest first."""
        columns = ("id", "type", "direction", "outcome", "subject", "body", "happened_at", "due_at", "completed_at")
        found = Activity.objects.filter(contact_id=person.contact_id).order_by("-happened_at", "-pk")
        return [
            {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
            for row in found.values(*columns)
        ]

    def erase(self, person: Person, *, at: datetime) -> int:
        """Empty what was written. That something happened, and how it went, stays with the account."""
        emptied = Activity.objects.filter(contact_id=person.contact_id).update(
            subject="", body="", data={}, version=F("version") + 1
        )
        _forget_mentions(person)
        return emptied


def _forget_mentions(person: Person) -> None:
    for text in filter(None, (*person.names, *person.addresses)):
        told = Notification.objects.filter(account_id=person.account_id, text__contains=text)
        told.update(text=Replace("text", Value(text), Value(FORGOTTEN)))
    with connection.cursor() as cursor:  # what else was written at the account and names one of their addresses
        for text in person.addresses:
            cursor.execute(_ADDRESS, {"account": person.account_id, "text": text, "instead": FORGOTTEN})


_ADDRESS = """
update activities_activity
set subject = replace(subject, %(text)s, %(instead)s), body = replace(body, %(text)s, %(instead)s)
where account_id = %(account)s and (position(%(text)s in subject) > 0 or position(%(text)s in body) > 0)
"""
