"""What came in: the list beside the one that is read, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.outreach.words import CHANNEL_ICONS, CHANNEL_WORDS, REPLY_KINDS, REPLY_TONES
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.refusing import SHOWN, possible_at
from headhaul.kernel import AppError

FILTERS = ("which", "whose", "kind", "channel", "accountId", "contactId")
WHICH = {"open": "Open", "handled": "Done", "all": "All"}
LOOK = {
    "icons": CHANNEL_ICONS,
    "channels": CHANNEL_WORDS,
    "kinds": REPLY_KINDS,
    "tones": REPLY_TONES,
    "groups": WHICH,
}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The newest first. With a cursor, those after it."""
    context = _list(request)
    if wants_fragment(request):
        part = "_reply_rows" if request.GET.get("cursor") else "_reply_list"
        return render(request, f"console_outreach/{part}.html", context)
    return render(request, "console_outreach/replies.html", context | {"reply": None})


@login_required
def show(request: HttpRequest, reply_id: int) -> HttpResponse:
    """One of them, with what it answers and how to answer it."""
    return _page(request, reply_id)


@login_required
@require_POST
def handle(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Taken care of, or open again."""
    handled, version = request.POST.get("handled") == "1", request.POST.get("version")
    perform(request, "handleReply", {"replyId": reply_id, "handled": handled, "version": version})
    said = "Done." if handled else "It is open again."
    return told(request, redirect("outreach:replies") if handled else _to(reply_id), said)


@login_required
@require_POST
def reclassify(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Say what it really is."""
    kind, version = request.POST.get("kind"), request.POST.get("version")
    saved = run(request, "reclassifyReply", reply_id=reply_id, kind=kind, version=version)
    said = saved.said or f"It counts as {REPLY_KINDS[saved.reply.kind.value].lower()} now."
    return told(request, _to(reply_id), f"{said}{_stopped(saved.stopped)}")


@login_required
@require_POST
def match(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Say whom it is from."""
    contact, version = request.POST.get("contact_id"), request.POST.get("version")
    saved = run(request, "matchReply", reply_id=reply_id, contact_id=contact, version=version)
    return told(request, _to(reply_id), f"It is from {saved.reply.contact_name}.{_stopped(saved.stopped)}")


@login_required
@require_POST
def answer(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Answer in the same thread; a refusal keeps what was typed and says when it may leave."""
    text = request.POST.get("text", "")
    try:
        message = run(request, "answerReply", reply_id=reply_id, text=text).message
    except SHOWN as refusal:
        return _page(request, reply_id, text=text, refusal=refusal)
    said = f"It waits. {message.held_reason}" if message.held_reason else f"To {message.address}: it leaves now."
    return told(request, redirect("outreach:replies"), said)


def _list(request: HttpRequest) -> dict[str, Any]:
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    chosen["which"] = chosen["which"] if chosen["which"] in WHICH else "open"
    found = run(request, "getReplies", cursor=request.GET.get("cursor"), limit=30, **chosen)
    return LOOK | {"found": found, "chosen": chosen}


def _page(request: HttpRequest, reply_id: int, *, text: str = "", refusal: AppError | None = None) -> HttpResponse:
    reply = run(request, "getReply", reply_id=reply_id)
    context = {
        "reply": reply,
        "text": text,
        "refusal": refusal,
        "possible_at": possible_at(refusal),
        "contacts": [] if reply.row.is_certain else _contacts(request, reply.row),
    }
    status = refusal.status if refusal else 200
    if wants_fragment(request) and refusal is None:
        return render(request, "console_outreach/_reply.html", LOOK | context)
    return render(request, "console_outreach/replies.html", _list(request) | context, status=status)


def _contacts(request: HttpRequest, row: Any) -> list[Any]:
    """Whom it may be from: those at the account it was matched to, else whom the sender's name or domain finds."""
    if row.account_id is not None:
        found: list[Any] = run(request, "listContacts", account_id=row.account_id, limit=25).items
    else:
        found = run(request, "listContacts", q=row.from_address.rpartition("@")[2], limit=25).items
    return found


def _stopped(count: int) -> str:
    return f" {count:,} {'sequence has' if count == 1 else 'sequences have'} stopped." if count else ""


def _to(reply_id: int) -> HttpResponse:
    return redirect(reverse("outreach:reply", args=[reply_id]))
