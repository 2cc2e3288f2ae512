"""By which ways the reader may get through to people: who asks, and from which mailboxes and numbers of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from django.http import HttpRequest

from headhaul.console.ui.bridge import run
from headhaul.console.ui.shell import Shell
from headhaul.outreach.choices import GatewayKind

LIVE, SANDBOX = "live", "sandbox"
_KEPT = "headhaul.ways"


class Ways:
    """Asked by the macro that draws every way to a person. Mailboxes and numbers are looked up when a page needs them.

    A call needs none: the reader's own telephone dials.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.may = Shell(request).allows("rep")

    @cached_property
    def senders(self) -> Mapping[str, str]:
        """By channel whether its messages really leave, or are kept in the sandbox. None where nothing sends it."""
        found: dict[str, str] = {}
        for sender in run(self._request, "listSenders", limit=100).items if self.may else ():
            if sender.is_active and found.get(sender.channel.value) != LIVE:
                found[sender.channel.value] = SANDBOX if sender.gateway is GatewayKind.SANDBOX else LIVE
        return found

    @property
    def are_kept(self) -> bool:
        """Whether something that is written here stays in the sandbox."""
        return SANDBOX in self.senders.values()


def ways_of(request: HttpRequest) -> Ways:
    """The same for the whole page."""
    ways: Ways = request.META.setdefault(_KEPT, Ways(request))
    return ways
