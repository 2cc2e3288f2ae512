"""What follows from what people entered: keys to find an account by, and the time zone of accounts and contacts.

A zone that a person set stays, and so does one of an imported file, which is only one of those they may be in.
Otherwise a contact's comes from the area code of the number they are reached at, then
from the account; an account's from its ZIP code, its state, its telephone. What is not known stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from headhaul.accounts.choices import ZoneConfidence, ZoneSource
from headhaul.kernel import zones
from headhaul.kernel.addresses import domain_of, phone_key


class Zone(NamedTuple):
    """The likeliest zone, where it is known from, and how sure it is; "" three times where nobody knows."""

    name: str
    source: str
    confidence: str


class Keys(NamedTuple):
    """The derived columns of an account."""

    phone_key: str
    domain: str
    timezone: str
    timezone_source: str
    timezone_confidence: str


UNKNOWN = Zone("", "", "")


def keys_of(*, phone: str, website: str, email: str, zip_code: str, state: str) -> Keys:
    """The keys of an account, and its zone as far as nobody set one."""
    number = phone_key(phone)
    zone = account_zone(zip_code=zip_code, state=state, phone=number)
    return Keys(number, domain_of(website) or domain_of(email), *zone)


def account_zone(*, zip_code: str, state: str, phone: str) -> Zone:
    """Where an account is in time. `phone` is a key."""
    if found := zones.of_zip(zip_code):
        return Zone(found[0], ZoneSource.ZIP.value, ZoneConfidence.HIGH.value)
    if found := zones.of_state(state):
        return _of_several(found, ZoneSource.STATE)
    if found := zones.of_phone(phone):
        return _of_several(found, ZoneSource.AREA_CODE)
    return UNKNOWN


def contact_zone(*, phones: Iterable[str], account: Zone) -> Zone:
    """Where a contact is in time: by the first number that is tied to a place, else as the account."""
    for number in phones:
        if found := zones.of_phone(number):
            return _of_several(found, ZoneSource.AREA_CODE, likely=account.name)
    if not account.name:
        return UNKNOWN
    sure = account.confidence == ZoneConfidence.LOW.value
    return Zone(account.name, ZoneSource.ACCOUNT.value, (ZoneConfidence.LOW if sure else ZoneConfidence.MEDIUM).value)


def plausible(*, zone: Zone, phones: Iterable[str], account_zones: Iterable[str]) -> tuple[str, ...]:
    """All zones somebody may be in: the one a person set alone, otherwise those of their numbers and the account's."""
    if zone.source == ZoneSource.PERSON:
        return (zone.name,)
    of_numbers = [name for number in phones for name in zones.of_phone(number)]
    return tuple(dict.fromkeys([*_of_file(zone), *of_numbers, *account_zones]))


def zones_of_account(*, zone: Zone, zip_code: str, state: str, phone: str) -> tuple[str, ...]:
    """All zones an account may be in."""
    if zone.source == ZoneSource.PERSON:
        return (zone.name,)
    derived = zones.of_zip(zip_code) or zones.of_state(state) or zones.of_phone(phone)
    return tuple(dict.fromkeys([*_of_file(zone), *derived]))


def _of_file(zone: Zone) -> tuple[str, ...]:
    """What a bought list says may be wrong: it is added to the zones that hold, and replaces none."""
    return (zone.name,) if zone.source == ZoneSource.FILE else ()


def _of_several(found: tuple[str, ...], source: ZoneSource, *, likely: str = "") -> Zone:
    confidence = ZoneConfidence.MEDIUM if _agree(found) else ZoneConfidence.LOW
    return Zone(likely if likely in found else found[0], source.value, confidence.value)


@lru_cache(maxsize=4_096)
def _agree(found: tuple[str, ...]) -> bool:
    """Whether clocks in all of them show the same, summer and winter."""
    noons = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7)]
    return len({tuple(noon.astimezone(zones.zone_info(name)).utcoffset() for noon in noons) for name in found}) == 1
