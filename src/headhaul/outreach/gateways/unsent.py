"""Which faults of an HTTP call prove that nothing arrived."""

from __future__ import annotations

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError


def surely_unsent(fault: BaseException) -> bool:
    """Whether no connection came about. After that nobody knows: a server may act on what it was told and then die."""
    if isinstance(fault, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    cause = fault.args[0] if fault.args else None
    if isinstance(fault, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(fault)
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return isinstance(cause, NewConnectionError | ConnectTimeoutError | NameResolutionError)
