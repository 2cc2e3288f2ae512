"""One question to QCMobile: rate, retries, deadline, breaker; and telling its odd answers apart."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import stamina

from headhaul.carriers.gateways.breaker import Breaker
from headhaul.carriers.gateways.faults import (
    FmcsaKeyRefused,
    FmcsaMaintenance,
    FmcsaMalformed,
    FmcsaRefused,
    FmcsaResting,
    FmcsaUnavailable,
)
from headhaul.carriers.gateways.pacing import Pacer, TooBusyError
from headhaul.carriers.gateways.qcmobile_types import moment
from headhaul.carriers.gateways.wire import (
    USER_AGENT,
    KeyedTransport,
    connection_trouble,
    is_page,
    page_title,
    proxy_for,
    read_body,
    retry_after,
)

log = logging.getLogger(__name__)

FMCSA_BASE_URL = "https://mobile.fmcsa.dot.gov/qc/services/"
_NEVER_KEPT = {"ein", "_links"}  # an employer number can be a sole proprietor's own; links say nothing


@dataclass(frozen=True, slots=True)
class QcMobileSettings:
    """How to reach the service and how patient to be. The key shows in no representation."""

    web_key: str = field(repr=False)
    base_url: str = FMCSA_BASE_URL
    timeout: float = 10.0
    deadline: float = 30.0
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8.0
    requests_per_second: float = 5.0
    failures_before_rest: int = 5
    rest: float = 60.0
    cache_hours: float = 20.0
    longest_answer: int = 4_000_000


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The content of an answer, cleaned, with the instant FMCSA gave it."""

    content: Any
    retrieved_at: datetime


class Question:
    """Asks one path at a time for its content, as patiently as the settings say."""

    def __init__(self, settings: QcMobileSettings) -> None:
        self._settings = settings
        self._pacer = Pacer(settings.requests_per_second)
        self._breaker = Breaker(limit=settings.failures_before_rest, rest=settings.rest)
        self._base = f"{settings.base_url.rstrip('/')}/carriers"
        self._client = httpx.Client(
            transport=KeyedTransport(parameter="webKey", secret=settings.web_key, proxy=proxy_for(settings.base_url)),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ask(self, path: str, *, at: datetime) -> StoredAnswer:
        """The answer, or an FmcsaFault. Empty content is an answer too: FMCSA knows nothing."""
        wait = self._breaker.wait_needed()
        if wait > 0:
            raise FmcsaResting("the last questions failed, so it is left alone for a while", retry_after=wait)
        try:
            answer = self._ask_patiently(path, at=at)
        except FmcsaResting:
            self._breaker.gave_up()
            raise
        except FmcsaUnavailable as fault:
            self._breaker.failed(rest=fault.retry_after)
            log.warning("FMCSA look-up failed: %s (%s)", path.split("?")[0], fault.reason)
            raise
        except (FmcsaKeyRefused, FmcsaMalformed) as fault:
            self._breaker.succeeded()
            log.warning("FMCSA look-up failed: %s (%s)", path.split("?")[0], fault.reason)
            raise
        except BaseException:
            self._breaker.gave_up()
            raise
        self._breaker.succeeded()
        return answer

    def _ask_patiently(self, path: str, *, at: datetime) -> StoredAnswer:
        ends = time.monotonic() + self._settings.deadline

        def next_wait(error: Exception) -> bool | float:
            """Whether to try again: not when it cannot help, nor when the asked pause outlasts our time."""
            if not isinstance(error, FmcsaUnavailable) or not error.passes_soon:
                return False
            if error.retry_after is None:
                return True
            return error.retry_after if time.monotonic() + error.retry_after < ends else False

        for attempt in stamina.retry_context(
            on=next_wait,
            attempts=self._settings.attempts,
            timeout=self._settings.deadline,
            wait_initial=self._settings.first_wait,
            wait_max=self._settings.longest_wait,
            wait_jitter=self._settings.first_wait,
        ):
            with attempt:
                return self._ask_once(path, at=at, ends=ends)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ask_once(self, path: str, *, at: datetime, ends: float) -> StoredAnswer:
        try:
            self._pacer.take_turn(at_most=ends - time.monotonic())
        except TooBusyError as busy:
            wait = busy.wait
        else:
            return self._send(path, at=at, ends=ends)
        raise FmcsaResting("too many questions are waiting", retry_after=wait)

    def _send(self, path: str, *, at: datetime, ends: float) -> StoredAnswer:
        def check_time() -> None:
            if time.monotonic() > ends:
                raise FmcsaUnavailable("the answer took too long")

        check_time()
        timeout = min(self._settings.timeout, max(0.1, ends - time.monotonic()))
        try:
            with self._client.stream("GET", f"{self._base}/{path}", timeout=timeout) as response:
                body = read_body(response, limit=self._settings.longest_answer, check=check_time)
            return _understand(response, body, at=at)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise FmcsaRefused("FMCSA_BASE_URL is no web address") from None
        except httpx.HTTPError as error:
            trouble = connection_trouble(error)
        except ValueError as error:
            raise FmcsaMalformed(str(error)) from None
        raise FmcsaUnavailable(trouble)  # outside the handler: no request travels along as its context


def _understand(response: httpx.Response, body: bytes, *, at: datetime) -> StoredAnswer:
    status = response.status_code
    if is_page(response, body):
        if "maintenance" in page_title(body).lower():
            raise FmcsaMaintenance
        if status == 200:
            raise FmcsaMalformed("a web page came instead of data")
    if status == 429 or status >= 500:
        reason = "it asks us to slow down" if status == 429 else f"it has an error of its own ({status})"
        raise FmcsaUnavailable(reason, retry_after=retry_after(response, now=datetime.now(UTC)))
    document = _document(body)
    content = document.get("content") if document is not None else None
    if status == 401 or (isinstance(content, str) and "webkey" in content.replace(" ", "").lower()):
        raise FmcsaKeyRefused
    if status != 200 and not (status == 404 and document is not None and document.get("content", "") is None):
        raise FmcsaRefused(f"it refuses the question ({status})")
    if document is None or "content" not in document or isinstance(content, (str, int, float, bool)):
        raise FmcsaMalformed("no content in it")
    return StoredAnswer(clean(content), moment(document.get("retrievalDate")) or at.astimezone(UTC))


def _document(body: bytes) -> dict[str, Any] | None:
    """The JSON object in the body; None for anything else, however deep, long or broken it is."""
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def clean(value: Any) -> Any:
    """The same content without employer numbers and links, and without characters that a database refuses."""
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items() if key.lower() not in _NEVER_KEPT}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return value
