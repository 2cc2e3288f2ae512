"""The sandbox: everything is kept here and shown as it would look. Nothing leaves this machine."""

from __future__ import annotations

from datetime import datetime

from headhaul.outreach.gateways.base import Found, NotSent, Outgoing, Sent


class Sandbox:
    """Takes every message and sends none. The composed message stands in the outbox for whoever wants to see it."""

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        """Say yes; the id is made of the attempt, so a second one of the same attempt would show."""
        return Sent(provider_id=f"sandbox-{outgoing.attempt_id}")

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Found | NotSent | None:
        """What it was given it has."""
        return Found(provider_id=f"sandbox-{outgoing.attempt_id}")

    def close(self) -> None:
        """Nothing is open."""
