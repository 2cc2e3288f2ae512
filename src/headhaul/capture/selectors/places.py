"""Where an event is, and which three-digit ZIP areas lie around it. Offline, from the same ZIP codes as everything."""

from __future__ import annotations

from functools import lru_cache

from headhaul.kernel.places import haversine_miles, place_of_zip, zip3_areas


@lru_cache(maxsize=512)
def spot_of_city(city: str, state: str) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of a town's ZIP codes; None for a town nobody knows."""
    import zipcodes  # the package unpacks its data on first use

    wanted = " ".join(city.upper().split())
    digits = {f"{area.number:03d}"[0] for area in zip3_areas() if area.state == state.upper()}
    spots = [
        (float(row["lat"]), float(row["long"]))
        for digit in sorted(digits)
        for row in zipcodes.similar_to(digit)
        if row["state"] == state.upper() and row["city"].upper() == wanted and row["lat"] and row["long"]
    ]
    if not spots:
        return None
    return sum(spot[0] for spot in spots) / len(spots), sum(spot[1] for spot in spots) / len(spots)


def spot_of_zip(zip_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a ZIP code."""
    place = place_of_zip(zip_code)
    return (place.latitude, place.longitude) if place else None


def areas_within(spot: tuple[float, float], miles: int) -> dict[int, str]:
    """Three-digit areas whose middle lies within so many miles, with their states."""
    areas = zip3_areas()
    distances = haversine_miles(spot[0], spot[1], [area.latitude for area in areas], [area.longitude for area in areas])
    return {
        area.number: area.state for area, distance in zip(areas, distances, strict=True) if float(distance) <= miles
    }
