"""What Twilio's error codes mean for us. Those that are not here are noes that say nothing about the number."""

from __future__ import annotations

from dataclasses import dataclass

OPTED_OUT = "opted_out"
"""The code of a refusal because the recipient has replied STOP to this number: the provider knows it, so must we."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`code` is the word that results and reports use."""

    code: str
    words: str
    is_permanent_address: bool = False
    retry: bool = False


_NOBODY = "Nobody can be reached under this number."
_MEANINGS = {
    20429: Meaning("too_fast", "Twilio asks to slow down.", retry=True),
    21211: Meaning("bad_number", _NOBODY, is_permanent_address=True),
    21214: Meaning("bad_number", _NOBODY, is_permanent_address=True),
    21217: Meaning("bad_number", _NOBODY, is_permanent_address=True),
    21408: Meaning("country_closed", "The Twilio account may not send to this country."),
    21610: Meaning(OPTED_OUT, "The recipient has replied STOP to this number."),
    21611: Meaning("queue_full", "This number has too much waiting at Twilio.", retry=True),
    21612: Meaning("no_route", "Twilio has no route from this number to that one."),
    21614: Meaning("landline", "This is no mobile number.", is_permanent_address=True),
    30001: Meaning("queue_full", "The queue at Twilio overflowed.", retry=True),
    30002: Meaning("account_suspended", "The Twilio account is suspended.", retry=True),
    30003: Meaning("unreachable", "The telephone is off or out of reach."),
    30004: Meaning("blocked", "The recipient or the carrier blocks this number."),
    30005: Meaning("bad_number", _NOBODY, is_permanent_address=True),
    30006: Meaning("landline", "A landline, or a carrier that takes no texts.", is_permanent_address=True),
    30007: Meaning("filtered", "The carrier took it for spam."),
    30008: Meaning("failed", "It failed, and the carrier does not say why."),
    30034: Meaning("not_registered", "This number is not registered for business texting (10DLC)."),
    30036: Meaning("expired", "It waited longer than it was valid."),
}
_ACCOUNT = frozenset({20003, 20404, 21606, 21659, 21660})
"""Something is wrong with our set-up and not with the message: it may go once that is mended."""


def meaning(code: int | None, words: str = "") -> Meaning:
    """What that code means; `words` are Twilio's own."""
    if code in _ACCOUNT:
        return Meaning("set_up", words or "Twilio refuses this account or number.", retry=True)
    return _MEANINGS.get(code or 0) or Meaning(str(code or "refused"), words or "Twilio refused it.")
