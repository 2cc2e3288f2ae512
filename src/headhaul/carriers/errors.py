"""Errors of this room."""

from __future__ import annotations

from headhaul.kernel import AppError, Conflict, NotFound


class ImportRefused(AppError):
    """A file that cannot be imported. Nothing of it was kept."""

    code, status = "import_refused", 422


class ImportBusy(Conflict):
    """Another import is under way."""

    code = "import_busy"


class CarrierNotFound(NotFound):
    """No such carrier in the census that was imported."""


class SignalNotFound(NotFound):
    """The carrier has no signal on that day."""
