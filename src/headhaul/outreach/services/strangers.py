"""Those who wrote to us and are nobody's contact: who asks for help is told whom they write with, whoever they are."""

from __future__ import annotations

from headhaul.compliance.choices import Purpose
from headhaul.kernel import Recipient
from headhaul.kernel.zones import FIFTY, country_of_phone, of_phone, states_of_phone
from headhaul.outreach.models import InboundMessage, Message
from headhaul.outreach.services.confirming import HELP


def is_answer_to_one(message: Message) -> bool:
    """Whether it is the answer that goes by itself to what came in from this very number."""
    kind, _, number = message.dedupe_key.partition(":")
    if message.purpose != Purpose.REPLY or kind != HELP or not number.isdecimal():
        return False
    asked = InboundMessage.objects.filter(pk=int(number), from_address=message.address, channel=message.channel)
    return asked.exists()


def recipient_of(message: Message) -> Recipient:
    """Of whom only the number is known: where it may be, else anywhere in the fifty states."""
    return Recipient(
        channel=message.channel,
        address=message.address,
        purpose=message.purpose,
        zones=of_phone(message.address) or FIFTY,
        states=states_of_phone(message.address),
        country=country_of_phone(message.address),
    )
