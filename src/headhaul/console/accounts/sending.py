"""Whether we write to people ourselves, or hand them to the phone and the mail program."""

from __future__ import annotations

from django.http import HttpRequest

from headhaul.console.ui.bridge import run
from headhaul.console.ui.shell import Shell
from headhaul.outreach.choices import GatewayKind


def ready_channels(request: HttpRequest) -> frozenset[str]:
    """The channels with a mailbox or number of ours that really sends; none for those who may not write."""
    if not Shell(request).allows("rep"):
        return frozenset()
    senders = run(request, "listSenders", limit=100).items
    return frozenset(
        sender.channel.value for sender in senders if sender.is_active and sender.gateway is not GatewayKind.SANDBOX
    )
