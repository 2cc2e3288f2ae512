"""Which denials hit somebody, and the list of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul.compliance import hashing
from headhaul.compliance.judging.words import Denied, Proposal
from headhaul.compliance.selectors.rows import fetch

# A denial ends by the first lift of the same that was recorded after it and is in effect.
_NOT_LIFTED = """
not exists (select from compliance_suppression l
            where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
              and l.channel = d.channel and l.reason = d.reason and l.id > d.id and l.effective_at <= %(at)s)
"""
_HITS = f"""
select d.id, d.scope, d.key, d.channel, d.reason, d.effective_at as since
from compliance_suppression d
where not d.is_lift and d.effective_at <= %(at)s and d.channel = any(%(channels)s)
  and (d.key_hash = any(%(hashes)s) and d.key_hash <> ''
       or d.scope = 'contact' and d.key = %(contact)s or d.scope = 'account' and d.key = %(account)s
       or d.scope = 'dot' and d.key = %(dot)s or d.scope = 'domain' and d.key = any(%(domains)s))
  and {_NOT_LIFTED}
order by d.id
"""


def hits(proposal: Proposal, *, at: datetime) -> tuple[Denied, ...]:
    """Everything in effect that speaks against this proposal, by whichever scope."""
    rows = fetch(
        _HITS,
        {
            "at": at,
            "channels": ["all", *heard_as(proposal.channel)],
            "hashes": hashing.hashes_of(proposal.address),
            "contact": str(proposal.contact_id or ""),
            "account": str(proposal.account_id or ""),
            "dot": proposal.dot_number,
            "domains": _domains(proposal.address),
        },
    )
    return tuple(Denied(**row) for row in rows)


def heard_as(channel: str) -> tuple[str, ...]:
    """The channels whose denial covers this one: an artificial voice is a call too."""
    return ("call",) if channel == "ai_call" else (channel,)


def _domains(address: str) -> list[str]:
    """The host of an e-mail and every domain above it."""
    labels = address.rpartition("@")[2].split(".") if "@" in address else []
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 0))]


_LIST = """
select d.id, d.scope, d.key, d.key_hash, d.channel, d.reason, d.source, d.evidence, d.effective_at as since,
       d.recorded_at, coalesce(nullif(u.name, ''), u.email, '') as by,
       (select min(l.effective_at) from compliance_suppression l
        where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
          and l.channel = d.channel and l.reason = d.reason and l.id > d.id) as lifted_at
from compliance_suppression d left join security_user u on u.id = d.recorded_by_id
where not d.is_lift and {where} order by d.id desc limit %(limit)s
"""


def rows(
    *, at: datetime, scope: str, channel: str, reason: str, search: str, active: bool | None, before: int, limit: int
) -> Sequence[dict[str, Any]]:
    """Denials, newest first, `before` a number of one. `active`: only those in effect, only those lifted, or all."""
    where, given = ["true"], {"at": at, "limit": limit, "before": before, "search": search.strip()}
    given |= {"scope": scope, "channel": channel, "reason": reason, "hashes": hashing.hashes_of(search)}
    where += [f"d.{name} = %({name})s" for name in ("scope", "channel", "reason") if given[name]]
    if before:
        where.append("d.id < %(before)s")
    if search.strip():
        where.append("(d.key_hash = any(%(hashes)s) or d.key = lower(%(search)s))")
    if active is not None:
        where.append(_NOT_LIFTED if active else f"not ({_NOT_LIFTED})")
    return fetch(_LIST.format(where=" and ".join(where)), given)
