"""What must hold after every fault: read from the database and from the provider, never from the code under test."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

WENT = {"accepted", "delivered", "bounced", "failed", "unknown", "unknown_final"}


@dataclass(frozen=True)
class Handed:
    """One message that a provider took."""

    attempt_id: UUID
    body: bytes


@dataclass
class Found:
    """What was counted, and what was wrong."""

    counts: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, name: str, wrong: list[object]) -> None:
        """Note an invariant that does not hold."""
        if wrong:
            self.broken.append(f"{name}: {len(wrong)} times, such as {wrong[:3]}")

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self.counts.items())


def check(connection: psycopg.Connection[tuple[object, ...]], taken: list[Handed], *, is_settled: bool = True) -> Found:
    """I1 to I7 and I10. I8 and I9, which need the product's own code, are asked of the crew."""
    found = Found()
    messages = {row[0]: row for row in connection.execute(_MESSAGES).fetchall()}
    attempts = {row[0]: row for row in connection.execute(_ATTEMPTS).fetchall()}
    found.counts = {
        "messages": len(messages),
        "attempts": len(attempts),
        "taken by providers": len(taken),
        **{str(state): count for state, count in Counter(row[2] for row in messages.values()).most_common()},
    }
    ids = Counter(each.attempt_id for each in taken)
    unknown_ids = [key for key in ids if key not in attempts]
    found.expect("provider has what no attempt was written for", unknown_ids)
    by_key = Counter(messages[attempts[each.attempt_id][1]][1] for each in taken if each.attempt_id in attempts)
    found.expect("I1 sent twice", [key for key, count in by_key.items() if count > 1])
    accepted = [key for key, row in attempts.items() if row[2] == "accepted"]
    found.expect("I2 accepted and the provider has it not", [key for key in accepted if key not in ids])
    ghosts = [
        (key, messages[attempts[key][1]][2])
        for key in ids
        if key in attempts and messages[attempts[key][1]][2] not in WENT
    ]
    found.expect("I3 the provider has it and we do not know", ghosts)
    found.expect("I4 limits and live attempts differ", _limits(connection, attempts))
    found.expect(
        "I5 begun after the address, person, company or domain was denied", connection.execute(_AFTER_DENIAL).fetchall()
    )
    found.expect("I6 an attempt without its receipt", connection.execute(_NO_RECEIPT).fetchall())
    found.expect("I7 stuck", connection.execute(_STUCK).fetchall())
    if is_settled:
        open_ones = [row[1] for row in messages.values() if row[2] in ("claimed", "dispatching", "unknown", "queued")]
        found.expect("lost: neither sent nor refused nor known to be unknown", open_ones)
    wrong_bytes = [
        each.attempt_id
        for each in taken
        if each.attempt_id in attempts and hashlib.sha256(each.body).hexdigest() != attempts[each.attempt_id][3]
    ]
    found.expect("I10 other bytes than those that were judged", wrong_bytes)
    found.expect("I10 not what was approved", [row[1] for row in messages.values() if row[3] != row[4]])
    return found


_MESSAGES = "select id, dedupe_key, state, body_hash, approved_hash from outreach_message"
_ATTEMPTS = "select id, message_id, outcome, body_hash, buckets from outreach_sendattempt"
_USED = "select bucket || '@' || day, used from compliance_capuse where used > 0"
_TOUCHES = "select count(*) from compliance_touch"
_AFTER_DENIAL = """
select a.id, s.id from outreach_sendattempt a
join outreach_message m on m.id = a.message_id
left join accounts_account c on c.id = m.account_id
join compliance_suppression s on not s.is_lift and (s.channel = m.channel or s.channel = 'all') and (
    s.scope = 'address' and s.key = m.address or s.scope = 'contact' and s.key = m.contact_id::text
    or s.scope = 'account' and s.key = m.account_id::text or s.scope = 'dot' and s.key = c.dot_number::text
    or s.scope = 'domain' and split_part(m.address, '@', 2) = s.key)
where a.started_at >= s.effective_at and m.purpose <> 'notice' -- the one confirmation that the opt-out is owed
  and pg_xact_commit_timestamp(s.xmin) < (select pg_xact_commit_timestamp(r.xmin) from compliance_receipt r
                                          where r.id = a.receipt_id)
"""
_NO_RECEIPT = """
select a.id from outreach_sendattempt a left join compliance_receipt r on r.id = a.receipt_id
where r.id is null or r.outcome <> 'allow' or r.attempt_id <> a.id or r.message_id <> a.message_id
   or r.at <> a.started_at
"""
_STUCK = """
select dedupe_key, state from outreach_message
where state in ('claimed', 'dispatching') and lease_until < clock_timestamp() - interval '90 seconds'
   or state = 'unknown' and updated_at < clock_timestamp() - interval '24 hours'
   or state = 'queued' and due_at is null
"""


def _limits(
    connection: psycopg.Connection[tuple[object, ...]], attempts: dict[object, tuple[object, ...]]
) -> list[object]:
    """What is used of every limit is what the attempts took that may have reached somebody."""
    held: Counter[str] = Counter()
    touches = 0
    for row in attempts.values():
        if row[2] in ("started", "unknown", "accepted", "overruled"):
            buckets = row[4] if isinstance(row[4], list) else json.loads(str(row[4]))
            touches += sum(bucket.startswith("touch:") for bucket in buckets)
            held.update(bucket for bucket in buckets if not bucket.startswith("touch:"))
    used = {str(bucket): int(str(count)) for bucket, count in connection.execute(_USED).fetchall()}
    wrong: list[object] = [
        (bucket, used.get(bucket, 0), held.get(bucket, 0))
        for bucket in sorted(used.keys() | held.keys())
        if used.get(bucket, 0) != held.get(bucket, 0)
    ]
    counted = connection.execute(_TOUCHES).fetchone()
    if counted is not None and counted[0] != touches:
        wrong.append(("touches", counted[0], touches))
    return wrong
