"""Where an embedded server's files are, and which user of the operating system runs it. Decides; creates nothing."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

SHARED_STATE = Path("/var/lib/headhaul")  # used by root when the checkout is closed to the server's user
SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes, file name included


class EmbeddedPostgresError(Exception):
    """The embedded server cannot do what was asked; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The account the server runs under when we are root, which PostgreSQL refuses to run as."""

    uid: int
    gid: int

    def can_pass(self, directory: Path) -> bool:
        """Whether this user may step through every directory down to this one, as far as they exist."""
        return all(self._may_enter(part) for part in [directory, *directory.parents])

    def _may_enter(self, directory: Path) -> bool:
        try:
            found = directory.stat()
        except FileNotFoundError:
            return True
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one embedded server. `asked` is where the caller wanted it, `base` where it is."""

    asked: Path
    base: Path
    data: Path
    socket: Path
    user: ServerUser | None

    @classmethod
    def of(cls, asked: Path) -> Layout:
        """The same answer in every process that asks for the same directory."""
        asked = asked.expanduser().absolute()
        user = _server_user(asked)
        base = asked if user is None else _base(asked, user)
        socket = base / "socket"
        if len(os.fsencode(socket / SOCKET_FILE)) > _LONGEST_SOCKET_PATH:
            socket = Path(f"/tmp/headhaul-{os.geteuid()}-{_tag(base)}")  # noqa: S108 (its owner is checked before use)
        return cls(asked=asked, base=base, data=base / "data", socket=socket, user=user)


def _base(asked: Path, user: ServerUser) -> Path:
    """Where data is already, it stays, whatever became of the directories above; new data goes where it can."""
    elsewhere = SHARED_STATE / _tag(asked)
    if (asked / "data").exists():
        return asked
    if (elsewhere / "data").exists() or not user.can_pass(asked):
        return elsewhere
    return asked


def _tag(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _server_user(asked: Path) -> ServerUser | None:
    """None when we are somebody ordinary. As root: whoever owns the data already, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return None
    for data in (asked / "data", SHARED_STATE / _tag(asked) / "data"):
        if data.exists() and (owner := data.stat()).st_uid != 0:
            return ServerUser(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(account.pw_uid, account.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and there is no user 'postgres' or 'nobody' to run it as. "
        "Start Headhaul as an ordinary user, or set DATABASE_URL."
    )
