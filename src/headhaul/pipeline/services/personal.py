"""What opportunities keep about a person, shown and forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.ports.people import Person
from headhaul.pipeline.models import Opportunity, OpportunityContact


class PersonalOpportunities:
    """On which opportunities they sit in the buying committee, and which they decide."""

    part = "opportunities"

    def export(self, person: Person) -> Any:
        """Every opportunity they have a part in."""
        decides = Opportunity.objects.filter(decision_maker_id=person.contact_id).order_by("pk")
        committee = OpportunityContact.objects.filter(contact_id=person.contact_id).order_by("pk")
        return {
            "decides": list(decides.values("id", "name")),
            "committee": list(committee.values("opportunity_id", "opportunity__name")),
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Nothing names them but the contact, which is emptied: their places stay, as a nameless person's."""
        return 0
