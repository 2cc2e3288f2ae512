"""Reading templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.selectors.scoping import literal
from headhaul.compliance.judging import gsm
from headhaul.outreach.choices import Channel
from headhaul.outreach.schemas.templates import ListTemplates, TemplateRow, TemplatesPage
from headhaul.outreach.selectors import texts

_COLUMNS = """
    t.id, t.version, t.name, t.channel, t.subject, t.body, t.is_archived, t.updated_at, lower(t.name) as sort_name,
    coalesce(nullif(u.name, ''), u.email, '') as updated_by,
    (select count(*) from outreach_sequence s join outreach_sequenceversion v
        on v.sequence_id = s.id and v.number = s.current
     where s.state <> 'archived' and v.steps @> jsonb_build_array(jsonb_build_object('templateId', t.id))) as used_in
"""
_SOURCE = "outreach_template t left join security_user u on u.id = t.created_by_id"
_BY_NAME = Sort(
    "name", ("lower(t.name)", "t.id"), (str, int), lambda row: [row["sort_name"], row["id"]], descending=False
)


def templates_page(*, asked: ListTemplates) -> TemplatesPage:
    """A page of templates by name."""
    narrowed = Conditions()
    if asked.channel is not None:
        narrowed.add("t.channel = %s", asked.channel.value)
    if not asked.include_archived:
        narrowed.add("not t.is_archived")
    if asked.q:
        narrowed.add("(t.name ilike %s or t.body ilike %s)", *[f"%{literal(asked.q)}%"] * 2)
    found = page(columns=_COLUMNS, source=_SOURCE, counted_in="outreach_template t", conditions=narrowed,
                 sort=_BY_NAME, cursor=asked.cursor, limit=asked.limit)  # fmt: skip
    return TemplatesPage(
        items=[_row(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def one(template_id: int) -> TemplateRow:
    """One template as it is now."""
    return _row(fetch(f"select {_COLUMNS} from {_SOURCE} where t.id = %s", [template_id])[0])


def _row(row: Mapping[str, Any]) -> TemplateRow:
    own = {name: row[name] for name in TemplateRow.model_fields if name in row}
    measured = gsm.measure(row["body"]) if row["channel"] == Channel.SMS else None
    return TemplateRow(
        **own,
        variables=texts.variables(f"{row['subject']} {row['body']}"),
        encoding=measured.encoding if measured else "",
        segments=measured.segments if measured else 0,
    )
