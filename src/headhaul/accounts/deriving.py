"""What follows from what people entered: keys to find an account by, and the time zone of accounts and contacts.

A zone that a person set stays, and so does one of an imported file. Either is only one of those they may be in: for
texts and calls it takes away none that number, ZIP code and state tell of.
Otherwise a contact's comes from the area code of the number they are reached at, then
from the account; an account's from its ZIP code, its state, its telephone. What is not known stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from headhaul.accounts.choices import GIVEN_ZONES, ZoneConfidence, ZoneSource
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


def plausible(
    *, zone: Zone, phones: Iterable[str], account_zones: Iterable[str], trusts_people: bool = False
) -> tuple[str, ...]:
    """All zones somebody may be in, the likeliest first: the one that is given, those of their numbers, the account's.

    `trusts_people`: one that a person set stands alone, as where no law asks for hours.
    """
    if trusts_people and zone.source == ZoneSource.PERSON:
        return (zone.name,)
    of_numbers = [name for number in phones for name in zones.of_phone(number)]
    return tuple(dict.fromkeys([*_given(zone), *of_numbers, *account_zones]))


def zones_of_account(
    *, zone: Zone, zip_code: str, state: str, phone: str, trusts_people: bool = False
) -> tuple[str, ...]:
    """All zones an account may be in; `trusts_people` as for contacts."""
    if trusts_people and zone.source == ZoneSource.PERSON:
        return (zone.name,)
    derived = zones.of_zip(zip_code) or zones.of_state(state) or zones.of_phone(phone)
    return tuple(dict.fromkeys([*_given(zone), *derived]))


def without_clock(states: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The zones of those of these states of which none of the known zones shows the clock."""
    shown = {_clock(name) for name in known}
    own = [zones.of_state(state) for state in states]
    return tuple(name for names in own if not shown & {_clock(name) for name in names} for name in names)


def _given(zone: Zone) -> tuple[str, ...]:
    """What somebody entered, or a bought list says, may be wrong: it is one more, and replaces none."""
    return (zone.name,) if zone.source in GIVEN_ZONES else ()


def _of_several(found: tuple[str, ...], source: ZoneSource, *, likely: str = "") -> Zone:
    confidence = ZoneConfidence.MEDIUM if _agree(found) else ZoneConfidence.LOW
    return Zone(likely if likely in found else found[0], source.value, confidence.value)


@lru_cache(maxsize=4_096)
def _agree(found: tuple[str, ...]) -> bool:
    """Whether clocks in all of them show the same, summer and winter."""
    return len({_clock(name) for name in found}) == 1


@lru_cache(maxsize=1_024)
def _clock(name: str) -> tuple[timedelta | None, ...]:
    """What a zone shows, winter and summer."""
    noons = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7)]
    return tuple(noon.astimezone(zones.zone_info(name)).utcoffset() for noon in noons)
