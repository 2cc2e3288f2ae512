"""The inbox: what came in, and what is done about it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.kernel import Call, Recipient, Role, action
from headhaul.outreach import jobs
from headhaul.outreach.choices import InboundKind
from headhaul.outreach.schemas.outbox import MessagePlanned
from headhaul.outreach.schemas.replies import (
    AnswerReply,
    GetReplies,
    GetReply,
    HandleReply,
    MatchReply,
    ReclassifyReply,
    RepliesPage,
    ReplyDetail,
    ReplySaved,
)
from headhaul.outreach.selectors import outbox, replies
from headhaul.outreach.services import inbox, writing


def _of_reply(given: Any, answer: Any) -> tuple[str, str]:
    return "inbound", str(given.reply_id)


def _to(call: Call, data: AnswerReply) -> Recipient:
    asked = inbox.answer_of(reply_id=data.reply_id, text=data.text, subject=data.subject, by=call.actor)
    return writing.letter(asked=asked, at=call.at, by=call.actor).recipient


@action("getReplies", reply="repliesLoaded", role=Role.VIEWER)
def get_replies(call: Call, data: GetReplies) -> RepliesPage:
    """The inbox of all mailboxes and numbers: what came in, whom it is from, and whether somebody took care of it."""
    return replies.inbox(asked=data, by=call.actor)


@action("getReply", reply="replyLoaded", role=Role.VIEWER)
def get_reply(call: Call, data: GetReply) -> ReplyDetail:
    """One message that came in, with what it answers and why it was taken for what it is."""
    return replies.one(data.reply_id, by=call.actor)


@action("handleReply", reply="replyHandled", role=Role.REP, writes=True, target=_of_reply, undo="handleReply")
def handle_reply(call: Call, data: HandleReply) -> ReplySaved:
    """Mark a reply as taken care of, or as open again."""
    found = inbox.handle(reply_id=data.reply_id, handled=data.handled, version=data.version, at=call.at, by=call.actor)
    call.undo_with("handleReply", {"replyId": found.pk, "handled": not data.handled, "version": found.version})
    return ReplySaved(reply=replies.row(found.pk, by=call.actor), version=found.version)


@action(
    "reclassifyReply",
    reply="replyReclassified",
    role=Role.REP,
    writes=True,
    target=_of_reply,
    final="What it was is written beside it; say again what it is. A refusal ends by removeSuppression alone.",
)
def reclassify_reply(call: Call, data: ReclassifyReply) -> ReplySaved:
    """Say what a message really is. A refusal that was found stays in effect, whatever it is called afterwards."""
    found, stopped, said = inbox.reclassify(
        reply_id=data.reply_id, kind=InboundKind(data.kind), version=data.version, at=call.at, by=call.actor
    )
    return ReplySaved(reply=replies.row(found.pk, by=call.actor), version=found.version, stopped=stopped, said=said)


@action(
    "matchReply",
    reply="replyMatched",
    role=Role.REP,
    writes=True,
    target=_of_reply,
    final="Match it to somebody else instead. Sequences that stopped are resumed by hand.",
)
def match_reply(call: Call, data: MatchReply) -> ReplySaved:
    """Say whom a message is from. Their sequences stop, as by any reply."""
    found, stopped = inbox.match(
        reply_id=data.reply_id, contact_id=data.contact_id, version=data.version, at=call.at, by=call.actor
    )
    return ReplySaved(reply=replies.row(found.pk, by=call.actor), version=found.version, stopped=stopped)


@action(
    "answerReply",
    reply="replyAnswered",
    role=Role.REP,
    writes=True,
    recipient=_to,
    target=_of_reply,
    undo="cancelMessage",
)
def answer_reply(call: Call, data: AnswerReply) -> MessagePlanned:
    """Answer in the same thread. It leaves at once, or when the rules allow it; the reply says which and why."""
    asked = inbox.answer_of(reply_id=data.reply_id, text=data.text, subject=data.subject, by=call.actor)
    inbox.handle(reply_id=data.reply_id, handled=True, version=None, at=call.at, by=call.actor)
    message = writing.send(asked=asked, at=call.at, by=call.actor)
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.deliver_messages.defer()
    call.undo_with("cancelMessage", {"messageId": str(message.pk)})
    return MessagePlanned(message=outbox.row_of(message.pk, by=call.actor))
