"""The open-data portal: one dataset as CSV with ranges and validators, and its row count."""

from __future__ import annotations

import json

from tests.fakes.loopback import Loopback, Reply, Seen

DATASET = "az4n-8mr2"


def census(rows: int = 200) -> bytes:
    """A small census in the portal's style, line breaks and quotes inside values included."""
    lines = ['"DOT_NUMBER","LEGAL_NAME","PHY_STATE"']
    lines += [f'"{1000 + row}","CARRIER ""{row}"", INC\nSECOND LINE","TX"' for row in range(rows)]
    return ("\n".join(lines) + "\n").encode()


class OpenDataServer(Loopback):
    """`content` is the file; `resumes` tells whether ranges are honoured. A blank token is refused."""

    def __init__(self, content: bytes | None = None, *, rows: int | None = 200) -> None:
        super().__init__()
        self.content = census() if content is None else content
        self.rows = rows
        self.etag = '"v1"'
        self.resumes = True

    @property
    def downloads(self) -> list[Seen]:
        """Requests for the file."""
        return [seen for seen in self.seen if seen.path.startswith("/api/views/")]

    def take(self, seen: Seen) -> Reply:
        """Queued faults are for the file; the count answers by itself."""
        if seen.path == f"/resource/{DATASET}.json":
            self.seen.append(seen)
            return self._count()
        return super().take(seen)

    def answer(self, seen: Seen) -> Reply:
        """The file, or the rest of it."""
        if seen.path != f"/api/views/{DATASET}/rows.csv" or seen.query != {"accessType": "DOWNLOAD"}:
            message = {"code": "not_found", "error": True, "message": "Cannot find view"}
            return Reply(json.dumps(message).encode(), 404)
        if seen.headers.get("X-App-Token", "given").strip() == "":
            return Reply(b"", 403)
        headers = {"ETag": self.etag, "Last-Modified": "Sat, 21 Nov 2026 06:00:00 GMT"}
        asked = seen.headers.get("Range", "")
        if self.resumes and asked and seen.headers.get("If-Range") == self.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
            return Reply(self.content[start:], 206, headers, "text/csv")
        return Reply(self.content, 200, headers, "text/csv; charset=utf-8")

    def _count(self) -> Reply:
        if self.rows is None:
            return Reply(b"<html></html>", 503, content_type="text/html")
        return Reply(json.dumps([{"count": str(self.rows)}]).encode())

    def cut(self, after: int, *, says_length: bool = True) -> Reply:
        """The file, broken off after so many bytes."""
        headers = {"ETag": self.etag}
        return Reply(self.content, 200, headers, "text/csv", cut_after=after, says_length=says_length)
