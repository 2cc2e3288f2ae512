"""What a person may ask of whoever keeps their data."""

from __future__ import annotations

from headhaul.accounts.schemas.contacts import ContactData, ContactErased, ContactId, EraseContact
from headhaul.accounts.services import privacy
from headhaul.kernel import Call, Role, action


@action(
    "eraseContact",
    reply="contactErased",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, answer: ("contact", str(given.contact_id)),
    final="Somebody who was forgotten cannot be remembered.",
)
def erase_contact(call: Call, data: EraseContact) -> ContactErased:
    """Forget a person at their wish: name, addresses, notes, history, what was written about them. Refusals stay."""
    removed = privacy.erase(
        contact_id=data.contact_id, reason=data.reason, at=call.at, by=call.actor, source=call.door.value
    )
    return ContactErased(id=data.contact_id, removed=removed)


@action(
    "exportContactData",
    reply="contactDataExported",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, answer: ("contact", str(given.contact_id)),
    final="It has been shown.",
)
def export_contact_data(call: Call, data: ContactId) -> ContactData:
    """Everything known about a person, for themselves: record, history, consent, activities, audit. It is audited."""
    parts = privacy.export(contact_id=data.contact_id, at=call.at, by=call.actor)
    return ContactData(id=data.contact_id, exported_at=call.at, parts=parts)
