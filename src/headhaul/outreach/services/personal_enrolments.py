"""Which sequences a person is or was in: shown with the rest, and emptied of words at their wish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.ports.people import Person
from headhaul.outreach.models import Enrolment, EnrolmentBefore, EnrolmentChange
from headhaul.outreach.selectors.personal import plain

# The trigger that keeps the history as it was lets this pass, inside its own transaction only.
_FORGET = (
    "select set_config('headhaul.erasing', 'on', true)",
    "update outreach_enrolmentchange c set reason = '' from outreach_enrolment e"
    " where e.id = c.enrolment_id and e.contact_id = %(contact)s and c.reason <> ''",
    "select set_config('headhaul.erasing', '', true)",
)


class PersonalEnrolments:
    """That somebody was in a sequence and how it ended counts in reports; why, in words, may name them and goes."""

    part = "sequences"

    def export(self, person: Person) -> Any:
        """Every sequence they are or were in, oldest first, with each move."""
        rows = Enrolment.objects.filter(contact_id=person.contact_id).order_by("enrolled_at", "pk")
        columns = (
            "id", "sequence__name", "version_number", "state", "step_key", "next_at", "held_reason", "ended_reason",
            "source", "round", "enrolled_at", "ended_at",
        )  # fmt: skip
        moves = EnrolmentChange.objects.filter(enrolment__contact_id=person.contact_id).order_by("pk")
        told = ("enrolment_id", "kind", "from_state", "to_state", "step_key", "reason", "at")
        return {
            "enrollments": [plain(row) for row in rows.values(*columns)],
            "changes": [plain(row) for row in moves.values(*told)],
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Empty the words; the live ones ended when the person was."""
        with connection.cursor() as cursor:
            for statement in _FORGET:
                cursor.execute(statement, {"contact": person.contact_id})
        EnrolmentBefore.objects.filter(enrolment__contact_id=person.contact_id).delete()
        return Enrolment.objects.filter(contact_id=person.contact_id).update(
            held_reason="", ended_reason="", updated_at=at
        )
