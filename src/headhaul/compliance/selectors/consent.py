"""Consent by address, as the judge reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.judging.rules import Rules
from headhaul.compliance.judging.words import Said
from headhaul.compliance.schemas import ConsentStanding
from headhaul.compliance.selectors import facts

_EVENTS = """
select e.id, e.address, e.channel, e.status, e.basis, e.source, e.evidence, e.captured_at, e.recorded_at, e.expires_at,
       coalesce(nullif(u.name, ''), u.email, '') as by
from compliance_consentevent e left join security_user u on u.id = e.captured_by_id
where e.address = any(%s) order by e.recorded_at desc, e.id desc
"""


def standing(addresses: Iterable[str], *, at: datetime) -> dict[str, dict[ConsentChannel, ConsentStanding]]:
    """What holds for each address on each channel and on `all`; unknown where nothing was said that counts."""
    law = rules.current()
    return {
        address: _complete({channel: _standing(said, channel, at=at, law=law) for channel in ConsentChannel})
        for address, said in facts.said_of(dict.fromkeys(addresses), at=at).items()
    }


def _standing(said: Sequence[Said], channel: ConsentChannel, *, at: datetime, law: Rules) -> ConsentStanding:
    found = fold(said, channel, at=at, rules=law)
    word = found.denial or found.grant
    if word is None:
        return ConsentStanding(channel=channel, status=ConsentStatus.UNKNOWN)
    return ConsentStanding(
        channel=channel,
        status=ConsentStatus(word.status),
        source=word.source,
        basis=word.basis,
        captured_at=word.at,
        expires_at=word.expires_at,
        event_id=word.id,
    )


def events(addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Everything that was said about these addresses, newest first."""
    return _fetch(_EVENTS, [list(addresses)])


def _complete(said: dict[ConsentChannel, ConsentStanding]) -> dict[ConsentChannel, ConsentStanding]:
    blocked = said[ConsentChannel.ALL].status.denies
    return {channel: one.model_copy(update={"do_not_contact": blocked}) for channel, one in said.items()}


def _fetch(sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
