"""What is kept about a person of calls: shown, forgotten, and put together when two contacts become one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from headhaul.accounts.ports.people import Person
from headhaul.accounts.services.absorbing import Row, combines
from headhaul.outreach.choices import NAMELESS, EnrolmentState, TargetState
from headhaul.outreach.models import Call, CallTarget, Enrolment
from headhaul.outreach.selectors.personal import plain

FURTHEST = (TargetState.DONE, TargetState.SKIPPED, TargetState.TAKEN, TargetState.CALLBACK, TargetState.QUEUED)
"""Of two targets that become one, the state that stands first here wins: nobody is called again for it."""


class PersonalCalls:
    """That there was a call stays for the five years that the law asks for; what was said and whom it reached goes."""

    part = "calls"

    def export(self, person: Person) -> Any:
        """Every call and every list to be called."""
        calls = _theirs(person).order_by("pk")
        targets = CallTarget.objects.filter(contact_id=person.contact_id).order_by("pk")
        return {
            "calls": [
                plain(row)
                for row in calls.values(
                    "id", "number", "started_at", "seconds", "direction", "disposition", "notes", "transcript",
                    "recording_url", "recording_consent",
                )
            ],
            "toBeCalled": list(targets.values("campaign__name", "state", "tries")),
        }  # fmt: skip

    def erase(self, person: Person, *, at: datetime) -> int:
        """Empty the calls, and take the person out of every list."""
        emptied = _theirs(person).update(
            number=NAMELESS, notes="", transcript="", recording_url="", recording_consent={}, updated_at=at
        )
        removed, _ = CallTarget.objects.filter(contact_id=person.contact_id).delete()
        return emptied + removed


@combines("outreach_calltarget")
def together(kept: Row, dropped: Row, context: Mapping[str, Any]) -> Row:
    """The target that stays takes over how far the other had come; one called off with its sequence came nowhere."""
    if dropped["state"] == TargetState.SKIPPED and _was_called_off(dropped):
        return {}
    ahead = min((kept, dropped), key=lambda row: FURTHEST.index(TargetState(row["state"])))
    taken_over = ("state", "due_at", "taken_by_id", "taken_until", "last_disposition")
    return {name: ahead[name] for name in taken_over} | {"tries": max(kept["tries"], dropped["tries"])}


def _was_called_off(row: Row) -> bool:
    return Enrolment.objects.filter(pk=row["enrolment_id"], state=EnrolmentState.STOPPED).exists()


def _theirs(person: Person) -> QuerySet[Call]:
    return Call.objects.filter(Q(contact_id=person.contact_id) | Q(contact=None, number__in=person.addresses))
