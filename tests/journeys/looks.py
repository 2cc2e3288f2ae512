"""The screens that pages have to be good on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Look:
    """A size and a colour scheme."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    touch: bool = False

    @property
    def context(self) -> dict[str, Any]:
        """What a browser context is made with."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.scheme,
            "has_touch": self.touch,
            "reduced_motion": "reduce",
            "timezone_id": "America/Chicago",
            "locale": "en-US",
        }


DESKTOP = Look("desktop-light", 1440, 900, "light")
DESKTOP_DARK = Look("desktop-dark", 1440, 900, "dark")
PHONE = Look("phone-light", 390, 844, "light", touch=True)
PHONE_DARK = Look("phone-dark", 390, 844, "dark", touch=True)
LOOKS = (DESKTOP, DESKTOP_DARK, PHONE)  # colours do not depend on the size, so the fourth adds little …
EVERY_LOOK = (*LOOKS, PHONE_DARK)  # … and is looked at where it matters most
SIZES = (DESKTOP, PHONE)
