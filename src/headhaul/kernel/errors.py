"""One family of errors that people and programs are told about: a stable code, a status, a sentence, the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class AppError(Exception):
    """An answer other than success. `message` says what happened and what to do; `fields` names what to change."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = dict(fields or {})


class InvalidData(AppError):
    """The data does not fit; `fields` says which and what would be right."""

    code, status = "invalid_data", 422


class UnknownAction(AppError):
    """No action has that name."""

    code, status = "unknown_action", 404


class Unauthenticated(AppError):
    """Nobody is signed in, or the token is not valid."""

    code, status = "unauthenticated", 401


class Forbidden(AppError):
    """The role or the token's scopes do not reach."""

    code, status = "forbidden", 403


class NotFound(AppError):
    """There is no such thing, or not for this actor."""

    code, status = "not_found", 404


class Conflict(AppError):
    """Somebody else was first, or the same key came with other data."""

    code, status = "conflict", 409


class StaleVersion(Conflict):
    """Somebody changed it since it was read; `current` is the version it has now."""

    code = "stale_version"

    def __init__(self, message: str, *, current: int, field: str = "version") -> None:
        super().__init__(message, fields={field: f"the current version is {current}"})
        self.current = current


class ComplianceRefused(AppError):
    """A rule about reaching people says no; the message names the rule and the next possibility."""

    code, status = "compliance_refused", 451


class TooManyRequests(AppError):
    """A limit per time is used up; the message says when to come back."""

    code, status = "too_many_requests", 429

    def __init__(self, message: str, *, retry_after: int, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, fields=fields)
        self.retry_after = retry_after


class Unavailable(AppError):
    """An outside service or a part of ours does not answer now; nothing was lost."""

    code, status = "unavailable", 503


class Failed(AppError):
    """Something of ours broke: nothing was changed, and the request id finds it in the log."""

    code, status = "internal_error", 500
