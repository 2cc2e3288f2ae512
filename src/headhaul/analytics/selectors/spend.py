"""Reading what was spent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.analytics.models import Spend
from headhaul.analytics.schemas.sources import Line
from headhaul.analytics.schemas.spend import ChannelChoice, ListSpend, SourceChoice, SpendList, SpendRow, SpendSaved
from headhaul.analytics.selectors.channels import GENERAL, key_of, known, label_of
from headhaul.analytics.selectors.sources import line_label
from headhaul.analytics.selectors.sources_sql import KEYS_OF_SPEND
from headhaul.analytics.spreading import IN_DAYS
from headhaul.kernel import InvalidData
from headhaul.kernel.days import resolved
from headhaul.pipeline.working_days import current

_NEWEST = Sort(
    name="newest", columns=("s.starts_on", "s.id"), types=(date, int), key=lambda row: [row["starts_on"], row["id"]]
)
_COLUMNS = """s.id, s.version, s.channel, s.source_id, coalesce(l.name, '') as source, s.campaign, s.event_id,
    coalesce(e.name, '') as event, s.starts_on, s.ends_on, s.ends_on - s.starts_on + 1 as days, s.amount_cents, s.note,
    coalesce(nullif(u.name, ''), u.email, '') as entered_by, s.updated_at"""
_SOURCE = """analytics_spend s left join capture_leadsource l on l.id = s.source_id
    left join capture_captureevent e on e.id = s.event_id left join security_user u on u.id = s.created_by_id"""
_KEYED = "analytics_spend s left join capture_leadsource l on l.id = s.source_id"
_ONE = f"select {_COLUMNS} from {_SOURCE} where s.id = %s"
_SOURCES = "select id, name, medium as channel from capture_leadsource where is_active order by lower(name), id"
_EVENTS = """
select e.id, e.name, l.medium as channel from capture_captureevent e join capture_leadsource l on l.id = e.source_id
where e.is_active order by e.starts_on desc nulls last, e.id desc limit 200
"""


def listed(*, asked: ListSpend, at: datetime) -> SpendList:
    """A page of spend, with what can be chosen from when some is entered."""
    first, last, narrowed = _narrowed(asked, at=at)
    found = page(
        columns=f"{_COLUMNS}, {_part(first, last)} as in_period_cents",
        source=_SOURCE,
        counted_in=_KEYED,
        conditions=narrowed,
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return SpendList(
        items=[SpendRow(**_told(row)) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        in_period_cents=None if asked.cursor else _in_period(narrowed, first, last),
        label=line_label(asked.by, asked.key) if asked.by and asked.key is not None else "",
        channels=[ChannelChoice(key=key, label=label) for key, label in known().items()],
        sources=[SourceChoice(**row) for row in fetch(_SOURCES, [])],
        events=[SourceChoice(**row) for row in fetch(_EVENTS, [])],
    )


def _narrowed(asked: ListSpend, *, at: datetime) -> tuple[date | None, date | None, Conditions]:
    """The days asked for, and the conditions on spend `s` and its source `l`."""
    zone, narrowed = current().zone, Conditions()
    narrowed.add("s.removed_at is null")
    first = resolved(asked.from_, at=at, zone=zone) if asked.from_ else None
    last = resolved(asked.to, at=at, zone=zone) if asked.to else None
    if first and last and first > last:
        raise InvalidData("These days run backwards.", fields={"from": "not after to"})
    if asked.by is Line.MONTH and asked.key is not None:
        first, last = _within(asked.key, first, last)
    if first:
        narrowed.add("s.ends_on >= %s", first)
    if last:
        narrowed.add("s.starts_on <= %s", last)
    _purpose(narrowed, asked)
    return first, last, narrowed


def _purpose(narrowed: Conditions, asked: ListSpend) -> None:
    if asked.by is not None:
        narrowed.add("s.channel <> %s", GENERAL)
        if asked.key is not None and asked.by is not Line.MONTH:
            narrowed.add(f"{KEYS_OF_SPEND[asked.by]} = %s", asked.key)
    if asked.channel:
        narrowed.add("s.channel = %s", key_of(asked.channel))
    if asked.campaign is not None:
        narrowed.add("s.campaign = %s", asked.campaign)
    if asked.spend_id is not None:
        narrowed.add("s.id = %s", asked.spend_id)
    for column, wanted in (("source_id", asked.source_id), ("event_id", asked.event_id)):
        if wanted == "none":
            narrowed.add(f"s.{column} is null")
        elif wanted is not None:
            narrowed.add(f"s.{column} = %s", wanted)


def row(spend: Spend) -> SpendRow:
    """One row as answers show it."""
    return SpendRow(**_told(fetch(_ONE, [spend.pk])[0]))


def saved(spend: Spend, overlaps: list[int]) -> SpendSaved:
    """A row that was written, and what it overlaps."""
    note = ""
    if overlaps:
        others = f"{len(overlaps)} other {'entry' if len(overlaps) == 1 else 'entries'}"
        note = f"The days overlap with {others} of the same purpose: they add up, each spread over its own days."
    return SpendSaved(**row(spend).model_dump(), overlaps=overlaps, overlap_note=note)


def _in_period(narrowed: Conditions, first: date | None, last: date | None) -> int:
    sql = f"select coalesce(sum({_part(first, last)}), 0)::bigint as cents from {_KEYED} where {narrowed.where}"
    return int(fetch(sql, narrowed.parameters)[0]["cents"])


def _part(first: date | None, last: date | None) -> str:
    """What of a row falls into these days."""
    ends = {"first": first or date(1990, 1, 1), "last": last or date(2199, 12, 31)}
    return IN_DAYS.format(**{name: f"date '{day.isoformat()}'" for name, day in ends.items()})


def _within(month: str, first: date | None, last: date | None) -> tuple[date, date]:
    """The days of a month that lie within these."""
    try:
        starts_on = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InvalidData("This is no month.", fields={"key": "a month such as 2026-11"}) from None
    ends_on = (starts_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return max(starts_on, first or starts_on), min(ends_on, last or ends_on)


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"channel_label": label_of(found["channel"])}
