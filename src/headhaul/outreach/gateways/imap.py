"""Mailboxes over IMAP: what is new since a place, and whether a Message-ID is in the Sent folder.

A place is (uidvalidity, uid). When a server numbers a mailbox anew, reading begins again a few days back: what was
seen before is known again by its fingerprint, so nothing is taken twice and nothing is missed.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError

from headhaul.outreach.gateways.hosts import IMAP_PORTS, HostNotAllowed, outside_address

TIMEOUT = 20.0
LARGEST = 30_000_000
LOOK_BACK = timedelta(days=7)
AT_ONCE = 50
FOLDERS = ("Sent", "Sent Items", "Sent Messages", "[Gmail]/Sent Mail", "INBOX.Sent", "Gesendet", "Enviados")


class CannotRead(Exception):
    """The mailbox could not be opened or read; the text says why, and nothing of a password."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to read, and as whom."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str = "INBOX"

    def __repr__(self) -> str:
        return f"Mailbox({self.username}@{self.host}:{self.port}/{self.folder})"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was read."""

    uidvalidity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One mail, where it lies, and its bytes; none when it is larger than is read."""

    place: Place
    raw: bytes


def read_new(mailbox: Mailbox, *, since: Place, today: date, limit: int = 200) -> Iterator[Found]:
    """Mails after `since`, the oldest first, at most `limit`, each fetched only when it is asked for.

    Raises CannotRead, at once or midway; what was given before it stands.
    """
    with _opened(mailbox) as box:
        now = _uidvalidity(box, mailbox.folder)
        is_same = since.uidvalidity == now
        begun = f"UID {since.uid + 1}:*" if is_same else f"SINCE {today - LOOK_BACK:%d-%b-%Y}"
        uids = sorted(int(uid) for uid in box.uids(begun) if uid and (not is_same or int(uid) > since.uid))
        for uid in uids[:limit]:
            yield Found(Place(now, uid), _fetch(box, uid))


def read_again(mailbox: Mailbox, places: Collection[Place]) -> Iterator[Found]:
    """Mails that were seen before. Of those that are not there any more, or not under this number, there are no bytes.

    Raises CannotRead as `read_new` does.
    """
    with _opened(mailbox) as box:
        now = _uidvalidity(box, mailbox.folder)
        for place in places:
            yield Found(place, _fetch(box, place.uid) if place.uidvalidity == now else b"")


def is_sent(mailbox: Mailbox, *, rfc_id: str) -> bool | None:
    """Whether the Sent folder holds this Message-ID; None when there is no such folder or it cannot be asked."""
    plain = rfc_id.replace('"', "").replace("\\", "").replace("\r", "").replace("\n", "")
    try:
        with _opened(mailbox) as box:
            folder = _sent_folder(box)
            if folder is None:
                return None
            box.folder.set(folder, readonly=True)
            return bool(box.uids(f'HEADER Message-ID "{plain}"'))
    except CannotRead:
        return None


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    box: BaseMailBox | None = None
    try:
        box = _Box(mailbox, outside_address(mailbox.host, mailbox.port, ports=IMAP_PORTS))
        box.login(mailbox.username, mailbox.password, initial_folder=None)
        box.folder.set(mailbox.folder, readonly=True)
        yield box
    except HostNotAllowed as refusal:
        raise CannotRead(refusal.message) from refusal
    except MailboxFolderSelectError as fault:
        raise CannotRead(f"There is no folder {mailbox.folder}.") from fault
    except (ImapToolsError, OSError, ssl.SSLError) as fault:
        raise CannotRead(f"{mailbox.host}: {type(fault).__name__}") from fault
    except Exception as fault:  # imaplib's own errors are made in its class, and servers find ever new ones
        if type(fault).__module__ in ("imaplib", "imap_tools.errors"):
            raise CannotRead(f"{mailbox.host}: {type(fault).__name__}") from fault
        raise
    finally:
        if box is not None:
            _hang_up(box)


class _Box(BaseMailBox):
    """Connects to the address that was vetted; certificates are still checked against the name."""

    def __init__(self, mailbox: Mailbox, vetted: str) -> None:
        self._mailbox, self._vetted = mailbox, vetted
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        of = self._mailbox
        session = _Session(self._vetted, of.host, of.port, is_encrypted=of.security == "ssl")
        if of.security == "starttls":
            session.starttls(ssl.create_default_context())
        return session


class _Session(imaplib.IMAP4):
    def __init__(self, vetted: str, host: str, port: int, *, is_encrypted: bool) -> None:
        self._vetted, self._is_encrypted = vetted, is_encrypted
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout: float | None) -> Any:
        plain = socket.create_connection((self._vetted, self.port), timeout)
        if not self._is_encrypted:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _hang_up(box: BaseMailBox) -> None:
    try:
        box.logout()
    except Exception:  # it has hung up already: there is nothing left to do
        box.client.shutdown()


def _uidvalidity(box: BaseMailBox, folder: str) -> int:
    return int(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])


def _fetch(box: BaseMailBox, uid: int) -> bytes:
    size = next((int(each) for each in _sizes(box, uid)), 0)
    if size > LARGEST:
        return b""
    _, data = box.client.uid("fetch", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in data if isinstance(part, tuple) and len(part) > 1), b"")


def _sizes(box: BaseMailBox, uid: int) -> Iterator[str]:
    _, data = box.client.uid("fetch", str(uid), "(RFC822.SIZE)")
    for part in data:
        text = (part[0] if isinstance(part, tuple) else part) or b""
        _, found, rest = bytes(text).partition(b"RFC822.SIZE ")
        if found:
            yield rest.split(b")")[0].split(b" ")[0].decode("ascii", "ignore")


def _sent_folder(box: BaseMailBox) -> str | None:
    known = list(box.folder.list())
    flagged = next((each.name for each in known if "\\Sent" in each.flags), None)
    return flagged or next((each.name for each in known if each.name in FOLDERS), None)
