"""The HTTP door: find out who calls, read the body, dispatch, write the envelope."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from headhaul.accounts.services import export_files
from headhaul.actions import dispatch, dispatch_batch
from headhaul.actions.services import catalogue, uploads
from headhaul.api import answers
from headhaul.api.bodies import expect_file, read_file, read_json
from headhaul.api.callers import caller
from headhaul.api.errors import MethodNotAllowed
from headhaul.api.openapi import openapi_json
from headhaul.kernel import AppError, Door, InvalidData, NotFound
from headhaul.kernel.actions import find
from headhaul.kernel.xlsx import MEDIA_TYPE

View = Callable[..., HttpResponseBase]


def _door(*methods: str) -> Callable[[View], View]:
    """Every refusal becomes an envelope, that of a wrong method too."""

    def decorate(view: View) -> View:
        @csrf_exempt  # browsers are checked in `caller`; the bearer of a token needs no check
        @functools.wraps(view)
        def answer(request: HttpRequest, **given: Any) -> HttpResponseBase:
            try:
                if request.method in methods:
                    return view(request, **given)
                raise MethodNotAllowed(f"Use {' or '.join(methods)} here.")
            except AppError as error:
                response = answers.refusal(request, error)
                if isinstance(error, MethodNotAllowed):
                    response["Allow"] = ", ".join(methods)
                return response

        return answer

    return decorate


@_door("POST")
def one_action(request: HttpRequest, name: str) -> HttpResponse:
    """POST /api/actions/<name>: the data alone."""
    at = timezone.now()
    actor = caller(request, at=at)
    return answers.success(dispatch(name, read_json(request), actor=actor, at=at, **_circumstances(request)))


@_door("GET", "HEAD", "POST")
def actions(request: HttpRequest) -> HttpResponse:
    """GET: the catalogue. POST: one envelope, a list of them, or `{actions: […], atomic: true}`."""
    at = timezone.now()
    actor = caller(request, at=at)
    if request.method != "POST":
        return answers.success(catalogue.reply(actor))
    body = read_json(request)
    around = _circumstances(request)
    if isinstance(body, list):
        return answers.several(request, dispatch_batch(body, actor=actor, at=at, **around))
    if not isinstance(body, dict):
        raise InvalidData("Send an object with `action`, or a list of such objects.")
    if "actions" in body and "action" not in body:
        items, atomic = _batch(body)
        return answers.several(request, dispatch_batch(items, actor=actor, at=at, atomic=atomic, **around))
    name = body.pop("action", None)
    if not isinstance(name, str):
        raise InvalidData("Name the action.", fields={"action": "the name of an action"})
    return answers.success(dispatch(name, body, actor=actor, at=at, **around))


@_door("POST")
def upload(request: HttpRequest) -> HttpResponse:
    """POST /api/uploads: a form with one `file`, for an import to take by its `uploadId`."""
    at = timezone.now()
    expect_file(request)
    actor = caller(request, at=at)
    uploads.check_may_upload(actor)
    file = read_file(request)
    stored = uploads.receive(file.chunks(), filename=file.name or "", by=actor, at=at)
    return answers.success(uploads.reply(stored))


@_door("GET", "HEAD")
def export(request: HttpRequest, export_id: UUID) -> FileResponse:
    """GET /api/exports/<id>: the file of an export that getExport calls done, for whoever asked for it."""
    actor = caller(request, at=timezone.now())
    found, path = export_files.fetched(export_id=export_id, by=actor, action=find("exportRecords"))
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.file_name,
        content_type=MEDIA_TYPE if found.format == "xlsx" else "text/csv; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


@_door("GET", "HEAD")
def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/openapi.json: what can be done here, made from the registry. No secret, so nobody is asked."""
    return answers.json_response(openapi_json())


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address under /api."""
    return answers.refusal(request, NotFound("There is nothing here. GET /api/openapi.json says what there is."))


def _circumstances(request: HttpRequest) -> dict[str, Any]:
    return {
        "door": Door.HTTP,
        "request_id": answers.request_id_of(request) or None,
        "idempotency_key": request.headers.get("Idempotency-Key"),
    }


def _batch(body: dict[str, Any]) -> tuple[list[Any], bool]:
    items, atomic = body.pop("actions"), body.pop("atomic", False)
    if body or not isinstance(items, list) or not isinstance(atomic, bool):
        raise InvalidData("A batch is `{actions: [{action, …}, …], atomic: true or false}`.")
    return items, atomic
