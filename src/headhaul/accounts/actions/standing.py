"""May somebody be reached, and if not, when."""

from __future__ import annotations

from headhaul.accounts.schemas.standing import ContactStanding, GetContactStanding
from headhaul.accounts.services import standing
from headhaul.kernel import Call, Role, action


@action("getContactStanding", reply="contactStandingLoaded", role=Role.VIEWER)
def get_contact_standing(call: Call, data: GetContactStanding) -> ContactStanding:
    """Whether a contact may be reached now on each channel; if not, every reason, and the next moment it would be."""
    return standing.of_contact(contact_id=data.contact_id, at=call.at, by=call.actor)
