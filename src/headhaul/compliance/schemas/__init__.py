"""What goes into this room's actions and comes out."""

from headhaul.compliance.schemas.consent import ConsentStanding
from headhaul.compliance.schemas.sending import Throttle

__all__ = ["ConsentStanding", "Throttle"]
