"""Reading JSON bodies, of which anybody may send anything."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from pydantic_core import from_json

from headhaul.api.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from headhaul.kernel import InvalidData


def read_json(request: HttpRequest) -> Any:
    """The body's JSON; an empty body is an empty object."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise BodyTooLarge("The body is larger than an action takes. Send files to /api/uploads.") from None
    except UnreadablePostError:
        raise MalformedBody("The body broke off.") from None
    if not body.strip():
        return {}
    kind, charset = request.content_type, (request.content_params or {}).get("charset", "utf-8")
    if kind != "application/json" or charset.lower().replace("-", "") != "utf8":
        raise UnsupportedMediaType("Send JSON in UTF-8, with `Content-Type: application/json`.")
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as fault:
        raise MalformedBody(f"The body is not valid JSON: {fault}.") from None


def expect_file(request: HttpRequest) -> None:
    """Before anything looks into the form: its file goes to disk, not into memory."""
    if request.content_type != "multipart/form-data":
        raise UnsupportedMediaType("Send a form with a file, as `multipart/form-data`.")
    request.upload_handlers = [TemporaryFileUploadHandler(request)]


def read_file(request: HttpRequest) -> UploadedFile[bytes]:
    """The one file of a form."""
    try:
        files = request.FILES.getlist("file")
    except RequestDataTooBig:
        raise BodyTooLarge("The form holds more than a file.") from None
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation, BadRequest, UnicodeError) as fault:
        raise MalformedBody(f"The form cannot be read: {fault}.") from None
    if len(files) != 1 or len(request.FILES) != 1:
        raise InvalidData("Send exactly one file, in the field `file`.", fields={"file": "one file"})
    return files[0]
