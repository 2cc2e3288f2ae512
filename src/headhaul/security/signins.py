"""Sign-ins as the log keeps them: who came and went, and that somebody was refused; never what they typed."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

log = logging.getLogger(__name__)


def listen() -> None:
    """Write a line for every sign-in, refused sign-in and sign-out."""
    user_logged_in.connect(_signed_in, dispatch_uid="headhaul.security.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="headhaul.security.signed_out")
    user_login_failed.connect(_refused, dispatch_uid="headhaul.security.sign_in_refused")


def _signed_in(*, user: Any, request: Any, **_: object) -> None:
    log.info("user %s signed in from %s", user.pk, _address(request))


def _signed_out(*, user: Any, request: Any, **_: object) -> None:
    if user is not None:
        log.info("user %s signed out", user.pk)


def _refused(*, request: Any = None, **_: object) -> None:
    log.warning("a sign-in from %s was refused", _address(request))


def _address(request: Any) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else "this machine"
