"""Events and sources as rows, with how their leads do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.selectors.scoping import literal
from headhaul.capture.choices import OPEN_STATUSES
from headhaul.capture.schemas.events import EventRow, EventsPage, GetCaptureEvents, SourceName, SourceRow, Sources
from headhaul.capture.schemas.words import Person
from headhaul.kernel import NotFound
from headhaul.kernel.days import today, zone_named
from headhaul.pipeline.working_days import current

_COLUMNS = """
e.id, e.version, e.name, e.kind, e.city, e.state, e.timezone, e.starts_on, e.ends_on, e.campaign, e.consent_wording,
e.follow_up_days, e.is_active, e.public_key, e.form_is_open, e.form_sites, e.created_at, e.updated_at, e.owner_id,
coalesce(nullif(u.name, ''), u.email) as owner_name, s.key as source_key, s.name as source_name,
coalesce(e.starts_on, date '0001-01-01') as day
"""
_SOURCE = """
capture_captureevent e join capture_leadsource s on s.id = e.source_id left join security_user u on u.id = e.owner_id
"""
_COUNTS = """
select event_id, count(*) as leads, count(*) filter (where grade = 'hot') as hot,
       count(*) filter (where status = any(%s)) as open, count(*) filter (where status = 'converted') as converted,
       max(captured_at) as last_lead_at
from capture_lead where event_id = any(%s) and not is_spam and merged_into_id is null group by event_id
"""
_JUNK = """
select e.id as event_id,
       (select count(*) from capture_lead l where l.event_id = e.id and l.is_spam) as held,
       (select coalesce(sum(u.used), 0) from capture_formuse u where u.key = 'dropped:' || e.id) as dropped
from unnest(%s::bigint[]) as e(id)
"""
NEWEST = Sort(
    "events",
    ("coalesce(e.starts_on, date '0001-01-01')", "e.id"),
    (date, int),
    lambda row: [row["day"], row["id"]],
)


def events(*, asked: GetCaptureEvents, at: datetime) -> EventsPage:
    """A page of events, the latest first."""
    narrowed = Conditions()
    if asked.event_id is not None:
        narrowed.add("e.id = %s", asked.event_id)
    elif asked.is_active is not None:
        narrowed.add("e.is_active = %s", asked.is_active)
    if asked.kind is not None:
        narrowed.add("e.kind = %s", asked.kind.value)
    for word in asked.search.split():
        narrowed.add("(e.name || ' ' || e.city) ilike %s", f"%{literal(word)}%")
    if asked.when == "now":
        day = current().today(at)
        narrowed.add("(e.starts_on is null or e.starts_on <= %s) and (e.ends_on is null or e.ends_on >= %s)", day, day)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in="capture_captureevent e",
        conditions=narrowed,
        sort=NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return EventsPage(
        items=_rows(found.rows, at=at),
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def event(event_id: int, *, at: datetime) -> EventRow:
    """One event."""
    found = fetch(f"select {_COLUMNS} from {_SOURCE} where e.id = %s", [event_id])
    if not found:
        raise NotFound(f"There is no event {event_id}.", fields={"eventId": "see getCaptureEvents"})
    return _rows(found, at=at)[0]


def _rows(rows: list[dict[str, Any]], *, at: datetime) -> list[EventRow]:
    ids = [row["id"] for row in rows]
    counts = {row["event_id"]: row for row in fetch(_COUNTS, [sorted(OPEN_STATUSES), ids])}
    junk = {row["event_id"]: row for row in fetch(_JUNK, [ids])}
    return [_row(row, counts.get(row["id"], {}) | junk[row["id"]], at=at) for row in rows]


def _row(row: dict[str, Any], counts: dict[str, Any], *, at: datetime) -> EventRow:
    rest = {name: row[name] for name in EventRow.model_fields if name in row}
    day = today(at, zone_named(row["timezone"]) or current().zone)
    is_now = (row["starts_on"] or day) <= day <= (row["ends_on"] or day)
    owner = Person(id=row["owner_id"], name=row["owner_name"] or "") if row["owner_id"] else None
    return EventRow(
        **rest,
        is_now=is_now,
        owner=owner,
        source=SourceName(key=row["source_key"], name=row["source_name"]),
        leads=counts.get("leads", 0),
        hot=counts.get("hot", 0),
        open=counts.get("open", 0),
        converted=counts.get("converted", 0),
        held=counts["held"],
        dropped=int(counts["dropped"]),
        last_lead_at=counts.get("last_lead_at"),
    )


_SOURCES = """
select s.key, s.version, s.name, s.medium, s.quality, s.is_active, coalesce(l.leads, 0) as leads,
       coalesce(l.converted, 0) as converted
from capture_leadsource s left join (
    select source_id, count(*) as leads, count(*) filter (where status = 'converted') as converted
    from capture_lead where not is_spam and merged_into_id is null group by source_id
) l on l.source_id = s.id
where s.is_active or %s order by lower(s.name), s.key
"""


def sources(*, with_inactive: bool) -> Sources:
    """All sources by name."""
    return Sources(items=[SourceRow(**row) for row in fetch(_SOURCES, [with_inactive])])


def source(key: str) -> SourceRow:
    """One source."""
    return next(row for row in sources(with_inactive=True).items if row.key == key)
