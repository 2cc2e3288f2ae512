"""Decisions, newest first; one proof with its neighbours in the chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from headhaul.compliance import hashing
from headhaul.compliance.models import Receipt
from headhaul.compliance.schemas.receipts import GetReceipts, ReceiptList, ReceiptReason, ReceiptRow
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor

_EQUAL = ("contact_id", "account_id", "message_id", "outcome")


def page(asked: GetReceipts) -> ReceiptList:
    """Those that match."""
    found = _found(asked)
    rows = found.order_by("-pk")
    if asked.cursor:
        rows = rows.filter(pk__lt=decode_cursor(asked.cursor, sort="newest", types=[int])[0])
    shown = list(rows[: asked.limit + 1])
    more = len(shown) > asked.limit
    total = found[: COUNT_LIMIT + 1].count()
    return ReceiptList(
        items=[row_of(receipt) for receipt in shown[: asked.limit]],
        next_cursor=encode_cursor("newest", [shown[asked.limit - 1].pk]) if more else None,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )


def _found(asked: GetReceipts) -> QuerySet[Receipt]:
    wanted = {name: getattr(asked, name) for name in _EQUAL if getattr(asked, name) is not None}
    found = Receipt.objects.filter(**wanted)
    if asked.search:
        found = found.filter(address_hash__in=hashing.hashes_of(asked.search))
    if asked.rule:
        found = found.filter(reasons__contains=[{"rule": asked.rule}])
    if asked.since is not None:
        found = found.filter(at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(at__lt=asked.until)
    return found


def row_of(receipt: Receipt) -> ReceiptRow:
    """A decision in short."""
    names = ReceiptRow.model_fields.keys() - {"reasons", "is_sealed"}
    return ReceiptRow(
        **{name: getattr(receipt, name) for name in names},
        reasons=[ReceiptReason(**reason) for reason in receipt.reasons],
        is_sealed=receipt.sequence is not None,
    )


def sends(*, since: datetime | None, until: datetime | None, after_id: int, limit: int) -> Iterator[Receipt]:
    """Every yes by which somebody was reached, oldest first."""
    found = Receipt.objects.filter(outcome="allow", pk__gt=after_id)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.order_by("pk")[:limit].iterator(chunk_size=500)


def beside(sequence: int) -> dict[int, Any]:
    """The neighbours of a link, by their numbers."""
    wanted = [sequence - 1, sequence + 1]
    rows = Receipt.objects.filter(sequence__in=wanted).values("sequence", "previous", "seal")
    return {int(row["sequence"] or 0): row for row in rows}
