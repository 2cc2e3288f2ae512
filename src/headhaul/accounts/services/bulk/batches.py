"""A batch: changes noted in the value history under one id, then carried out from there in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.bulk.subjects import CUSTOM, Subject
from headhaul.kernel import Actor

SOURCE = "bulk"
TAG = "tag"  # the field under which a tag that came or went stands in the history

_INTO = """
insert into accounts_fieldchange (account_id, contact_id, field, old, new, valid_from, recorded_at, source, batch_id,
                                  changed_by_id)
"""


def note(
    *, subject: Subject, keys: Sequence[int], values: Mapping[str, Any], batch_id: str, at: datetime, by: Actor
) -> None:
    """Write down for each row what would change, by field of the history."""
    if not values:
        return
    lines, parameters = [], []
    for field, value in values.items():
        lines.append(f"(%s, {subject.now(field)}, %s::jsonb)")
        named = [field.removeprefix(CUSTOM)] if field.startswith(CUSTOM) else []
        parameters += [field, *named, None if value is None else json.dumps(value)]
    given = [at, at, SOURCE, batch_id, by.user_id, *parameters, list(keys)]
    _run(
        f"""{_INTO}
        select {subject.account}, {subject.contact}, c.field, c.old, c.new, %s, %s, %s, %s, %s
        from {subject.table} {subject.alias}
        cross join lateral (values {", ".join(lines)}) as c(field, old, new)
        where {subject.alias}.id = any(%s) and c.old is distinct from c.new""",
        given,
    )


def note_inverse(*, subject: Subject, batch_id: str, inverse_id: str, at: datetime, by: Actor) -> None:
    """Write down what puts a batch back: each value that is still as the batch left it, to what it was before.

    Who is gone, or a team that is, does not come back; that row stays and is counted as kept.
    """
    _run(
        f"""{_INTO}
        select c.account_id, c.contact_id, c.field, c.new, c.old, %s, %s, %s, %s, %s
        from accounts_fieldchange c join {subject.table} {subject.alias} on {subject.alias}.id = c.{subject.key}
        where c.batch_id = %s and c.field <> %s and ({subject.present}) is not distinct from c.new
          and (c.field <> 'owner' or c.old is null
               or exists (select 1 from security_user u where u.id = (c.old #>> '{{}}')::bigint))
          and (c.field <> 'team' or c.old is null
               or exists (select 1 from security_team m where m.id = (c.old #>> '{{}}')::bigint))""",
        [at, at, SOURCE, inverse_id, by.user_id, batch_id, TAG],
    )


def carry_out(*, subject: Subject, batch_id: str, at: datetime) -> int:
    """Make the rows what the batch says; how many rows changed."""
    named = "select distinct field from accounts_fieldchange where batch_id = %s and field <> %s"
    fields = [row["field"] for row in fetch(named, [batch_id, TAG])]
    if not fields:
        return 0
    return _run(
        f"""
        with r as (
            select {subject.key} as id, jsonb_object_agg(field, new) as v
            from accounts_fieldchange where batch_id = %s and field <> %s group by 1
        )
        update {subject.table} {subject.alias}
        set {subject.assignments(fields)}, version = {subject.alias}.version + 1, updated_at = %s
        from r where r.id = {subject.alias}.id""",
        [batch_id, TAG, at],
    )


def hold_rows_of(*, subject: Subject, batch_id: str) -> None:
    """Hold the rows of a batch until the transaction ends, in one order for everybody."""
    _run(
        f"""select 1 from {subject.table} {subject.alias} where {subject.alias}.id in
            (select {subject.key} from accounts_fieldchange where batch_id = %s)
            order by {subject.alias}.id for update""",
        [batch_id],
    )


def _run(sql: str, parameters: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
