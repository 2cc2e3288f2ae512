"""Refusals that several files of this room raise."""

from __future__ import annotations

from headhaul.kernel import Conflict, StaleVersion


class StaleSequence(StaleVersion):
    """Somebody changed the sequence since it was read."""


class StaleTemplate(StaleVersion):
    """Somebody changed the template since it was read."""


class NameIsTaken(Conflict):
    """Another one has this name."""

    code = "name_is_taken"


class SequenceIsNotActive(Conflict):
    """Nobody is enrolled in a sequence that does not run."""

    code = "sequence_is_not_active"


class SequenceIsInUse(Conflict):
    """People are in it, or have been."""

    code = "sequence_is_in_use"
