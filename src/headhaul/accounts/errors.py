"""What can go wrong with accounts, each with its own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headhaul.kernel import AppError, Conflict, InvalidData, NotFound, StaleVersion, Unavailable


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


class HasRecords(Conflict):
    """Something hangs on the account that would go with it; the message says what."""

    code = "has_records"


class PossibleDuplicate(Conflict):
    """What is being entered looks like something that is there; `candidates` says what."""

    code = "possible_duplicate"

    def __init__(self, message: str, *, candidates: Sequence[Any]) -> None:
        alike = {f"duplicates.{one.id}": f"{one.name}: {', '.join(one.reasons)}" for one in candidates}
        super().__init__(message, fields={"allowDuplicate": "true enters it all the same", **alike})
        self.candidates = list(candidates)


class MergedInto(NotFound):
    """It was merged into another record; `new_id` is that one's."""

    code = "merged_away"

    def __init__(self, message: str, *, entity: str, new_id: int) -> None:
        super().__init__(message, fields={f"{entity}Id": f"now {new_id}", "mergedInto": str(new_id)})
        self.entity, self.new_id = entity, new_id


class StaleContact(StaleVersion):
    """Somebody changed the contact since it was read."""


class IsErased(Conflict):
    """The person asked to be forgotten; what is left of them cannot be changed."""

    code = "is_erased"


class CannotMerge(InvalidData):
    """These records cannot be merged as asked; `fields` says what to choose."""

    code = "cannot_merge"


class CannotUnmerge(Conflict):
    """What came after stands in the way of taking a merge apart."""

    code = "cannot_unmerge"


class ImportNotReady(InvalidData):
    """Something about the import has to be said first; `fields` names it."""

    code = "import_not_ready"


class ImportIsOpen(Conflict):
    """The import is still at work, or it was taken back already."""

    code = "import_is_open"


class NothingThere(NotFound):
    """What is to be imported from is not there: the base, folder or archive has no such table."""


class AirtableRefused(AppError):
    """Airtable does not let us, or does not understand us. The message says what to change."""

    code, status = "airtable_refused", 422


class AirtableAway(Unavailable):
    """Airtable does not answer, or asks to wait longer than we do."""
