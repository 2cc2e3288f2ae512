"""FMCSA's QCMobile, replaying captured answers and, on demand, every fault it is known for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fakes.loopback import Loopback, Reply, Seen

CAPTURES = Path(__file__).parent / "qcmobile"
WEB_KEY = "0123456789abcdef0123456789abcdef01234567"
MAINTENANCE_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>FMCSA System Maintenance Page</title></head>"
    b"<body><h1>We will be back soon</h1></body></html>"
)


def captured(name: str) -> dict[str, Any]:
    """A captured answer by its file name without `.json`."""
    document: dict[str, Any] = json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))
    return document


def json_reply(document: Any, status: int = 200, **headers: str) -> Reply:
    """An answer that carries a JSON document."""
    return Reply(json.dumps(document).encode(), status=status, headers=headers)


def too_many(retry_after: str | None = None) -> Reply:
    """The answer to somebody who asks too often."""
    return Reply(b"Too Many Requests", 429, {"Retry-After": retry_after} if retry_after else {}, "text/plain")


def broken(status: int = 500) -> Reply:
    """An error of the server's own, as its gateway words it."""
    return Reply(b"<html><head><title>Error</title></head></html>", status, content_type="text/html")


def maintenance(status: int = 200) -> Reply:
    """The maintenance page, which comes with success written on it."""
    return Reply(MAINTENANCE_PAGE, status, content_type="text/html;charset=UTF-8")


class QcMobileServer(Loopback):
    """Answers below /qc/services/carriers/, for the right key only. `documents` holds them by path."""

    def __init__(self, *, web_key: str = WEB_KEY) -> None:
        super().__init__()
        self.web_key = web_key
        self.documents: dict[str, Any] = {
            "158121": captured("carriers_158121"),
            "53467/authority": captured("carriers_53467_authority"),
            "53467/cargo-carried": captured("carriers_53467_cargo-carried"),
            "53467/operation-classification": captured("carriers_53467_operation-classification"),
            "44110/docket-numbers": captured("carriers_44110_docket-numbers"),
            "44110/basics": captured("carriers_44110_basics"),
            "name/veriha": captured("carriers_name_veriha"),
        }

    @property
    def base_url(self) -> str:
        """What FMCSA_BASE_URL would be."""
        return f"{self.url}/qc/services/"

    def set(self, path: str, content: Any, retrieved: str = "2026-11-20T06:33:31.490+0000") -> None:
        """Answer this path with this content from now on."""
        self.documents[path] = {"content": content, "retrievalDate": retrieved}

    def answer(self, seen: Seen) -> Reply:
        """As the real one: a wrong key is a 404 with words, what it does not know a 200 with nothing."""
        if seen.query.get("webKey") != self.web_key:
            return json_reply(captured("error_webkey_not_found_404"), 404)
        path = seen.path.removeprefix("/qc/services/carriers/")
        if path in self.documents:
            return json_reply(self.documents[path])
        if path.isdigit():
            return json_reply(captured("carriers_unknown_dot_200"))
        return json_reply({"content": [], "retrievalDate": "2026-11-20T06:33:31.490+0000"})
