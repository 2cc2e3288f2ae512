"""What only the HTTP door has to refuse."""

from __future__ import annotations

from headhaul.kernel import AppError


class MalformedBody(AppError):
    """The body is not what its content type says."""

    code, status = "malformed_body", 400


class MethodNotAllowed(AppError):
    """The address is right, the method is not."""

    code, status = "method_not_allowed", 405


class TooSlow(AppError):
    """The body stopped coming."""

    code, status = "request_timeout", 408


class LengthRequired(AppError):
    """An upload says beforehand how long it is."""

    code, status = "length_required", 411


class BodyTooLarge(AppError):
    """More than is read."""

    code, status = "too_large", 413


class UnsupportedMediaType(AppError):
    """Neither JSON nor, for uploads, a form with a file."""

    code, status = "unsupported_media_type", 415
