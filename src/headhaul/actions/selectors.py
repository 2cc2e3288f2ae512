"""Reading the audit, newest first, page by page."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Value, When

from headhaul.actions.models import AuditEntry, AuditSeal, Reversal
from headhaul.actions.schemas import AuditEntryView, AuditLog, GetAuditLog
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor

_EQUAL = ("outcome", "user_id", "token_id", "target_type", "target_id", "request_id", "batch_id")


def audit_log(data: GetAuditLog) -> AuditLog:
    """Entries that match, newest first."""
    wanted = {name: getattr(data, name) for name in _EQUAL if getattr(data, name) is not None}
    found = AuditEntry.objects.filter(**wanted)
    if data.action_name is not None:
        found = found.filter(action=data.action_name)
    if data.since is not None:
        found = found.filter(at__gte=data.since)
    if data.until is not None:
        found = found.filter(at__lt=data.until)
    rows = found.order_by("-id")
    if data.cursor:
        rows = rows.filter(id__lt=decode_cursor(data.cursor, sort="newest", types=[int])[0])
    sealed = Exists(AuditSeal.objects.filter(entry_id=OuterRef("id")))
    standing = Reversal.objects.filter(audit_id=OuterRef("id"))
    undo = Case(
        When(Exists(standing.filter(undone_at=None)), then=Value("possible")),
        When(Exists(standing), then=Value("undone")),
        default=Value(""),
    )
    page = list(rows.annotate(sealed=sealed, undo=undo).values(*AuditEntryView.model_fields)[: data.limit + 1])
    more = len(page) > data.limit
    total = found[: COUNT_LIMIT + 1].count()
    return AuditLog(
        items=[AuditEntryView(**row) for row in page[: data.limit]],
        next_cursor=encode_cursor("newest", [page[data.limit - 1]["id"]]) if more else None,
        total=min(total, COUNT_LIMIT),
        total_is_exact=total <= COUNT_LIMIT,
    )
