"""What can go wrong with accounts, each with its own code."""

from __future__ import annotations

from headhaul.kernel import Conflict, InvalidData, StaleVersion


class AccountExists(Conflict):
    """There is an account for this USDOT number already."""

    code = "account_exists"


class StaleAccount(StaleVersion):
    """Somebody changed the account since it was read."""


class AccountIsOwned(Conflict):
    """Somebody else looks after it."""

    code = "account_is_owned"


class NotWorthy(Conflict):
    """The carrier is no prospect; the message says why."""

    code = "not_worthy"


class NoSuchOwner(InvalidData):
    """The named user cannot own accounts."""

    code = "no_such_owner"
