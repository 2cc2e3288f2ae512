"""Signals: who has how much matched supply, and why."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from headhaul.carriers.schemas.words import (
    EquipmentCode,
    Equipments,
    Jobs,
    LevelCode,
    SegmentCode,
    Segments,
    States,
    Text,
)
from headhaul.kernel import DotNumber, Page, Paged, Payload, Result, StateCode, Zip5


class OneCarrier(Payload):
    """Which carrier."""

    dot_number: DotNumber


class SignalFilters(Payload):
    """What a list is narrowed to; several values of one filter mean any of them."""

    states: States = Field(default=[], alias="state")
    segments: Segments = Field(default=[], alias="segment")
    equipment: Equipments = []
    urgency: LevelCode | None = None
    confidence: LevelCode | None = None
    min_score: float | None = Field(default=None, ge=0, le=100)
    min_drivers: int | None = Field(default=None, ge=0, le=2_000_000_000)
    min_fleet: int | None = Field(default=None, ge=0, le=2_000_000_000, description="Power units; not known is 0.")
    is_new: bool | None = None
    is_spike: bool | None = None
    is_worthy: bool | None = None
    text: Text = Field(default="", description="Part of a name, or a USDOT number.")


class ListSignals(SignalFilters, Page):
    """A page of the current day's signals."""

    sort: Literal["score", "drivers", "fleet", "name"] = "score"


class SignalRow(Result):
    """A carrier's signal. Counts are of matched drivers; `previousScore` is a week old."""

    dot_number: int
    name: str
    state: str
    segment: SegmentCode
    fleet_size: int | None = Field(description="Effective power units.")
    equipment: list[EquipmentCode]
    score: float
    previous_score: float | None
    driver_count: int
    near_count: int
    active_this_week: int
    previous_driver_count: int | None
    confidence: LevelCode
    urgency: LevelCode
    is_new: bool
    is_spike: bool
    gates: list[str] = Field(description="Why it is no prospect; empty when it is one.", examples=[["inactive"]])
    headline: str = Field(examples=["38 reefer drivers within 100 miles, 95 in all; 12 active this week"])


class SignalList(Paged[SignalRow]):
    """A page of signals and the day they are of."""

    day: dt.date | None
    computed_at: dt.datetime | None = None
    carriers_considered: int | None = None


class Count(Result):
    """How many matched drivers bring something."""

    code: str
    label: str
    count: int


class Signal(Result):
    """A carrier's signal with what its drivers bring."""

    day: dt.date
    computed_at: dt.datetime
    signal: SignalRow
    by_equipment: list[Count]
    by_job: list[Count]
    by_state: list[Count] = Field(description="The three states with most drivers.")
    pool_in_reach: int = Field(description="Everybody in reach with the licence, whatever their equipment.")
    demand: list[str] = Field(description="Codes of facts that speak for a need of drivers.")


class GetSignalHistory(OneCarrier):
    """How far back."""

    days: int = Field(default=90, ge=1, le=730)


class HistoryPoint(Result):
    """One day."""

    day: dt.date
    score: float
    driver_count: int
    active_this_week: int
    is_spike: bool
    is_rebuilt: bool = Field(description="Computed after the day was over, from the drivers who were there by then.")


class SignalHistory(Result):
    """Oldest first; days on which the carrier had no signal are missing."""

    dot_number: int
    points: list[HistoryPoint]


class GetSignalSpikes(Page):
    """The current day's strong rises, best score first."""

    states: States = Field(default=[], alias="state")
    segments: Segments = Field(default=[], alias="segment")


class ReasonPoints(Result):
    """One factor: the points it brings and leaves, in words."""

    code: str
    points: float
    missing: float
    words: str
    evidence: dict[str, int | float | str]


class LeverWords(Result):
    """What would raise the score."""

    code: str
    reaches: float
    words: str
    evidence: dict[str, int | float | str]


class DemandWords(Result):
    """A fact that speaks for a need of drivers."""

    code: str
    strength: float
    words: str


class GateWords(Result):
    """Why a carrier is no prospect."""

    code: str
    words: str


class Worthiness(Result):
    """Whether a carrier is a prospect."""

    is_worthy: bool
    gates: list[GateWords]
    override_reason: str = ""
    override_by: str = ""
    override_expires_at: dt.datetime | None = None


class SignalExplanation(Result):
    """Why the score is what it is. `base` and the reasons' points add up to it."""

    dot_number: int
    name: str
    day: dt.date | None
    score: float
    base: float
    confidence: LevelCode
    urgency: LevelCode
    certainty: float
    headline: str
    reasons: list[ReasonPoints]
    levers: list[LeverWords]
    demand: list[DemandWords]
    worthiness: Worthiness
    by_equipment: list[Count]
    by_job: list[Count]
    by_state: list[Count]


class DriverGroup(Payload):
    """Drivers who are alike, at a ZIP or spread over a state as the pool is."""

    count: int = Field(ge=1, le=100_000)
    state: StateCode | None = None
    zip: Zip5 | None = None
    equipment: Equipments = Field(min_length=1)
    jobs: Jobs = ["local", "regional", "otr"]
    cdl: Literal["A", "B", "C"] = "A"
    hazmat: bool = False


class RemovedGroup(Payload):
    """Drivers of the pool, as far as it has them: any of the states, families and kinds of work that are named."""

    states: States = Field(default=[], alias="state")
    equipment: Equipments = []
    jobs: Jobs = []


class SimulateSignals(Payload):
    """Drivers to add and to take away, and whether to say whom to recruit next."""

    add: list[DriverGroup] = Field(default=[], max_length=20)
    remove: list[RemovedGroup] = Field(default=[], max_length=5)
    limit: int = Field(default=25, ge=1, le=100)
    suggest_count: int = Field(default=0, ge=0, le=10_000, description="Suggest where so many drivers would do most.")
    suggest_states: States = []


class MovedCarrier(Result):
    """A carrier that a change moves over or under the threshold."""

    dot_number: int
    name: str
    state: str
    segment: SegmentCode
    before: float
    after: float
    driver_count: int


class Suggestion(Result):
    """Drivers to recruit and how many prospects they would open."""

    equipment: EquipmentCode
    state: str
    work: Literal["home", "far"]
    opened: int
    points: float


class Simulation(Result):
    """What would change, beside how it is."""

    threshold: float
    min_drivers: int
    smallest_fleet: int
    prospects_now: int
    prospects_then: int
    moved: int = Field(description="Carriers whose score changes at all.")
    opened_count: int
    closed_count: int
    opened: list[MovedCarrier]
    closed: list[MovedCarrier]
    suggestions: list[Suggestion] = []


class GenerateSignals(Payload):
    """A carrier whose signal is computed anew at once, or nothing for the whole census in the background."""

    dot_number: DotNumber | None = None


class GeneratedSignals(Result):
    """Whether a job does it, or the signal it made."""

    is_queued: bool
    day: dt.date
    signal: SignalRow | None = None


class OverrideWorthiness(OneCarrier):
    """Why this carrier is a prospect all the same, and until when."""

    reason: Text = Field(min_length=3)
    expires_on: dt.date | None = None


class ExportSignals(SignalFilters):
    """The list to export; `inline` gives the first 10,000 rows in the answer itself."""

    sort: Literal["score", "drivers", "fleet", "name"] = "score"
    inline: bool = False


class SignalExport(Result):
    """The export that was granted and written down."""

    file_name: str
    day: dt.date | None
    csv: str | None = None
    is_complete: bool = True
