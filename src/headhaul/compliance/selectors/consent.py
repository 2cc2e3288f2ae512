"""Consent by address. What was said last counts, whenever we were told; what has expired is as if never said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.schemas import ConsentStanding

_LATEST = """
select distinct on (address, channel)
       address, channel, status, source, basis, captured_at, expires_at, id as event_id
from compliance_consentevent
where address = any(%s) and captured_at <= %s
order by address, channel, captured_at desc, recorded_at desc, id desc
"""
_EVENTS = """
select e.id, e.address, e.channel, e.status, e.basis, e.source, e.evidence, e.captured_at, e.recorded_at, e.expires_at,
       coalesce(nullif(u.name, ''), u.email, '') as by
from compliance_consentevent e left join security_user u on u.id = e.captured_by_id
where e.address = any(%s) order by e.recorded_at desc, e.id desc
"""
CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL)
FAR = datetime(9999, 1, 1, tzinfo=UTC)


def standing(
    addresses: Iterable[str], *, at: datetime | None = None
) -> dict[str, dict[ConsentChannel, ConsentStanding]]:
    """What holds for each address on each channel and on `all`; unknown where nothing was said.

    Without `at`, expired permissions count as they were given: pass it wherever something is decided.
    """
    wanted = list(dict.fromkeys(addresses))
    found: dict[str, dict[ConsentChannel, ConsentStanding]] = {address: {} for address in wanted}
    if wanted:
        for row in _fetch(_LATEST, [wanted, at or FAR]):
            channel = ConsentChannel(row["channel"])
            expired = at is not None and row["expires_at"] is not None and row["expires_at"] <= at
            status = ConsentStatus.UNKNOWN if expired else ConsentStatus(row["status"])
            words = {name: row[name] for name in ("source", "basis", "captured_at", "expires_at", "event_id")}
            found[row["address"]][channel] = ConsentStanding(channel=channel, status=status, **words)
    return {address: _complete(said) for address, said in found.items()}


def events(addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Everything that was said about these addresses, newest first."""
    return _fetch(_EVENTS, [list(addresses)])


def _complete(said: dict[ConsentChannel, ConsentStanding]) -> dict[ConsentChannel, ConsentStanding]:
    over = said.get(ConsentChannel.ALL, ConsentStanding(channel=ConsentChannel.ALL, status=ConsentStatus.UNKNOWN))
    blocked = over.status.denies
    whole = {ConsentChannel.ALL: over.model_copy(update={"do_not_contact": blocked})}
    for channel in CHANNELS:
        one = said.get(channel, ConsentStanding(channel=channel, status=ConsentStatus.UNKNOWN))
        whole[channel] = one.model_copy(update={"do_not_contact": True}) if blocked else one
    return whole


def _fetch(sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
