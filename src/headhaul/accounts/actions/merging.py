"""Making one record of several, and taking that apart again."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.schemas.merging import (
    Merge,
    MergeDone,
    MergePairs,
    MergePreview,
    PairsMerged,
    PreviewMerge,
    Unmerge,
    Unmerged,
)
from headhaul.accounts.services import merging, merging_pairs, unmerging
from headhaul.kernel import Call, Role, action


def _of_merged(given: Any, answer: Any) -> tuple[str, str]:
    return (answer.entity.value, str(answer.winner_id)) if answer else ("merge", str(getattr(given, "merge_id", "")))


@action("previewMerge", reply="mergePreviewed", role=Role.VIEWER)
def preview_merge(call: Call, data: PreviewMerge) -> MergePreview:
    """What a merge would make: the record to the last field, whose value each is, what moves, what is undecided."""
    return merging.preview(
        entity=data.entity,
        winner_id=data.winner_id,
        loser_ids=data.loser_ids,
        choices=data.choices,
        at=call.at,
        by=call.actor,
    )


@action("mergeAccounts", reply="accountsMerged", role=Role.MANAGER, writes=True, target=_of_merged, undo="unmerge")
def merge_accounts(call: Call, data: Merge) -> MergeDone:
    """Make other accounts part of one. Contacts, activities, opportunities, everything moves; ids of old lead on."""
    return _merge(MergeEntity.ACCOUNT, call, data)


@action("mergeContacts", reply="contactsMerged", role=Role.MANAGER, writes=True, target=_of_merged, undo="unmerge")
def merge_contacts(call: Call, data: Merge) -> MergeDone:
    """Make one person of several entries; what one of them denied holds for every address of the person."""
    return _merge(MergeEntity.CONTACT, call, data)


@action(
    "mergeDuplicates",
    reply="duplicatesMerged",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("duplicates", given.entity.value),
    undo="unmerge",
)
def merge_duplicates(call: Call, data: MergePairs) -> PairsMerged:
    """Merge chosen pairs of the queue as suggested; pairs about which somebody has to decide are left, with why."""
    done = merging_pairs.merge_pairs(entity=data.entity, pair_ids=data.pair_ids, at=call.at, by=call.actor)
    for each in done.merges:
        call.undo_with("unmerge", {"mergeId": each.merge_id})
    return done


@action(
    "unmerge",
    reply="unmerged",
    role=Role.MANAGER,
    writes=True,
    target=_of_merged,
    undo=("mergeAccounts", "mergeContacts"),
)
def unmerge(call: Call, data: Unmerge) -> Unmerged:
    """Take a merge apart: the records come back with what moved and is still there; says what stays as it is."""
    done = unmerging.unmerge(merge_id=data.merge_id, at=call.at, by=call.actor)
    name = "mergeAccounts" if done.entity is MergeEntity.ACCOUNT else "mergeContacts"
    again = {"winnerId": done.winner_id, "loserIds": done.restored_ids, "choices": done.choices}
    call.undo_with(name, again)
    return done


def _merge(entity: MergeEntity, call: Call, data: Merge) -> MergeDone:
    done = merging.merge(
        entity=entity,
        winner_id=data.winner_id,
        loser_ids=data.loser_ids,
        choices=data.choices,
        versions={each.id: each.version for each in data.versions},
        at=call.at,
        by=call.actor,
    )
    call.undo_with("unmerge", {"mergeId": done.merge_id})
    return done
