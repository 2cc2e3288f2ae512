"""What the actions about merging take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.schemas.words import Id
from headhaul.kernel import Payload, Result

FieldName = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z][A-Za-z0-9_.]*$")]
Choices = Annotated[
    dict[FieldName, Id | Literal["both"]],
    Field(
        max_length=200,
        description='By field, the id of the record whose value stands; "both" puts texts one after the other.'
        " What is left out is the winner's, or the first loser's where the winner has none.",
    ),
]
Losers = Annotated[list[Id], Field(min_length=1, max_length=20, examples=[[2]])]


class RecordVersion(Payload):
    """A record and the version of it that was read."""

    id: Id
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Merge(Payload):
    """What becomes one: the winner keeps its id, the losers' ids lead to it. `versions` guards against changes."""

    winner_id: Id
    loser_ids: Losers
    choices: Choices = {}
    versions: Annotated[list[RecordVersion], Field(max_length=21)] = []


class PreviewMerge(Payload):
    """A merge to look at before it is done."""

    entity: MergeEntity = MergeEntity.ACCOUNT
    winner_id: Id
    loser_ids: Losers
    choices: Choices = {}


class Option(Result):
    """A record's value of a field, as columns and as people read it."""

    record_id: int
    values: dict[str, Any]
    text: str


class MergeField(Result):
    """A field of the result: its columns, whose they are (null: of several), and what each record has."""

    name: str
    values: dict[str, Any]
    text: str
    from_id: int | None
    options: list[Option]
    differs: bool


class EmailAfter(Result):
    """An e-mail address of the resulting contact."""

    address: str
    label: str
    is_primary: bool
    validity: str


class PhoneAfter(Result):
    """A telephone number of the resulting contact."""

    number: str
    extension: str
    label: str
    is_primary: bool
    validity: str


class Merged(Result):
    """The resulting record. `denials` is how many denials spread to other addresses of the same person."""

    record: dict[str, Any]
    tags: list[str]
    emails: list[EmailAfter]
    phones: list[PhoneAfter]
    denials: int


class Counted(Result):
    """Rows of one kind."""

    table: str
    what: str
    count: int


class MergeRecordRow(Result):
    """One of the records."""

    id: int
    name: str
    version: int


class MergePreview(Result):
    """What the merge would make. `unresolved` are fields about which somebody has to decide first."""

    entity: MergeEntity
    records: list[MergeRecordRow]
    result: Merged
    fields: list[MergeField]
    moves: list[Counted]
    twice: list[Counted]
    unresolved: list[str]
    notes: list[str]


class MergeDone(Result):
    """What the merge made: the record as it is now, what moved to it, and what was there twice."""

    merge_id: int
    entity: MergeEntity
    winner_id: int
    loser_ids: list[int]
    version: int
    result: Merged
    moves: list[Counted]
    twice: list[Counted]


class Unmerge(Payload):
    """A merge to take apart."""

    merge_id: Id


class Unmerged(Result):
    """The records that are back, the choices of the merge, and in words what stays as it is now."""

    merge_id: int
    entity: MergeEntity
    winner_id: int
    restored_ids: list[int]
    choices: Choices
    kept: list[str]


class MergePairs(Payload):
    """Pairs of the queue to merge as suggested; pairs that share a record become one."""

    entity: MergeEntity = MergeEntity.ACCOUNT
    pair_ids: Annotated[list[Id], Field(min_length=1, max_length=100, examples=[[1]])]


class PairLeft(Result):
    """A pair that was not merged, and why."""

    pair_id: int
    reason: str


class PairsMerged(Result):
    """The merges that were done, and the pairs that were left."""

    merges: list[MergeDone]
    left: list[PairLeft]
