"""Merging many pairs of the queue at once: pairs that share a record become one, and what needs a decision is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.schemas.duplicates import PairRow
from headhaul.accounts.schemas.merging import MergeDone, PairLeft, PairsMerged
from headhaul.accounts.selectors import duplicates
from headhaul.accounts.services import merging
from headhaul.kernel import Actor, AppError


def merge_pairs(*, entity: MergeEntity, pair_ids: Sequence[int], at: datetime, by: Actor) -> PairsMerged:
    """Merge each group of pairs into the record that the queue suggests; a group that cannot be merged stays whole."""
    rows = duplicates.pairs(list(pair_ids), entity=entity, by=by)
    open_rows = [row for row in rows if row.state is PairState.OPEN]
    left = [
        PairLeft(pair_id=key, reason="This pair is not on the queue any more.")
        for key in dict.fromkeys(pair_ids)
        if key not in {row.id for row in open_rows}
    ]
    done: list[MergeDone] = []
    for group in _groups(open_rows):
        try:
            with transaction.atomic():
                done.append(_merge(entity, group, at=at, by=by))
        except AppError as refusal:
            left += [PairLeft(pair_id=row.id, reason=refusal.message) for row in group]
    return PairsMerged(merges=done, left=left)


def _merge(entity: MergeEntity, group: Sequence[PairRow], *, at: datetime, by: Actor) -> MergeDone:
    votes = Counter(row.suggested_winner_id for row in group)
    winner_id = min(votes, key=lambda key: (-votes[key], key))
    versions = {side.id: side.version for row in group for side in (row.first, row.second)}
    losers = sorted(versions.keys() - {winner_id})
    return merging.merge(
        entity=entity, winner_id=winner_id, loser_ids=losers, choices={}, versions=versions, at=at, by=by
    )


def _groups(rows: Iterable[PairRow]) -> list[list[PairRow]]:
    """Pairs that hang together through a record they share."""
    groups: list[tuple[set[int], list[PairRow]]] = []
    for row in rows:
        ids, members = {row.first.id, row.second.id}, [row]
        apart = []
        for known, others in groups:
            if known & ids:
                ids, members = ids | known, others + members
            else:
                apart.append((known, others))
        groups = [*apart, (ids, members)]
    return [members for _, members in groups]
