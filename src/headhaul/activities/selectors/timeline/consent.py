"""What the account's people said about being reached, at the addresses they have now."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.kernel import Actor

_ADDRESSES = """e.address in (
    select m.address from accounts_contactemail m join accounts_contact c on c.id = m.contact_id where {0}
    union all
    select p.number from accounts_contactphone p join accounts_contact c on c.id = p.contact_id where {0})"""
_DETAIL = """
select json_build_object(
    'address', e.address, 'channel', e.channel, 'status', e.status, 'source', e.source, 'evidence', e.evidence,
    'actor', case when u.id is not null
             then json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email)) end,
    'contact', (
        select json_build_object('id', c.id, 'name', c.name) from accounts_contact c
        where c.account_id = %s and (
            exists (select 1 from accounts_contactemail m where m.contact_id = c.id and m.address = e.address)
            or exists (select 1 from accounts_contactphone p where p.contact_id = c.id and p.number = e.address))
        order by c.id limit 1))
from compliance_consentevent e left join security_user u on u.id = e.captured_by_id
where e.id = k.id
"""
_SAID = {
    ConsentStatus.OPTED_IN: "agreed to",
    ConsentStatus.OPTED_OUT: "opted out of",
    ConsentStatus.REVOKED: "revoked",
    ConsentStatus.UNKNOWN: "no longer speaks of",
}
_CHANNELS = {
    ConsentChannel.EMAIL: "e-mail",
    ConsentChannel.SMS: "text messages",
    ConsentChannel.CALL: "calls",
    ConsentChannel.ALL: "all contact",
}


class ConsentSource:
    """Consent given and withdrawn."""

    name, kinds = "consent", frozenset({"consent"})

    def branch(self, wanted: Wanted) -> Branch | None:
        """An account's people have few addresses, and an address has few events."""
        if wanted.opportunity_id is not None:
            return None
        branch = Branch("compliance_consentevent e", at="e.recorded_at", id="e.id")
        if wanted.contact_id is not None:
            branch.add(_ADDRESSES.format("c.id = %s"), wanted.contact_id, wanted.contact_id)
        else:
            branch.add(_ADDRESSES.format("c.account_id = %s"), wanted.account_id, wanted.account_id)
        if wanted.user_id is not None:
            branch.add("e.captured_by_id = %s", wanted.user_id)
        if wanted.text:
            branch.add("(e.address || ' ' || e.source || ' ' || e.evidence) ilike %s", wanted.pattern)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """The event, and who of the account has the address."""
        return _DETAIL, [wanted.account_id]

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """Who said what about which address."""
        who = shown["contact"]["name"] if shown["contact"] else shown["address"]
        said, channel = _SAID[ConsentStatus(shown["status"])], _CHANNELS[ConsentChannel(shown["channel"])]
        return {
            "kind": "consent",
            "title": f"{who} {said} {channel}",
            "body": ". ".join(part for part in (shown["address"], shown["source"], shown["evidence"]) if part),
            "actor": shown["actor"],
            "contact": shown["contact"],
            "target": {"type": "contact", "id": shown["contact"]["id"]} if shown["contact"] else None,
        }
