"""The door for providers: no session and no token, but a secret address, a signature, and small answers."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from headhaul.api.forgeries import Forgeries
from headhaul.kernel import AppError
from headhaul.outreach.schemas.posted import Posted
from headhaul.outreach.services import inbound_webhooks, webhook_addresses, webhooks

log = logging.getLogger(__name__)
forgeries = Forgeries()
LARGEST_NOTICE = 1_500_000

Take = Callable[..., object]


def _door(view: Take) -> Callable[..., HttpResponse]:
    """POST alone; whatever is wrong is said in one word, and in the log in full."""

    @csrf_exempt  # providers have no session: the signature is what counts
    @functools.wraps(view)
    def answer(request: HttpRequest, **given: str) -> HttpResponse:
        at, place = timezone.now(), str(request.META.get("REMOTE_ADDR", ""))
        if request.method in ("GET", "HEAD"):
            return HttpResponse(status=200)  # some ask whether anybody is there before they post
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
        if webhook_addresses.sender_of(given["token"]) is None:  # ours are never shut: a STOP may come
            return _nobody(place, at=at)
        try:
            view(_posted(request), at=at, **given)
        except (RequestDataTooBig, UnreadablePostError, SuspiciousOperation, BadRequest, UnicodeError) as fault:
            return HttpResponse(status=413 if isinstance(fault, RequestDataTooBig) else 400)
        except AppError as refusal:
            log.warning("webhook %s from %s: %s", request.path.split("/")[2], place, refusal.message)
            return HttpResponse(status=refusal.status)
        return HttpResponse(status=200)

    return answer


def _nobody(place: str, *, at: datetime) -> HttpResponse:
    """No sender has this address. Whoever guesses at addresses is told to slow down."""
    if forgeries.is_too_many(place, at=at):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    forgeries.count(place, at=at)
    log.warning("webhook from %s to an address that is not ours", place)
    return HttpResponse(status=404)


@_door
def email_events(posted: Posted, *, token: str, at: datetime) -> None:
    """What became of mails."""
    webhooks.take_email_events(token, posted, at=at)


@_door
def twilio_status(posted: Posted, *, token: str, attempt: str, at: datetime) -> None:
    """How a text or a call goes."""
    webhooks.take_twilio_status(token, attempt, posted, at=at)


@_door
def email_inbound(posted: Posted, *, token: str, at: datetime) -> None:
    """Mail that came in."""
    inbound_webhooks.take_email(token, posted, at=at)


@_door
def twilio_inbound(posted: Posted, *, token: str, at: datetime) -> None:
    """A text that came in. Nothing is said back here: what is owed goes by the outbox."""
    inbound_webhooks.take_text(token, posted, at=at)


def _posted(request: HttpRequest) -> Posted:
    """The address is put together from our own setting: what the Host header says, anybody may write."""
    largest = settings.MAIL_MAX_BYTES if "/inbound" in request.path else LARGEST_NOTICE
    if int(request.META.get("CONTENT_LENGTH") or 0) > largest:
        raise RequestDataTooBig
    body = request.read(largest + 1)  # Django's own limit is that of pages, and a mail may be larger
    if len(body) > largest:
        raise RequestDataTooBig
    form = _form(body, request.content_type or "", request.headers.get("Content-Type", ""))
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Posted(body=body, headers=headers, form=form, url=settings.PUBLIC_URL.rstrip("/") + request.get_full_path())


def _form(body: bytes, kind: str, said: str) -> dict[str, str]:
    """The fields of a form, the last of each name; none of a body that is no form, and no files."""
    if kind == "application/x-www-form-urlencoded":
        given = QueryDict(body)
        return {name: str(given[name]) for name in given}
    if kind != "multipart/form-data":
        return {}
    head = f"Content-Type: {said}\r\n\r\n".encode("latin-1", "replace")
    parts = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    named = ((part.get_param("name", header="content-disposition"), part) for part in parts if not part.get_filename())
    return {str(name): _text(part) for name, part in named if name}


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
