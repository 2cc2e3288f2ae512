"""Shares of the US carrier population, as the public census shows them.

Carrier shares: a uniform sample of 1,000 rows of FMCSA's SMS census (data.transportation.gov, kjg3-diqy) of
autumn 2025, and cargo categories counted over all 2,091,643 carriers of it. Driver shares by state: heavy and
tractor-trailer truck drivers employed, BLS projections (total 1,802,820). All are works of the US Government.
What no public table gives (endorsements, drivers' equipment) is an assumption and named so.
"""

from __future__ import annotations

from pathlib import Path

OPERATION = {"C": 63.8, "A": 34.5, "B": 1.7}

CARRIER_STATE = {
    "CA": 159, "TX": 84, "FL": 68, "NY": 60, "MN": 45, "GA": 42, "MI": 38, "PA": 34, "WA": 33, "WI": 30,
    "NJ": 25, "IL": 24, "OH": 22, "CO": 22, "NC": 21, "AL": 21, "MD": 21, "IN": 21, "KY": 17, "SC": 15,
    "AZ": 15, "VA": 15, "OR": 12, "MA": 12, "UT": 11, "NE": 10, "IA": 9, "ME": 9, "TN": 9, "CT": 8, "NM":
    8, "KS": 8, "NV": 7, "WV": 7, "MO": 7, "OK": 6, "ID": 5, "LA": 5, "DE": 4, "SD": 3, "AR": 3, "MS": 3,
    "MT": 2, "HI": 2, "PR": 2, "AK": 2, "WY": 2, "ND": 1, "NH": 1, "RI": 1, "VT": 1, "DC": 1,
}  # fmt: skip

# (from, to, share); None is a blank cell, which is another fact than 0.
POWER_UNITS: list[tuple[int | None, int | None, float]] = [
    (None, None, 4.3), (0, 0, 2.7), (1, 1, 53.5), (2, 2, 16.2), (3, 5, 12.5), (6, 10, 5.3), (11, 20, 3.3),
    (21, 50, 1.4), (51, 100, 0.4), (101, 500, 0.3), (501, 9000, 0.1),
]  # fmt: skip

MCS150_AGE_YEARS: list[tuple[float | None, float | None, float]] = [
    (None, None, 7.6), (0, 1, 32.3), (1, 2, 20.9), (2, 3, 7.2), (3, 5, 5.0), (5, 10, 6.1), (10, 22, 20.9),
]  # fmt: skip

REGISTERED_AGE_YEARS: list[tuple[float, float, float]] = [
    (0, 1, 7.3), (1, 2, 6.8), (2, 3, 6.1), (3, 5, 10.1), (5, 10, 17.9), (10, 20, 35.5), (20, 50, 16.3),
]  # fmt: skip

# Percent of carriers that tick each cargo box of the MCS-150, by the census' own column name, and the trade
# it belongs to: a carrier of that trade ticks it more often, the whole share stays as counted.
CARGO: dict[str, tuple[float, str]] = {
    "GENFREIGHT": (42.921, "freight"), "HOUSEHOLD": (4.474, "moving"), "METALSHEET": (5.259, "flatbed"),
    "MOTOVEH": (8.042, "vehicles"), "DRIVETOW": (3.42, "vehicles"), "LOGPOLE": (8.576, "flatbed"),
    "BLDGMAT": (17.963, "building"), "MOBILEHOME": (0.624, "flatbed"), "MACHLRG": (12.924, "building"),
    "PRODUCE": (4.494, "cold"), "LIQGAS": (2.819, "tank"), "INTERMODAL": (1.998, "freight"),
    "PASSENGERS": (2.834, "people"), "OILFIELD": (1.447, "tank"), "LIVESTOCK": (2.908, "farm"),
    "GRAINFEED": (8.758, "farm"), "COALCOKE": (0.562, "bulk"), "MEAT": (1.972, "cold"),
    "GARBAGE": (4.502, "bulk"), "USMAIL": (1.051, "freight"), "CHEM": (1.111, "tank"),
    "DRYBULK": (9.549, "bulk"), "COLDFOOD": (3.817, "cold"), "BEVERAGES": (2.774, "cold"),
    "PAPERPROD": (3.469, "freight"), "UTILITY": (3.118, "building"), "FARMSUPP": (7.42, "farm"),
    "CONSTRUCT": (17.057, "building"), "WATERWELL": (0.642, "building"), "CARGOOTHR": (6.073, "moving"),
}  # fmt: skip

TRADE = {
    "freight": 36.0, "building": 26.0, "farm": 11.0, "vehicles": 7.0, "flatbed": 6.0, "bulk": 5.0, "cold":
    4.0, "moving": 2.5, "tank": 1.5, "people": 1.0,
}  # fmt: skip

# Chance that a carrier of this trade runs tractors, not only trucks (assumption; halved within a state).
TRACTOR_TRADE = {
    "freight": 0.65, "building": 0.25, "farm": 0.45, "vehicles": 0.35, "flatbed": 0.75, "bulk": 0.45,
    "cold": 0.75, "moving": 0.25, "tank": 0.7, "people": 0.0,
}  # fmt: skip

DRIVER_STATE = {
    "AK": 3180, "AL": 33930, "AR": 36680, "AZ": 24180, "CA": 148600, "CO": 29240, "CT": 13520, "DC": 480,
    "DE": 4200, "FL": 79900, "GA": 55430, "HI": 3940, "IA": 42990, "ID": 11270, "IL": 70720, "IN": 52510,
    "KS": 21250, "KY": 16700, "LA": 26400, "MA": 25400, "MD": 19810, "ME": 10070, "MI": 57120, "MN":
    33830, "MO": 44350, "MS": 24410, "MT": 7550, "NC": 55380, "ND": 17800, "NE": 28950, "NH": 7390, "NJ":
    45260, "NM": 10440, "NV": 10500, "NY": 58270, "OH": 71650, "OK": 26340, "OR": 24120, "PA": 80570,
    "PR": 9490, "RI": 3040, "SC": 25820, "SD": 9030, "TN": 54390, "TX": 188630, "UT": 22350, "VA": 40930,
    "VT": 4450, "WA": 36090, "WI": 55270, "WV": 11590, "WY": 7410,
}  # fmt: skip

# Assumptions about a recruiter's pool: class, endorsements, equipment experience, job wishes.
CDL_CLASS = {"A": 78.0, "B": 15.0, "C": 3.0, "": 4.0}
ENDORSEMENTS = {"T": 0.34, "N": 0.30, "H": 0.16, "P": 0.08, "S": 0.03}
EQUIPMENT = {
    "dry_van": 0.52, "reefer": 0.28, "flatbed": 0.22, "step_deck": 0.08, "tanker": 0.10, "hopper": 0.06,
    "dump": 0.07, "auto_hauler": 0.05, "lowboy": 0.05, "intermodal": 0.06, "livestock": 0.02, "bus": 0.03,
}  # fmt: skip
JOB_TYPES = {"otr": 0.42, "regional": 0.48, "local": 0.35, "dedicated": 0.22}

# The columns of FMCSA's Company Census File (az4n-8mr2), all 147, as published.
COLUMNS: list[str] = Path(__file__).with_name("census_columns.txt").read_text().split()
