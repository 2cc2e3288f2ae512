"""Outreach's own events on the timeline: what people did with a message, and how they came into a sequence and out."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.kernel import Actor
from headhaul.outreach.choices import ChangeKind, EnrolmentState, EventKind, Grade

_CONTACT = "case when c.id is not null then json_build_object('id', c.id, 'name', c.name) end"
_PERSON = """case when u.id is not null then
    json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email)) end"""
_CLICKED = f"'{EventKind.CLICKED}'"
_BY_PEOPLE = f"v.kind = {_CLICKED} and v.grade = '{Grade.HUMAN}'"
# The clicks of one message are one entry, which stands where the last one stands.
_LAST_CLICK = f"""not exists (select from outreach_messageevent g where g.message_id = v.message_id
    and g.kind = {_CLICKED} and g.grade = '{Grade.HUMAN}' and (g.at, g.id) > (v.at, v.id))"""
_COMPLAINED = f"v.kind = '{EventKind.COMPLAINT}' and v.grade <> '{Grade.MACHINE}'"
_OF = {"click": f"({_BY_PEOPLE} and {_LAST_CLICK})", "complaint": f"({_COMPLAINED})"}
_EVENT = f"""
select json_build_object('kind', v.kind, 'message', m.id, 'subject', m.subject, 'url', v.data ->> 'url',
    'contact', {_CONTACT}, 'clicks', (select count(*) from outreach_messageevent g
               where g.message_id = v.message_id and g.kind = {_CLICKED} and g.grade = '{Grade.HUMAN}'))
from outreach_messageevent v
join outreach_message m on m.id = v.message_id
left join accounts_contact c on c.id = m.contact_id
where v.id = k.id
"""
_MOVE = f"""
select json_build_object('kind', h.kind, 'to', h.to_state, 'reason', h.reason, 'enrolment', e.id, 'sequence', q.name,
    'contact', {_CONTACT}, 'actor', {_PERSON})
from outreach_enrolmentchange h
join outreach_enrolment e on e.id = h.enrolment_id
join outreach_sequence q on q.id = e.sequence_id
left join accounts_contact c on c.id = e.contact_id
left join security_user u on u.id = h.by_id
where h.id = k.id
"""
_SAID_OF_MOVES = ", ".join(f"'{kind}'" for kind in (ChangeKind.ENROLLED, ChangeKind.PAUSED, ChangeKind.RESUMED,
                                                    ChangeKind.ENDED))  # fmt: skip
_ENDED = {
    EnrolmentState.FINISHED: "Finished the sequence {}",
    EnrolmentState.STOPPED: "Stopped in the sequence {}",
    EnrolmentState.REPLIED: "The sequence {} ended with their reply",
    EnrolmentState.MEETING: "The sequence {} ended with a meeting",
    EnrolmentState.BOUNCED: "The sequence {} ended as nothing reaches them",
    EnrolmentState.OPTED_OUT: "The sequence {} ended with their opt-out",
}
_MOVED = {
    ChangeKind.ENROLLED: "Enrolled in the sequence {}",
    ChangeKind.PAUSED: "Paused in the sequence {}",
    ChangeKind.RESUMED: "Goes on in the sequence {}",
    ChangeKind.MOVED: "Is in the sequence {} again",
}
_SAYS_NOTHING = ("", "All steps are done.", "Goes on.")


class MessageEventSource:
    """Clicks by people, and complaints. What machines did, and what nobody can tell, does not stand here."""

    name = "message_event"
    kinds = frozenset(_OF)

    def branch(self, wanted: Wanted) -> Branch | None:
        """An account gets few messages, and a message has few events. No colleague did any of it."""
        if wanted.opportunity_id is not None or wanted.user_id is not None:
            return None
        branch = Branch("outreach_messageevent v join outreach_message m on m.id = v.message_id", at="v.at", id="v.id")
        if wanted.contact_id is not None:
            branch.add("m.contact_id = %s", wanted.contact_id)
        else:
            branch.add("m.account_id = %s", wanted.account_id)
        branch.add("m.purpose <> 'test'")
        asked = sorted(wanted.kinds & self.kinds or self.kinds)
        branch.add(f"({' or '.join(_OF[kind] for kind in asked)})")
        if wanted.text:
            branch.add("m.subject ilike %s", wanted.pattern)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """Of which message, by whom, and which link."""
        return _EVENT, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """What they did with it."""
        about = f": {shown['subject']}" if shown["subject"] else ""
        if shown["kind"] == EventKind.COMPLAINT:
            return {"kind": "complaint", "title": f"Complained about an e-mail{about}", "contact": shown["contact"],
                    "direction": "in", "target": {"type": "message", "id": shown["message"]}}  # fmt: skip
        times = f" {shown['clicks']} times" if shown["clicks"] > 1 else ""
        return {
            "kind": "click",
            "title": f"Clicked{times} in an e-mail{about}",
            "body": shown["url"] or "",
            "contact": shown["contact"],
            "direction": "in",
            "target": {"type": "message", "id": shown["message"]},
        }


class EnrolmentSource:
    """Into a sequence, paused, going on, and out of it with the reason. Its steps stand as what they sent."""

    name = "enrolment"
    kinds = frozenset({"sequence"})

    def branch(self, wanted: Wanted) -> Branch | None:
        """An account is in few sequences, and an enrolment has few changes."""
        if wanted.opportunity_id is not None:
            return None
        branch = Branch(
            "outreach_enrolmentchange h join outreach_enrolment e on e.id = h.enrolment_id", at="h.at", id="h.id"
        )
        if wanted.contact_id is not None:
            branch.add("e.contact_id = %s", wanted.contact_id)
        else:
            branch.add("e.account_id = %s", wanted.account_id)
        # What ended and was taken back is a move between states; a move to another version is none.
        branch.add(f"(h.kind in ({_SAID_OF_MOVES}) or (h.kind = 'moved' and h.from_state <> h.to_state))")
        if wanted.user_id is not None:
            branch.add("h.by_id = %s", wanted.user_id)
        if wanted.text:
            named = "exists (select from outreach_sequence q where q.id = e.sequence_id and q.name ilike %s)"
            branch.add(f"(h.reason ilike %s or {named})", wanted.pattern, wanted.pattern)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """Of which sequence, whom, by whom and why."""
        return _MOVE, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """What became of it, and why."""
        is_over = shown["kind"] == ChangeKind.ENDED
        said = _ENDED.get(shown["to"], "The sequence {} ended") if is_over else _MOVED[shown["kind"]]
        # How a person chose them tells nothing; where nobody did, it is the rule that enrolled them.
        is_silent = shown["reason"] in _SAYS_NOTHING or (shown["kind"] == ChangeKind.ENROLLED and shown["actor"])
        return {
            "kind": "sequence",
            "title": said.format(shown["sequence"]),
            "body": "" if is_silent else shown["reason"],
            "contact": shown["contact"],
            "actor": shown["actor"],
            "target": {"type": "enrolment", "id": shown["enrolment"]},
        }
