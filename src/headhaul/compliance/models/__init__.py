"""Tables: what people said, who must not be reached, what was used of each cap, and the proof of every decision."""

from headhaul.compliance.models.caps import CapUse, Pace, Touch
from headhaul.compliance.models.consent import ConsentEvent
from headhaul.compliance.models.holds import EmergencyBan, SendingHold
from headhaul.compliance.models.instance import Instance
from headhaul.compliance.models.receipts import Receipt
from headhaul.compliance.models.suppression import DncScrub, Suppression

__all__ = [
    "CapUse",
    "ConsentEvent",
    "DncScrub",
    "EmergencyBan",
    "Instance",
    "Pace",
    "Receipt",
    "SendingHold",
    "Suppression",
    "Touch",
]
