"""What both gateways need to know about HTTP: reading within limits, Retry-After, pages instead of data."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from headhaul import __version__

USER_AGENT = f"Headhaul/{__version__}"
# Its debug lines quote the answer's headers, and a redirect's Location may repeat the key.
logging.getLogger("httpcore").setLevel(logging.INFO)
_TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)


class KeyedTransport(httpx.HTTPTransport):
    """Adds a secret query parameter on the last metre.

    The request that the client, its log lines and its exceptions know never holds the secret.
    """

    def __init__(self, *, parameter: str, secret: str, proxy: str | None) -> None:
        super().__init__(proxy=proxy)
        self._parameter, self._secret = parameter, secret

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a copy of the request that carries the secret."""
        url = request.url.copy_merge_params({self._parameter: self._secret})
        return super().handle_request(
            httpx.Request(
                request.method,
                url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )


def proxy_for(url: str) -> str | None:
    """The proxy that the environment (HTTPS_PROXY, NO_PROXY, …) names for this address."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def retry_after(response: httpx.Response, *, now: datetime) -> float | None:
    """Seconds the server asks to wait, from either form of Retry-After; None when absent or unreadable."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def is_page(response: httpx.Response, start: bytes) -> bool:
    """Whether this is a web page, whatever its status says. Data was asked for, so a page is a fault."""
    return "html" in response.headers.get("content-type", "").lower() or start.lstrip()[:1] == b"<"


def page_title(body: bytes) -> str:
    """The title of a web page, in one line, or an empty text."""
    found = _TITLE.search(body[:65536])
    return " ".join(unescape(found.group(1).decode("utf-8", "replace")).split()) if found else ""


def read_body(response: httpx.Response, *, limit: int, check: Callable[[], None]) -> bytes:
    """The whole body, at most `limit` bytes; `check` runs for every piece and may raise when time is up.

    Raises ValueError when the body is longer.
    """
    pieces, size = [], 0
    for piece in response.iter_bytes():
        check()
        size += len(piece)
        if size > limit:
            raise ValueError(f"longer than {limit:,} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def connection_trouble(error: httpx.HTTPError) -> str:
    """A short reason for people, made from the kind of error only: its own text could quote anything."""
    kinds: list[tuple[type[httpx.HTTPError], str]] = [
        (httpx.ConnectTimeout, "no connection in time"),
        (httpx.TimeoutException, "no answer in time"),
        (httpx.ConnectError, "no connection"),
        (httpx.ProxyError, "the proxy refuses the connection"),
        (httpx.RemoteProtocolError, "the connection was cut in the middle of the answer"),
        (httpx.NetworkError, "the connection broke"),
        (httpx.DecodingError, "the answer was damaged on the way"),
        (httpx.UnsupportedProtocol, "its address is not a web address"),
    ]
    return next((reason for kind, reason in kinds if isinstance(error, kind)), "the request failed")
