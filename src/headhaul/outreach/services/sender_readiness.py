"""What keeps a mailbox or number from sending, in sentences. Compliance reads them from `health["blocking"]`."""

from __future__ import annotations

from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.models import Sender

NOT_CHECKED = "The domain has not been checked yet: run the check in Settings → Mailboxes & numbers."
NOT_REGISTERED = (
    "US carriers block business texts from numbers without a registered campaign (10DLC). Register the brand and the"
    " campaign at Twilio, then say so in the number's settings."
)


def blocking_of(sender: Sender) -> list[str]:
    """From what is known now. A sandbox is always ready: nothing leaves it."""
    if sender.gateway == GatewayKind.SANDBOX:
        return []
    if sender.channel == Channel.EMAIL:
        if sender.checked_at is None:
            return [NOT_CHECKED]
        return [found["sentence"] for found in sender.health.get("findings", ()) if found["grade"] == "block"]
    if sender.channel == Channel.SMS and not is_registered(sender):
        return [NOT_REGISTERED]
    return []


def is_registered(sender: Sender) -> bool:
    """Whether it needs no registration or has one: toll-free numbers are verified in another way, abroad in none."""
    if not sender.address.startswith("+1"):
        return True
    return bool(sender.options.get("is_registered"))
