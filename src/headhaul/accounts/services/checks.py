"""What cannot be written into an account, said with the name of the field and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headhaul.accounts.regions import NAMES
from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import email_key, website_key
from headhaul.kernel.zones import is_zone

_NEEDED = {"name": "An account needs a name.", "status": "An account has a status."}


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with e-mail in one spelling. Raises InvalidData for what is none of its kind."""
    full = dict(values)
    for name, said in _NEEDED.items():
        if name in full and not full[name]:
            raise InvalidData(said, fields={name: "cannot be empty"})
    for name, (fits, right) in _FITS.items():
        if full.get(name) and not fits(full[name]):
            raise InvalidData(f"{full[name][:80]} is {right[0]}.", fields={name: right[1]})
    if full.get("email"):
        full["email"] = email_key(full["email"])
    return full


_Fits = tuple[Callable[[str], Any], tuple[str, str]]
_FITS: dict[str, _Fits] = {
    "email": (email_key, ("no e-mail address", "for example office@example.com")),
    "website": (website_key, ("no web address", "for example https://example.com")),
    "timezone": (is_zone, ("no time zone", "for example America/Chicago")),
    "region": (NAMES.__contains__, ("no sales region", ", ".join(NAMES))),
}
