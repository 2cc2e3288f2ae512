"""Writing answers: the envelope is serialised once and goes out as it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from headhaul.actions.services.replies import Reply, failure_json
from headhaul.kernel import AppError, TooManyRequests, Unauthenticated


def request_id_of(request: HttpRequest) -> str:
    """The id that the log, the audit and the answer share."""
    return str(getattr(request, "request_id", ""))


def success(reply: Reply) -> HttpResponse:
    """The envelope of a reply."""
    response = json_response(reply.json())
    if reply.replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def refusal(request: HttpRequest, error: AppError) -> HttpResponse:
    """The envelope of a refusal under its own status."""
    response = json_response(failure_json(error, request_id=request_id_of(request)), status=error.status)
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="headhaul"'
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.retry_after)
    return response


def several(request: HttpRequest, outcomes: Sequence[Reply | AppError]) -> HttpResponse:
    """One envelope for each action of a batch, in order."""
    request_id = request_id_of(request)
    envelopes = [
        outcome.json() if isinstance(outcome, Reply) else failure_json(outcome, request_id=request_id)
        for outcome in outcomes
    ]
    return json_response(b"[" + b",".join(envelopes) + b"]")


def json_response(body: bytes, *, status: int = 200) -> HttpResponse:
    """JSON that nobody keeps."""
    return HttpResponse(body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})
