"""The rows behind a number of a report: as many as it says."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.kernel import Actor
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.outreach.schemas.reports import (
    GetReportCalls,
    GetReportCarriers,
    GetReportMessages,
    ReportCall,
    ReportCalls,
    ReportCarrier,
    ReportCarriers,
    ReportMessage,
    ReportMessages,
    Stage,
)
from headhaul.outreach.selectors.reports import calls, scope
from headhaul.outreach.selectors.reports.counting import MEASURES, SENT, carriers

_MESSAGES = Sort(
    name="newest", columns=("f.at", "f.message_id"), types=(datetime, str), key=lambda row: [row["at"], row["id"]]
)
_COLUMNS = """f.message_id::text as id, f.at, f.channel, f.fate, f.is_confirmed, nullif(f.click, '') as click,
    f.is_replied, f.contact_id, coalesce(c.name, m.address) as contact, f.account_id, coalesce(a.name, '') as account,
    m.subject, coalesce(nullif(u.name, ''), u.email, '') as user, f.sequence_id, coalesce(s.name, '') as sequence,
    f.step_key, f.campaign"""
_JOINED = """outreach_messagefact f
    join outreach_message m on m.id = f.message_id
    left join accounts_contact c on c.id = f.contact_id
    left join accounts_account a on a.id = f.account_id
    left join security_user u on u.id = f.user_id
    left join outreach_sequence s on s.id = f.sequence_id"""
_CALLS = Sort(
    name="newest calls",
    columns=("f.started_at", "f.id"),
    types=(datetime, int),
    key=lambda row: [row["at"], row["id"]],
)
_OF_CALLS = """f.id, f.started_at as at, f.seconds, nullif(f.disposition, '') as disposition, f.contact_id,
    coalesce(c.name, '') as contact, f.account_id, coalesce(a.name, '') as account,
    coalesce(nullif(u.name, ''), u.email, '') as user, coalesce(g.name, '') as call_campaign, f.notes"""
_CALLS_JOINED = f"""{calls.SOURCE}
    left join accounts_contact c on c.id = f.contact_id
    left join accounts_account a on a.id = f.account_id
    left join security_user u on u.id = f.user_id"""
_OF_STAGE = {stage: "true" if stage is Stage.PLANNED else f"d.{stage}" for stage in Stage}
_PAGE = """
select d.*, a.name, a.state,
       (select count(*) from outreach_messagefact f where {where} and f.account_id = d.account_id) as planned_messages,
       (select count(*) from outreach_messagefact f
        where {where} and f.account_id = d.account_id and {sent}) as sent_messages
from credited d join accounts_account a on a.id = d.account_id
where {stage} and d.account_id < %s order by d.account_id desc limit %s
"""
_LAST = 2**63 - 1


def report_messages(*, asked: GetReportMessages, by: Actor, at: datetime) -> ReportMessages:
    """The messages that a number counts, newest first."""
    narrowed = scope.messages(asked, by=by, at=at)
    narrowed.add(f"({MEASURES[asked.measure]})")
    found = page(
        columns=_COLUMNS,
        source=_JOINED,
        counted_in="outreach_messagefact f",
        conditions=narrowed,
        sort=_MESSAGES,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ReportMessages(
        items=[ReportMessage(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def report_calls(*, asked: GetReportCalls, by: Actor, at: datetime) -> ReportCalls:
    """The calls that a number counts, newest first."""
    narrowed = scope.calls(asked, by=by, at=at)
    narrowed.add(f"({calls.MEASURES[asked.measure]})")
    found = page(
        columns=_OF_CALLS,
        source=_CALLS_JOINED,
        counted_in=calls.SOURCE,
        conditions=narrowed,
        sort=_CALLS,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ReportCalls(
        items=[ReportCall(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def report_carriers(*, asked: GetReportCarriers, by: Actor, at: datetime) -> ReportCarriers:
    """The carriers that a step of the funnel counts."""
    narrowed = scope.messages(asked, by=by, at=at)
    sql, parameters = carriers(narrowed, key="1", at=at)
    before = decode_cursor(asked.cursor, sort="carriers", types=[int])[0] if asked.cursor else _LAST
    query = sql + _PAGE.format(where=narrowed.where, sent=SENT, stage=_OF_STAGE[asked.stage])
    rows = fetch(query, [*parameters, *narrowed.parameters, *narrowed.parameters, before, asked.limit + 1])
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    total = None if asked.cursor else _count(narrowed, asked.stage, at=at)
    return ReportCarriers(
        items=[
            ReportCarrier(
                account_id=row["account_id"],
                account=row["name"],
                state=row["state"],
                planned=row["planned_messages"],
                sent=row["sent_messages"],
                first_sent_at=row["first_sent_at"],
                stages=[stage for stage in Stage if stage is Stage.PLANNED or row[stage]],
            )
            for row in rows
        ],
        next_cursor=encode_cursor("carriers", [rows[-1]["account_id"]]) if more else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def _count(narrowed: Conditions, stage: Stage, *, at: datetime) -> int:
    sql, parameters = carriers(narrowed, key="1", at=at)
    few = f"select 1 from credited d where {_OF_STAGE[stage]} limit {COUNT_LIMIT + 1}"
    return int(fetch(f"{sql} select count(*) as n from ({few}) few", parameters)[0]["n"])
