"""A message that came in, whatever brought it, as the rest of the room reads it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from headhaul.outreach.choices import Channel


@dataclass(frozen=True, slots=True)
class Failure:
    """What a delivery report says of one address. `is_permanent`: it is dead, nobody will ever be there.

    A full mailbox or a server that does not like us is final for this message and says nothing about the address.
    """

    address: str
    is_permanent: bool
    is_final: bool = True  # False: it is tried again
    status: str = ""  # 5.1.1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text or mail. `source` and `key` say where it was found: the same two are the same message.

    `text` is all of it, `fresh` what they wrote now, without what they quoted. `recipients` is everybody it was
    addressed to by any header or the envelope. `references` are the Message-IDs it answers, the nearest first.
    """

    channel: Channel
    source: str  # imap:<sender>, webhook:<provider>
    key: str
    from_address: str  # in our spelling: lower case, or E.164; "" when there is none
    received_at: datetime
    to_address: str = ""
    subject: str = ""
    text: str = ""
    fresh: str = ""
    rfc_id: str = ""
    written: str = ""  # the Date header as it stands
    references: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    return_path: str | None = None  # None: not known; "": the empty one of automatic mail
    headers: dict[str, str] = field(default_factory=dict)  # those that are judged by, in lower case
    failures: tuple[Failure, ...] = ()
    is_report: bool = False  # a delivery report, though it may name nobody
    returned_id: str = ""  # the Message-ID of the mail that a report returns
    attachments: tuple[str, ...] = ()
    sender_id: int | None = None  # our mailbox or number, where it is known

    @property
    def fingerprint(self) -> str:
        """The same for a mail that is found twice: in two mailboxes, or again after a mailbox was numbered anew."""
        if not self.rfc_id:
            return ""
        parts = "\n".join((self.rfc_id, self.from_address, self.written, self.subject))
        return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()
