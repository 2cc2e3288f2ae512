"""What speaks against many at once: for plans of a hundred thousand, where asking about each would take hours.

The decision about one message is the judge's; this only leaves out whom it would refuse anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.selectors import facts
from headhaul.compliance.selectors.rows import fetch

_DENIED = """
select d.scope, d.key, d.key_hash, d.channel from compliance_suppression d
where not d.is_lift and d.effective_at <= %(at)s
  and not exists (select from compliance_suppression l
                  where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
                    and l.channel = d.channel and l.reason = d.reason and l.id > d.id and l.effective_at <= %(at)s)
  and (d.key_hash <> '' and d.key_hash = any(%(hashes)s) or d.scope = 'domain'
       or d.scope in ('contact', 'account', 'dot') and d.key = any(%(keys)s))
"""


def said(addresses: Iterable[str], *, at: datetime) -> dict[tuple[str, str], str]:
    """What holds of each (address, channel) of which something was said: as the judge will fold it."""
    law = rules.current()
    held: dict[tuple[str, str], str] = {}
    for address, events in facts.said_of(addresses, at=at).items():
        for channel in {event.channel for event in events}:
            found = fold(events, channel, at=at, rules=law)
            word = found.denial or found.grant
            if word is not None:
                held[(address, channel)] = word.status
    return held


_REASONS = """
select d.scope, d.key, d.key_hash, d.channel, d.reason from compliance_suppression d
where not d.is_lift and d.effective_at <= %(at)s
  and not exists (select from compliance_suppression l
                  where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
                    and l.channel = d.channel and l.reason = d.reason and l.id > d.id and l.effective_at <= %(at)s)
  and (d.scope = 'address' and d.key_hash = any(%(hashes)s) or d.scope = 'contact' and d.key = any(%(keys)s))
"""
_SAID = frozenset({SuppressionReason.OPT_OUT.value, SuppressionReason.DNC_REQUEST.value})


def reasons(
    *, addresses: Iterable[str], contacts: Iterable[int], at: datetime
) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(channel, reason) of all that speaks against each address and contact, by (scope, key): denials, and what the
    judge folds of what was said.
    """
    by_hash = {each: address for address in addresses for each in hashing.hashes_of(address)}
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    keys = [str(contact) for contact in contacts]
    for row in fetch(_REASONS, {"at": at, "hashes": list(by_hash), "keys": keys}):
        key = by_hash[row["key_hash"]] if row["scope"] == Scope.ADDRESS else row["key"]
        found.setdefault((row["scope"], key), set()).add((row["channel"], row["reason"]))
    for (address, channel), status in said(set(by_hash.values()), at=at).items():
        against = found.setdefault((Scope.ADDRESS.value, address), set())
        if ConsentStatus(status).denies and not any((channel, reason) in against for reason in _SAID):
            against.add((channel, SuppressionReason.OPT_OUT.value))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """The denials in effect that may hit somebody of a crowd."""

    addresses: set[tuple[str, str]] = field(default_factory=set)  # (hash, channel)
    records: set[tuple[str, str, str]] = field(default_factory=set)  # (scope, key, channel)

    @classmethod
    def load(
        cls,
        *,
        addresses: Iterable[str],
        contacts: Iterable[int],
        accounts: Iterable[int],
        dots: Iterable[int],
        at: datetime,
    ) -> Self:
        """Read them for a crowd."""
        hashes = [each for address in addresses for each in hashing.hashes_of(address)]
        keys = [str(key) for key in {*contacts, *accounts, *dots}]
        found = cls()
        for row in fetch(_DENIED, {"at": at, "hashes": hashes, "keys": keys}):
            if row["key_hash"]:
                found.addresses.add((row["key_hash"], row["channel"]))
            else:
                found.records.add((row["scope"], row["key"], row["channel"]))
        return found

    def hits(self, address: str, channel: str, contact_id: int, account_id: int, dot: int | None) -> bool:
        """Whether any of them speaks against this."""
        for word in (channel, "all"):
            if self.addresses and any((each, word) in self.addresses for each in hashing.hashes_of(address)):
                return True
            if self.records and any((scope, key, word) in self.records for scope, key in (
                ("contact", str(contact_id)), ("account", str(account_id)), ("dot", str(dot or "")),
                *(("domain", domain) for domain in domains(address)),
            )):  # fmt: skip
                return True
        return False


def domains(address: str) -> list[str]:
    """The host of an e-mail and every domain above it."""
    labels = address.rpartition("@")[2].split(".") if "@" in address else []
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 0))]
