"""Messages on the timeline of their account: each once, at the moment when it left, as it stands now."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.kernel import Actor

_DETAIL = """
select json_build_object(
    'id', m.id, 'channel', m.channel, 'state', m.state, 'subject', m.subject, 'text', m.text, 'gateway', m.gateway,
    'purpose', m.purpose, 'result', m.result_text,
    'contact', case when c.id is not null then json_build_object('id', c.id, 'name', c.name) end,
    'actor', case when u.id is not null then
        json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email)) end,
    'sequence', q.name)
from outreach_message m
left join accounts_contact c on c.id = m.contact_id
left join security_user u on u.id = m.user_id
left join outreach_sequence q on q.id = m.sequence_id
where m.serial = k.id
"""
_STATES = {
    "accepted": "sent",
    "unknown": "perhaps sent",
    "unknown_final": "perhaps sent",
    "queued": "waits for another try",
    "claimed": "waits for another try",
    "dispatching": "is being sent",
}
_KINDS = {"email": "E-mail", "sms": "Text message"}


class MessageSource:
    """What left by the outbox. Calls stand on the timeline as calls."""

    name = "message"
    kinds = frozenset({"email", "sms"})

    def branch(self, wanted: Wanted) -> Branch | None:
        """By the index of the account, or of the contact."""
        if wanted.opportunity_id is not None:
            return None
        branch = Branch("outreach_message m", at="m.sent_at", id="m.serial")
        branch.add("m.sent_at is not null and m.channel <> 'call' and m.purpose <> 'test'")
        if wanted.contact_id is not None:
            branch.add("m.contact_id = %s", wanted.contact_id)
        else:
            branch.add("m.account_id = %s", wanted.account_id)
        if kinds := sorted(wanted.kinds & self.kinds):
            branch.add("m.channel = any(%s)", kinds)
        if wanted.user_id is not None:
            branch.add("m.user_id = %s", wanted.user_id)
        if wanted.text:
            branch.add("(m.subject ilike %s or m.text ilike %s)", wanted.pattern, wanted.pattern)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """What was said, to whom, and how it went."""
        return _DETAIL, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """The message as an entry; its state is how it stands now."""
        went = _STATES.get(shown["state"], shown["state"])
        kind = _KINDS.get(shown["channel"], "Message")
        sandbox = ", kept in the sandbox" if shown["gateway"] == "sandbox" else ""
        from_sequence = f" by sequence {shown['sequence']}" if shown["sequence"] else ""
        subject = f": {shown['subject']}" if shown["subject"] else ""
        return {
            "kind": shown["channel"],
            "title": f"{kind} {went}{from_sequence}{sandbox}{subject}",
            "body": shown["text"],
            "contact": shown["contact"],
            "actor": shown["actor"],
            "outcome": shown["state"],
            "direction": "out",
            "target": {"type": "message", "id": shown["id"]},
        }
