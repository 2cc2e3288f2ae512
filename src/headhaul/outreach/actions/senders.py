"""What can be done with mailboxes and numbers."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, Role, action
from headhaul.outreach.schemas import senders as schemas
from headhaul.outreach.services import sender_checks, sender_tests, senders
from headhaul.outreach.services import sender_options as options
from headhaul.outreach.services import sender_views as views


def _of_sender(given: Any, answer: Any) -> tuple[str, str]:
    return "sender", str(getattr(answer, "id", None) or given.sender_id or "")


@action("listSenders", reply="sendersLoaded", role=Role.REP)
def list_senders(call: Call, data: schemas.ListSenders) -> schemas.SendersPage:
    """Mailboxes and numbers that messages go from, with what the last check found. Reps see theirs and everybody's."""
    return views.senders_page(asked=data, by=call.actor)


@action(
    "saveSender",
    reply="senderSaved",
    role=Role.ADMIN,
    writes=True,
    target=_of_sender,
    undo=("saveSender", "removeSender"),
    ahead=lambda call, data: options.check_hosts(data),
)
def save_sender(call: Call, data: schemas.SaveSender) -> schemas.SenderView:
    """Set up a mailbox or number, or change one.

    Passwords go in and never come out; a change of one stays when the rest is taken back. One that is kept is shown to
    no other server or account than it was given for: where these change, give it again.
    """
    if data.sender_id is None:
        values, given = options.written(data, now=None)
        sender = senders.create(values=values, given=given, at=call.at)
        call.undo_with("removeSender", {"senderId": sender.pk})
    else:
        values, given = options.written(data, now=senders.lock(data.sender_id, version=data.version))
        sender, before = senders.change(
            sender_id=data.sender_id, version=data.version, values=values, given=given, at=call.at
        )
        call.undo_with("saveSender", {"senderId": sender.pk, "version": sender.version} | options.as_sent(before))
    return views.view_of(sender, by=call.actor)


@action(
    "setSenderActive",
    reply="senderSwitched",
    role=Role.ADMIN,
    writes=True,
    target=_of_sender,
    undo="setSenderActive",
)
def set_sender_active(call: Call, data: schemas.SetSenderActive) -> schemas.SenderView:
    """Let a mailbox or number send, or pause it. What is to go from it waits meanwhile."""
    sender, before = senders.set_active(
        sender_id=data.sender_id, version=data.version, is_active=data.is_active, at=call.at
    )
    if before != sender.is_active:
        call.undo_with("setSenderActive", {"senderId": sender.pk, "version": sender.version, "isActive": before})
    return views.view_of(sender, by=call.actor)


@action(
    "removeSender",
    reply="senderRemoved",
    role=Role.ADMIN,
    writes=True,
    target=_of_sender,
    final="Its password is gone with it: set it up again.",
)
def remove_sender(call: Call, data: schemas.SenderAtVersion) -> schemas.SenderRemoved:
    """Take a mailbox or number away, with its password. Refused while messages wait to go from it."""
    removed = senders.remove(sender_id=data.sender_id, version=data.version)
    return schemas.SenderRemoved(id=removed.pk, address=removed.address)


@action(
    "checkSender",
    reply="senderChecked",
    role=Role.ADMIN,
    writes=True,
    target=_of_sender,
    final="A check changes only what is known; the next one replaces it.",
    ahead=lambda call, data: sender_checks.look(sender_id=data.sender_id),
)
def check_sender(call: Call, data: schemas.SenderOf) -> schemas.SenderView:
    """Look whether mail from it will be believed (SPF, DKIM, DMARC, MX, PTR) and whether its provider lets us in.

    What is found says what to put where; what would block sending does.
    """
    kept = sender_checks.keep(sender_id=data.sender_id, findings=call.learnt, at=call.at)
    return views.view_of(kept, by=call.actor)


@action(
    "testSender",
    reply="senderTested",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, answer: ("sender", str(given.sender_id)),
    final="A message that has left cannot be called back.",
    ahead=lambda call, data: sender_tests.sign_in(sender_id=data.sender_id),
)
def test_sender(call: Call, data: schemas.SenderOf) -> schemas.SenderTested:
    """Send a mail from a mailbox to yourself; of a number, try whether Twilio lets us in."""
    return sender_tests.test(sender_id=data.sender_id, signed_in=call.learnt, at=call.at, by=call.actor)
