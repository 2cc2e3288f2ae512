"""The night's search for accounts and contacts that look like one."""

from __future__ import annotations

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.services import scanning
from headhaul.nightly.services.runs import Night, Outcome


def find_duplicates(night: Night) -> Outcome:
    """Compare what changed since the last search with everything; the queue has what was found."""
    done = {entity: scanning.scan(entity=entity, at=night.at, beat=night.beat) for entity in MergeEntity}
    counts = {f"{entity}s_compared": scan.compared for entity, scan in done.items()}
    return Outcome(counts=counts | {f"{entity}_pairs": scan.found for entity, scan in done.items()})
