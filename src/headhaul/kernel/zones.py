"""In which time zones somebody may be: by telephone number, ZIP code or state. Offline.

Number ranges are phonenumbers' (Google's public metadata), ZIP codes and states those of the package `zipcodes`.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from headhaul.kernel.places import place_of_zip

_TOO_MANY = 8  # a number that may be anywhere on the continent (toll-free) says nothing


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    return name in _known()


def of_phone(number: str) -> tuple[str, ...]:
    """The zones of a number in E.164; none for numbers that are not tied to a place."""
    return _of_range(number[:8] if number.startswith("+1") else number) if number else ()


@lru_cache(maxsize=65_536)
def _of_range(number: str) -> tuple[str, ...]:
    """American numbers are told apart by their first seven digits, so that few ranges answer for all."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(number.ljust(12, "5") if number.startswith("+1") else number)
    except phonenumbers.NumberParseException:
        return ()
    zones = tuple(zone for zone in timezone.time_zones_for_number(parsed) if is_zone(zone))
    return zones if len(zones) <= _TOO_MANY else ()


def of_zip(zip_code: str) -> tuple[str, ...]:
    """The zone of a ZIP code, where it is known."""
    place = place_of_zip(zip_code) if zip_code else None
    return (place.time_zone,) if place is not None and is_zone(place.time_zone) else ()


def of_state(state: str) -> tuple[str, ...]:
    """The zones of a state, the one with most ZIP codes first."""
    return _by_state().get(state.strip().upper(), ())


@cache
def _by_state() -> dict[str, tuple[str, ...]]:
    text = files("headhaul.kernel").joinpath("data/state_zones.csv").read_text(encoding="utf-8")
    return {row["state"]: tuple(row["zones"].split()) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=512)
def zone_info(name: str) -> ZoneInfo:
    """The zone of that name."""
    return ZoneInfo(name)


# One zone for each clock that runs in the contiguous states, and in all fifty: who may be anywhere is in all of these.
CONTIGUOUS = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles")
FIFTY = (*CONTIGUOUS, "America/Anchorage", "America/Adak", "Pacific/Honolulu")


def states_of_phone(number: str) -> tuple[str, ...]:
    """The states or provinces of an American number's area code; none for numbers that are not tied to a place."""
    return _area(number)[0]


def country_of_phone(number: str) -> str:
    """The country of a number in E.164 as ISO 3166-1 alpha-2; "" where the number does not say."""
    if number.startswith("+1"):
        return _area(number)[1]
    return _country_of_range(number) if number else ""


def _area(number: str) -> tuple[tuple[str, ...], str]:
    return _areas().get(number[2:5], ((), "")) if number.startswith("+1") else ((), "")


@cache
def _areas() -> dict[str, tuple[tuple[str, ...], str]]:
    """From phonenumbers' metadata, by area code, since its own tables of places take seconds to load."""
    text = files("headhaul.kernel").joinpath("data/area_codes.csv").read_text(encoding="utf-8")
    return {
        row["area_code"]: (tuple(row["states"].split()), row["country"]) for row in csv.DictReader(text.splitlines())
    }


@lru_cache(maxsize=4_096)
def _country_of_range(number: str) -> str:
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""
