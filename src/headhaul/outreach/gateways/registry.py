"""Which gateway a sender's messages leave by. Clients are loaded when first needed: each takes its time."""

from __future__ import annotations

from headhaul.outreach.choices import GatewayKind
from headhaul.outreach.gateways.base import Gateway, SenderOptions
from headhaul.outreach.gateways.sandbox import Sandbox


def gateway_of(sender: SenderOptions) -> Gateway:
    """The gateway of a sender, with its options and its secret."""
    match sender.gateway:
        case GatewayKind.SMTP:
            from headhaul.outreach.gateways.smtp import Smtp

            return Smtp(sender)
        case GatewayKind.ESP:
            from headhaul.outreach.gateways.esp import EspGateway

            return EspGateway(sender)
        case GatewayKind.TWILIO:
            from headhaul.outreach.gateways.twilio import Twilio

            return Twilio(sender)
        case GatewayKind.SANDBOX:
            return Sandbox()
