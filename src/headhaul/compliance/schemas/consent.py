"""What is known about reaching an address."""

from __future__ import annotations

from datetime import datetime

from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.kernel import Result


class ConsentStanding(Result):
    """The last word of an address on a channel. `all` is a do-not-contact and stands above every channel."""

    channel: ConsentChannel
    status: ConsentStatus
    source: str = ""
    basis: str = ""
    captured_at: datetime | None = None
    expires_at: datetime | None = None
    event_id: int | None = None
    do_not_contact: bool = False

    @property
    def is_denied(self) -> bool:
        """Whether it forbids this channel."""
        return self.do_not_contact or self.status.denies

    @property
    def is_allowed(self) -> bool:
        """Whether it permits it: e-mail until somebody objects, texts and calls only after a yes."""
        if self.is_denied:
            return False
        return self.channel is ConsentChannel.EMAIL or self.status is ConsentStatus.OPTED_IN
