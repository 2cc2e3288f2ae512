"""Whole census files from the Department of Transportation's open data, fetched to disk and checked."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import stamina

from headhaul.carriers.gateways.csv_check import CsvShape, TruncatedCsvError, WrongCsvError, examine
from headhaul.carriers.gateways.faults import DownloadFailed, DownloadRefused
from headhaul.carriers.gateways.partial_file import Part, claimed
from headhaul.carriers.gateways.wire import (
    USER_AGENT,
    connection_trouble,
    is_page,
    page_title,
    retry_after,
)
from headhaul.kernel import InvalidData

log = logging.getLogger(__name__)

OPEN_DATA_URL = "https://data.transportation.gov"
DATASETS = {"company": "az4n-8mr2", "sms": "kjg3-diqy"}
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class OpenDataSettings:
    """How to reach the portal. It refuses a blank token, so one that is not set is not sent at all."""

    base_url: str = OPEN_DATA_URL
    app_token: str = field(default="", repr=False)
    timeout: float = 60.0
    attempts: int = 8
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_pause: float = 600.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that arrived whole. `published_at` is when the portal says its content last changed."""

    path: Path
    size: int
    shape: CsvShape
    published_at: datetime | None
    was_resumed: bool


class OpenData:
    """The portal. `fetch` is all there is to it."""

    def __init__(self, settings: OpenDataSettings) -> None:
        self._settings = settings
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        if token := settings.app_token.strip():
            headers["X-App-Token"] = token
        self._base = settings.base_url.rstrip("/")
        self._client = httpx.Client(headers=headers, timeout=settings.timeout)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def fetch(
        self, dataset: str, *, into: Path, must_have: str = "dot_number", progress: Progress | None = None
    ) -> Downloaded:
        """Fetch `dataset` to `into/<dataset>.csv`, replacing the file there only by one that is whole.

        Resumes what an earlier try left. Raises DownloadFailed or DownloadRefused with what to do, Conflict
        when the same file is being fetched right now.
        """
        if not re.fullmatch(r"[a-z0-9]{4}-[a-z0-9]{4}", dataset):
            raise InvalidData(f"{dataset!r} is no dataset id such as az4n-8mr2.", fields={"dataset": "xxxx-xxxx"})
        expected = self._row_count(dataset)
        try:
            into.mkdir(parents=True, exist_ok=True)
            with claimed(into / f"{dataset}.csv.part") as part:
                return self._fetch(dataset, part, expected, must_have, progress or (lambda *_: None))
        except OSError as problem:
            trouble = f"{problem.strerror or problem} ({into})"
        raise DownloadFailed(f"The file cannot be kept: {trouble}. Make room or rights there, then try again.")

    def _fetch(self, dataset: str, part: Part, expected: int | None, must_have: str, progress: Progress) -> Downloaded:
        was_resumed = False
        for attempt in stamina.retry_context(
            on=self._next_wait,
            attempts=self._settings.attempts,
            timeout=None,
            wait_initial=self._settings.first_wait,
            wait_max=self._settings.longest_wait,
            wait_jitter=self._settings.first_wait,
        ):
            with attempt:
                was_resumed = self._transfer(dataset, part, progress) or was_resumed
                shape = self._check(part, expected, must_have)
        published_at = part.published_at()
        size = part.path.stat().st_size
        return Downloaded(part.finish(), size, shape, published_at, was_resumed)

    def _next_wait(self, error: Exception) -> bool | float:
        if not isinstance(error, DownloadFailed):
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= self._settings.longest_pause else False

    def _transfer(self, dataset: str, part: Part, progress: Progress) -> bool:
        """Bring the part up to the whole file; tells whether earlier bytes could be used."""
        url = f"{self._base}/api/views/{dataset}/rows.csv?accessType=DOWNLOAD"
        try:
            with self._open(url, part.range_headers()) as response:
                return self._receive(response, dataset, part, progress)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise DownloadRefused(f"{url} is no web address. Check FMCSA_OPEN_DATA_URL.") from None
        except httpx.HTTPError as error:
            trouble = connection_trouble(error)
        raise DownloadFailed(f"{self._base}: {trouble}. What has arrived is kept; run the download again later.")

    @contextmanager
    def _open(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The response after up to five redirects; the token does not go along to another host."""
        request = self._client.build_request("GET", url, headers=headers)
        response = self._client.send(request, stream=True)
        for _ in range(5):
            following = response.next_request
            if following is None:
                break
            response.close()
            if following.url.host != request.url.host:
                following.headers.pop("X-App-Token", None)
            request = following
            response = self._client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _receive(self, response: httpx.Response, dataset: str, part: Part, progress: Progress) -> bool:
        if response.status_code == 416:
            part.start_over()
            raise DownloadFailed("The file changed at the portal while it was fetched. Run the download again.")
        pieces = response.iter_bytes()
        first = next(pieces, b"")
        self._refuse_other_than_csv(response, first, dataset)
        resumes = part.accept(response)
        if response.status_code == 206 and not resumes:
            part.start_over()
            raise DownloadFailed("The portal sent another piece than the one asked for. Run the download again.")
        length = response.headers.get("content-length", "")
        total = part.size + int(length) if length.isdigit() else None
        part.write(first)
        for piece in pieces:
            part.write(piece)
            progress(part.size, total)
        part.flush()
        progress(part.size, total)
        return resumes

    def _refuse_other_than_csv(self, response: httpx.Response, start: bytes, dataset: str) -> None:
        status = response.status_code
        if status in (202, 408, 429) or status >= 500:
            reason = "asks us to slow down" if status == 429 else f"is not ready ({status})"
            pause = retry_after(response, now=datetime.now(UTC))
            raise DownloadFailed(f"{self._base} {reason}. Run the download again later.", retry_after=pause)
        if status == 404:
            raise DownloadRefused(f"{self._base} has no dataset {dataset}. Check its id on the portal.")
        if status in (401, 403):
            hint = "Check FMCSA_OPEN_DATA_TOKEN, or leave it unset."
            raise DownloadRefused(f"{self._base} refuses the download ({status}). {hint}")
        if is_page(response, start):
            title = page_title(start) or "untitled"
            raise DownloadRefused(f"{self._base} sent a web page ({title[:80]}) instead of the file.")
        if status not in (200, 206):
            raise DownloadRefused(f"{self._base} answers {status} instead of the file: {_message(start)}.")
        if start.lstrip()[:1] in (b"{", b"[") or "json" in response.headers.get("content-type", "").lower():
            raise DownloadRefused(f"{self._base} sent a message instead of the file: {_message(start)}.")

    def _check(self, part: Part, expected: int | None, must_have: str) -> CsvShape:
        try:
            shape = examine(part.path, must_have=must_have)
            if expected is not None and shape.rows < expected * 0.995:
                raise TruncatedCsvError(f"{shape.rows:,} of {expected:,} rows arrived")
        except TruncatedCsvError as problem:
            trouble = str(problem)
        except WrongCsvError as problem:
            part.start_over()
            raise DownloadRefused(f"{self._base} sent another file than asked for: {problem}.") from None
        else:
            return shape
        part.start_over()
        raise DownloadFailed(f"The file is not whole: {trouble}. Run the download again.")

    def _row_count(self, dataset: str) -> int | None:
        """How many rows the portal counts; None when it does not say, which is no reason not to fetch."""
        try:
            answer = self._client.get(f"{self._base}/resource/{dataset}.json", params={"$select": "count(*)"})
            (row,) = answer.json()
            (count,) = row.values()
            return int(count)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, AttributeError, RecursionError):
            log.info("%s does not tell how many rows %s has", self._base, dataset)
            return None


def _message(body: bytes) -> str:
    try:
        document = json.loads(body)
        text = document.get("message", "") if isinstance(document, dict) else ""
    except (ValueError, RecursionError):
        text = ""
    return " ".join(str(text).split())[:200] or "no reason given"
