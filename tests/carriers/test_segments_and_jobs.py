"""Fleet size classes and kinds of work."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from headhaul.carriers.choices import CutOffs, Segment, job_codes
from headhaul.carriers.preferences import MatchingSection, ScoringSection, SegmentSettings
from headhaul.carriers.services.jobtypes import WorkColumns, job_masks
from headhaul.carriers.services.matching.settings import MatchSettings, Reach, ScoreSettings
from headhaul.carriers.services.segments import segment_of


@pytest.mark.parametrize(
    ("units", "drivers", "segment"),
    [
        (1, 1, Segment.OWNER_OPERATOR),
        (5, 5, Segment.OWNER_OPERATOR),
        (6, 5, Segment.SMALL_FLEET),
        (25, 20, Segment.SMALL_FLEET),
        (26, 20, Segment.REGIONAL),
        (100, 90, Segment.REGIONAL),
        (101, 90, Segment.MID_MARKET),
        (500, 400, Segment.MID_MARKET),
        (501, 400, Segment.ENTERPRISE),
        (45_001, 2, Segment.OWNER_OPERATOR),
        (20, 2, Segment.SMALL_FLEET),
        (21, 2, Segment.OWNER_OPERATOR),
        (599_994, None, Segment.ENTERPRISE),
        (0, 8, Segment.SMALL_FLEET),
        (None, 8, Segment.SMALL_FLEET),
        (0, 0, Segment.UNKNOWN),
        (0, None, Segment.UNKNOWN),
        (None, None, Segment.UNKNOWN),
    ],
)
def test_segments_by_effective_units(units: int | None, drivers: int | None, segment: Segment) -> None:
    assert segment_of(units, drivers, CutOffs()) is segment


def test_the_four_name_scheme_is_a_roll_up() -> None:
    assert [segment.roll_up for segment in Segment] == [
        "owner_operator", "regional", "regional", "mid_market", "enterprise", "",
    ]  # fmt: skip


def test_cut_offs_must_rise() -> None:
    assert SegmentSettings(small_fleet=30).cut_offs.small_fleet == 30
    with pytest.raises(ValidationError, match="end above"):
        SegmentSettings(small_fleet=200)


def test_the_settings_pages_start_with_the_values_matching_and_scoring_have() -> None:
    values = MatchingSection().model_dump()
    assert MatchSettings(**{**values, "reach": Reach(values["reach"])}) == MatchSettings()
    assert ScoreSettings(**ScoringSection().model_dump()) == ScoreSettings()
    with pytest.raises(ValidationError, match="make 1 together"):
        ScoringSection(match_weight=0.9)


NOTHING = dict.fromkeys(
    ("beyond_100", "within_100", "drivers", "mileage", "mileage_year", "units", "tractors"), None
) | dict.fromkeys(("interstate", "intrastate", "private_only"), False)


@pytest.mark.parametrize(
    ("facts", "jobs"),
    [
        ({"beyond_100": 30, "within_100": 4, "drivers": 40, "units": 40, "mileage": 3_600_000}, ["otr"]),
        ({"beyond_100": 30, "within_100": 4, "drivers": 40, "units": 40, "mileage": 2_400_000}, ["regional"]),
        ({"beyond_100": 30, "within_100": 4, "drivers": 40, "units": 40}, ["regional"]),
        ({"beyond_100": 2, "within_100": 30, "drivers": 40, "units": 40}, ["local"]),
        ({"interstate": True, "units": 3, "drivers": 3}, ["regional"]),
        ({"interstate": True, "units": 3, "drivers": 3, "mileage": 300_000}, ["otr"]),
        ({"interstate": True, "units": 3, "drivers": 3, "mileage": 30_000}, ["local"]),
        ({"interstate": True, "units": 3, "drivers": 3, "mileage": 105_000}, ["local", "regional"]),
        ({"interstate": True, "units": 3, "drivers": 3, "mileage": 3_000_000}, ["regional"]),
        ({"interstate": True, "units": 3, "mileage": 300_000, "mileage_year": 2015}, ["regional"]),
        ({"intrastate": True, "units": 3, "drivers": 3}, ["local"]),
        ({"intrastate": True, "private_only": True, "units": 12, "tractors": 12}, ["local", "dedicated"]),
        ({"intrastate": True, "private_only": True, "units": 12, "tractors": 3}, ["local"]),
        ({}, []),
    ],
)
def test_kinds_of_work(facts: dict[str, float], jobs: list[str]) -> None:
    given = NOTHING | facts
    columns = {
        name: np.array([value if isinstance(value, bool) else np.nan if value is None else float(value)])
        for name, value in given.items()
    }
    assert job_codes(int(job_masks(WorkColumns(**columns), year=2026)[0])) == jobs
