"""What is known about many who might be called, in a few queries for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from headhaul.compliance import hashing
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.words import Cap, Proposal, Said
from headhaul.compliance.selectors import caps, suppression
from headhaul.compliance.selectors.denials import Standing
from headhaul.compliance.selectors.rows import fetch
from headhaul.kernel import Recipient

BARRED = {
    "no_number": "No usable telephone number is known.",
    "suppressed": "They are on the do-not-contact list.",
    "consent": "They have not agreed to be called.",
}
"""Why somebody is not called however late it is, by the codes of `why_not`."""

# Only what is certain: who is left over is the judge's to decide about. `n.number` is null where there is none.
_WHY_NOT = """
case when n.number is null then 'no_number'
     when exists (
         select from (values ('address', n.number), ('contact', c.id::text), ('account', a.id::text),
                             ('dot', a.dot_number::text)) k(scope, key)
         join compliance_suppression d on d.scope = k.scope and d.key = k.key
         where not d.is_lift and d.effective_at <= %s and d.channel in ('all', 'call')
           and not exists (select from compliance_suppression l
                           where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
                             and l.channel = d.channel and l.reason = d.reason and l.id > d.id
                             and l.effective_at <= %s)
     ) then 'suppressed'
     when not exists (
         select from compliance_consentevent e
         where e.address = n.number and e.channel = 'call' and e.status = 'opted_in' and e.captured_at <= %s
           and (e.expires_at is null or e.expires_at > %s)
     ) then 'consent'
     else '' end
"""
_SAID = """
select address, id, channel, status, basis, source, captured_at as at, expires_at, evidence <> '' as has_evidence,
       captured_by_id is not null as by_person
from compliance_consentevent where address = any(%s) and captured_at <= %s order by captured_at, id
"""
_SCRUBS = """
select distinct on (number, register) number, register, scrubbed_at, is_listed from compliance_dncscrub
where number = any(%s) and scrubbed_at <= %s and (register = 'do_not_call' or register = 'reassigned' and not is_listed)
order by number, register, scrubbed_at desc, id desc
"""
_TOUCHED = "select distinct address_hash from compliance_touch where address_hash = any(%s) and at >= %s"
_LONGEST_DAY = timedelta(days=3)  # no day of any zone began longer ago


def why_not(*, at: datetime) -> tuple[str, list[Any]]:
    """An expression over a contact `c`, an account `a` and their `n.number`, and its parameters: why a call to them is
    out of the question as things stand, a key of BARRED; '' where the judge has to be asked.
    """
    return _WHY_NOT, [at] * _WHY_NOT.count("%s")


def facts(proposals: Sequence[Proposal], recipients: Sequence[Recipient], *, at: datetime) -> list[dict[str, Any]]:
    """Of each call the facts that are the recipient's own, as Facts names them; `caps` without those of the user."""
    numbers = [each.address for each in proposals]
    said: dict[str, list[Said]] = {}
    for row in fetch(_SAID, [numbers, at]):
        said.setdefault(row.pop("address"), []).append(Said(**row))
    scrubs = {(row["number"], row["register"]): row for row in fetch(_SCRUBS, [numbers, at])}
    denied = Standing.load(
        addresses=numbers,
        contacts=[each.contact_id for each in proposals if each.contact_id],
        accounts=[each.account_id for each in proposals if each.account_id],
        dots=[int(each.dot_number) for each in proposals if each.dot_number],
        at=at,
    )
    limits = _Limits(proposals, recipients, at=at)
    found = []
    for proposal, whom in zip(proposals, recipients, strict=True):
        listed = scrubs.get((proposal.address, "do_not_call"))
        checked = scrubs.get((proposal.address, "reassigned"))
        own: dict[str, Any] = {
            "zones": whom.zones, "states": whom.states, "country": whom.country,
            "said": tuple(said.get(proposal.address, ())),
            "denied": suppression.hits(proposal, at=at) if _is_denied(proposal, denied) else (),
            "caps": limits.of(proposal.address, whom),
            "invalid_address": not proposal.address or hashing.normal(proposal.address) != proposal.address,
            "scrubbed_at": listed["scrubbed_at"] if listed else None,
            "is_listed": listed["is_listed"] if listed else None,
            "still_theirs_at": checked["scrubbed_at"] if checked else None,
            "inbound_at": None,  # matters to answers alone, and to what no person says
        }  # fmt: skip
        found.append(own)
    return found


def _is_denied(proposal: Proposal, standing: Standing) -> bool:
    dot = int(proposal.dot_number) if proposal.dot_number else None
    return standing.hits(proposal.address, proposal.channel, proposal.contact_id or 0, proposal.account_id or 0, dot)


class _Limits:
    """How often each was reached: looked up for those who were lately, the same for all others of a place."""

    def __init__(self, proposals: Sequence[Proposal], recipients: Sequence[Recipient], *, at: datetime) -> None:
        self.at, self.channel, law = at, proposals[0].channel, rules.current()
        self.rolling = cache(lambda states: law.recipient_caps(states, self.channel))
        hours = [rule.hours for each in recipients for rule in self.rolling(each.states)]
        since = at - max(_LONGEST_DAY, timedelta(hours=max(hours, default=0)))
        hashes = [one for each in proposals for one in hashing.hashes_of(each.address)]
        self.touched = {row["address_hash"] for row in fetch(_TOUCHED, [hashes, since])}
        self.of_nobody = cache(lambda zones, states: self._look("", zones, states))

    def of(self, number: str, whom: Recipient) -> tuple[Cap, ...]:
        """The limits of one of them."""
        if self.touched.isdisjoint(hashing.hashes_of(number)):
            return self.of_nobody(whom.zones, whom.states)
        return self._look(number, whom.zones, whom.states)

    def _look(self, number: str, zones: tuple[str, ...], states: tuple[str, ...]) -> tuple[Cap, ...]:
        found = caps.of_recipient(
            address=number, channel=self.channel, zones=zones, rolling=self.rolling(states), at=self.at
        )
        return tuple(found)
