"""Accounts, contacts and the signals of accounts by the plan's column names, for another system."""

from __future__ import annotations

import json
from collections.abc import Mapping

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.carriers.choices import Equipment, JobType, Level
from headhaul.carriers.services.signals_store import current_day
from headhaul.compliance.choices import ConsentStatus
from headhaul.compliance.services import bulk

_ACCOUNTS = """
select a.id, a.dot_number as carrier_dot, a.name as carrier_name, a.status, a.segment, a.region, a.fleet_size, a.source,
       u.email as owner_id
from accounts_account a left join security_user u on u.id = a.owner_id
where a.id > %s::bigint order by a.id limit %s::int
"""
_CONTACTS = """
select c.id, c.account_id, c.name, c.role, e.address as email, p.number as phone, c.timezone, c.preferred_channel
from accounts_contact c
left join accounts_contactemail e on e.contact_id = c.id and e.is_primary
left join accounts_contactphone p on p.contact_id = c.id and p.is_primary
where c.id > %s::bigint order by c.id limit %s::int
"""


# Of our accounts alone: the census is no base's to hold.
_SIGNALS = """
select a.id, s.dot_number as carrier_dot, s.score_hundredths, s.n as driver_count, s.top_states, s.top_state_counts,
       s.by_equipment, s.by_job, s.confidence, s.urgency, s.day
from accounts_account a join carriers_signal s on s.dot_number = a.dot_number and s.day = %s::date
where a.id > %s::bigint order by a.id limit %s::int
"""


def accounts(*, after: int, limit: int) -> list[Leaving]:
    """The next accounts."""
    return [Leaving(row.pop("id"), row) for row in fetch(_ACCOUNTS, [after, limit])]


def contacts(*, after: int, limit: int) -> list[Leaving]:
    """The next contacts, with what their first addresses say about being reached."""
    rows = fetch(_CONTACTS, [after, limit])
    said = bulk.standing({address for row in rows for address in (row["email"], row["phone"]) if address})
    leaving = []
    for row in rows:
        statuses = {
            ConsentStatus(status)
            for (address, _), (status, _) in said.items()
            if address in (row["email"], row["phone"])
        }
        by_mail = said.get((row["email"] or "", "email"))
        row["consent_status"] = _one(statuses, mail=by_mail[0] if by_mail else "")
        row["account_id"] = ("account", row["account_id"])
        leaving.append(Leaving(row.pop("id"), row))
    return leaving


def match_signals(*, after: int, limit: int) -> list[Leaving]:
    """The next accounts' signals of the current day."""
    day = current_day()
    leaving = []
    for row in fetch(_SIGNALS, [day, after, limit]) if day else []:
        score, states = row["score_hundredths"], zip(row["top_states"], row["top_state_counts"], strict=True)
        columns = {
            "carrier_dot": row["carrier_dot"], "signal_score": f"{score // 100}.{score % 100:02d}",
            "driver_count": row["driver_count"], "top_regions": json.dumps(dict(states)),
            "top_equipment": json.dumps(_largest({each.code: row["by_equipment"][each] for each in Equipment})),
            "top_jobs": json.dumps(_largest({each.code: row["by_job"][each] for each in JobType})),
            "confidence": Level(row["confidence"]).code, "urgency": Level(row["urgency"]).code,
        }  # fmt: skip
        leaving.append(Leaving(row["id"], columns, {"day": row["day"].isoformat()}))
    return leaving


def _largest(counts: Mapping[str, int]) -> dict[str, int]:
    """Those that are there, the most first."""
    return {name: count for name, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count}


def _one(statuses: set[ConsentStatus], *, mail: str) -> str:
    """One word for all channels: a no anywhere is a no, a yes to e-mail a yes."""
    if any(status.denies for status in statuses):
        return "opted_out"
    return "opted_in" if mail == ConsentStatus.OPTED_IN else "unknown"
