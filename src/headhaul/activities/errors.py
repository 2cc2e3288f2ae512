"""What can go wrong with activities, each with its own code."""

from __future__ import annotations

from headhaul.kernel import Conflict, Forbidden, InvalidData, NotFound, StaleVersion


class StaleActivity(StaleVersion):
    """Somebody changed the activity since it was read."""


class NotTheirs(Forbidden):
    """Only whoever logged it, whose it is, or a manager may change or remove it."""

    code = "not_theirs"


class KeptByHeadhaul(Conflict):
    """What the product itself writes down is history, and nobody edits it."""

    code = "kept_by_headhaul"


class WrongOutcome(InvalidData):
    """This kind of activity cannot end like that."""

    code = "wrong_outcome"


class ContactGone(NotFound):
    """The contact was removed, or merged into another."""

    code = "contact_gone"


class TaskState(Conflict):
    """The task is done already, or is open already."""

    code = "task_state"


class NoAddress(InvalidData):
    """Nothing is known by which they could be reached that way."""

    code = "no_address"
