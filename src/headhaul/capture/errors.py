"""What can go wrong in this room, each with its own code."""

from __future__ import annotations

from headhaul.kernel import Conflict, InvalidData, NotFound, StaleVersion


class StaleEvent(StaleVersion):
    """Somebody changed the event since it was read."""


class StaleLead(StaleVersion):
    """Somebody changed the lead since it was read."""


class StaleRouting(StaleVersion):
    """Somebody changed the routing since it was read."""


class NothingToReach(InvalidData):
    """A lead names nobody and no company."""

    code = "nothing_to_reach"


class NoWording(InvalidData):
    """Consent without the words that were agreed to proves nothing."""

    code = "no_wording"


class LeadState(Conflict):
    """The lead is not in a state in which this can be done; the message says which."""

    code = "lead_state"


class FormIsClosed(NotFound):
    """There is no form under this key that takes anything now."""

    code = "form_is_closed"


class BadRule(InvalidData):
    """A routing rule cannot work; `fields` says which and why."""

    code = "bad_rule"
