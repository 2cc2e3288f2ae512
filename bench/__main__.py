"""`make bench`: the night, then the pages and actions over what it left. SCALE=2200000 for the full size."""

from __future__ import annotations

from bench.installation import installation
from bench.load import measure_load
from bench.night import measure_night


def main() -> None:
    """Measure everything, print both tables."""
    place = installation()
    night = measure_night(place)
    load = measure_load(place, seconds=5, only=set())
    night.print()
    load.print()


if __name__ == "__main__":
    main()
