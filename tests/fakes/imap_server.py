"""A small IMAP4rev1 server on this machine: folders of mails with uids, and it can hang up, be slow or number anew."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes


@dataclass
class Store:
    """What lies in the folders, by uid, and how the server behaves."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}, "Sent": {}})
    uidvalidity: int = 7
    password: str = "secret"
    fetched: list[int] = field(default_factory=list)
    hangs_up_after: int | None = None

    def put(self, raw: bytes, *, folder: str = "INBOX") -> int:
        """A mail arrives."""
        uid = max(self.folders[folder], default=0) + 1
        self.folders[folder][uid] = raw
        return uid


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.folder = "INBOX"
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
            if not self.answer(tag, rest):
                return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode("latin-1") + b"\r\n")

    def answer(self, tag: str, rest: str) -> bool:
        word, _, given = rest.partition(" ")
        command = word.upper()
        if command == "UID":
            word, _, given = given.partition(" ")
            command = f"UID {word.upper()}"
        handler = getattr(self, f"do_{command.lower().replace(' ', '_')}", None)
        if handler is None:
            self.say(f"{tag} BAD unknown")
            return True
        status = handler(given)
        if status is None:
            return False
        self.say(f"{tag} {status}")
        return command != "LOGOUT"

    def do_capability(self, given: str) -> str:
        self.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def do_noop(self, given: str) -> str:
        return "OK done"

    def do_logout(self, given: str) -> str:
        self.say("* BYE")
        return "OK done"

    def do_login(self, given: str) -> str:
        return "OK in" if given.split()[-1].strip('"') == self.server.store.password else "NO wrong"

    def do_select(self, given: str) -> str:
        self.folder = given.strip('"')
        if self.folder not in self.server.store.folders:
            return "NO no such folder"
        self.say(f"* {len(self.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.store.uidvalidity}]")
        return "OK [READ-ONLY] selected"

    do_examine = do_select

    def do_close(self, given: str) -> str:
        return "OK done"

    def do_status(self, given: str) -> str:
        self.say(f'* STATUS "{self.folder}" (UIDVALIDITY {self.server.store.uidvalidity})')
        return "OK done"

    def do_list(self, given: str) -> str:
        for name in self.server.store.folders:
            flag = "\\Sent" if name == "Sent" else "\\HasNoChildren"
            self.say(f'* LIST ({flag}) "/" "{name}"')
        return "OK done"

    @property
    def mails(self) -> dict[int, bytes]:
        return self.server.store.folders[self.folder]

    def do_uid_search(self, given: str) -> str:
        found = sorted(self.mails)
        if by_uid := re.search(r"UID (\d+):\*", given):
            first = int(by_uid[1])
            found = [uid for uid in found if uid >= first] or found[-1:]  # as the standard has it
        elif by_id := re.search(r'HEADER Message-ID "([^"]*)"', given, re.IGNORECASE):
            found = [uid for uid in found if by_id[1] in str(message_from_bytes(self.mails[uid])["Message-ID"])]
        self.say("* SEARCH " + " ".join(map(str, found)))
        return "OK done"

    def do_uid_fetch(self, given: str) -> str | None:
        store = self.server.store
        uid = int(given.split()[0])
        raw = self.mails.get(uid, b"")
        if "RFC822.SIZE" in given:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            return "OK done"
        if store.hangs_up_after is not None and len(store.fetched) >= store.hangs_up_after:
            return None
        store.fetched.append(uid)
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return "OK done"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, store: Store) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.store = store

    def handle_error(self, *_: object) -> None:
        """A connection that was cut is nothing to report."""


@contextmanager
def imap_server() -> Iterator[tuple[Store, int]]:
    """A server on a free port, and what it holds."""
    store = Store()
    server = _Server(store)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield store, int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
