"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from headhaul.capture.schemas.words import Origin
from headhaul.preferences.sections import Section


class LeadScoring(Section):
    """How a lead is scored from 0 to 100, and from when on it is hot or warm.

    Each fact counts from 0 to 1 times its weight; the weights sum up to 100.
    """

    key: ClassVar[str] = "lead_scoring"
    heading: ClassVar[str] = "Lead score"

    signal: int = Field(30, ge=0, le=100, title="Weight of the driver signal", description="Of the carrier's score.")
    fleet: int = Field(20, ge=0, le=100, title="Weight of the fleet's size")
    region_supply: int = Field(20, ge=0, le=100, title="Weight of drivers in its region")
    equipment_fit: int = Field(15, ge=0, le=100, title="Weight of how well drivers fit its equipment")
    source_quality: int = Field(15, ge=0, le=100, title="Weight of the source")
    hot_from: int = Field(80, ge=2, le=100, title="Hot from")
    warm_from: int = Field(50, ge=1, le=99, title="Warm from")
    neutral_percent: int = Field(
        40,
        ge=0,
        le=100,
        title="What an unknown fact counts",
        description="Percent of its weight: nobody is scored down, or up, for what we do not know.",
    )
    fleet_full_at: int = Field(
        500, ge=10, le=100_000, title="Trucks at which the fleet counts fully", description="On a logarithmic scale."
    )
    supply_full_at: int = Field(
        40, ge=1, le=10_000, title="Drivers close by at which supply counts fully", description="In proportion below."
    )

    @model_validator(mode="after")
    def _adds_up(self) -> LeadScoring:
        total = self.signal + self.fleet + self.region_supply + self.equipment_fit + self.source_quality
        if total != 100:
            raise ValueError(f"the weights have to sum up to 100, these make {total}")
        if self.warm_from >= self.hot_from:
            raise ValueError("hot has to begin above warm")
        return self


class LeadSla(Section):
    """Until when somebody has to have tried to reach a lead. The minutes count in the firm's working time."""

    key: ClassVar[str] = "lead_sla"
    heading: ClassVar[str] = "First attempt at a lead"

    hot_minutes: int = Field(15, ge=1, le=100_000, title="Minutes for a hot lead")
    warm_minutes: int = Field(240, ge=1, le=100_000, title="Minutes for a warm lead")
    cold_minutes: int = Field(960, ge=1, le=100_000, title="Minutes for any other lead")
    opens_hour: int = Field(8, ge=0, le=22, title="Work begins at", description="Hour, in the zone of the firm.")
    closes_hour: int = Field(18, ge=1, le=24, title="Work ends at", description="Hour, in the zone of the firm.")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> LeadSla:
        if self.opens_hour >= self.closes_hour:
            raise ValueError("work has to begin before it ends")
        return self


class LeadJoining(Section):
    """When what is taken down is held to be somebody who is there already."""

    key: ClassVar[str] = "lead_joining"
    heading: ClassVar[str] = "Joining leads"

    window_days: int = Field(
        14, ge=0, le=365, title="Days within which a second capture is the same lead", description="At the same event."
    )
    name_likeness: int = Field(
        64,
        ge=50,
        le=100,
        title="Likeness from which a name in the same state is the same company",
        description="Of 100. The usual one asks for the same name, or one nearly so in the same town.",
    )


class LeadValue(Section):
    """What an opportunity of a hot lead is estimated at: hires in a year times what one brings.

    Hires are what the supply gives or what the fleet needs, whichever is less.
    """

    key: ClassVar[str] = "lead_value"
    heading: ClassVar[str] = "Value of a hot lead"

    cents_per_hire: int = Field(250_000, ge=0, le=10**9, title="Cents that one hire brings")
    hires_percent_of_drivers: int = Field(
        10, ge=0, le=100, title="Matched drivers who are hired", description="Percent, in a year."
    )
    hires_percent_of_fleet: int = Field(
        30, ge=0, le=300, title="Seats of a fleet that are filled anew", description="Percent of its trucks, in a year."
    )
    close_in_days: int = Field(
        45, ge=1, le=730, title="Days until it is expected to close", description="Calendar days from the capture."
    )


class PublicForms(Section):
    """What keeps junk out of the public forms without asking a service outside."""

    key: ClassVar[str] = "public_forms"
    heading: ClassVar[str] = "Public forms"

    fewest_seconds: int = Field(3, ge=0, le=120, title="Seconds a person needs at least")
    hours_open: int = Field(24, ge=1, le=720, title="Hours a page may stand open before it is sent")
    per_address_hour: int = Field(
        12, ge=1, le=10_000, title="Forms an hour from one address", description="More are held to look through."
    )
    per_event_hour: int = Field(600, ge=1, le=100_000, title="Forms an hour for one event")
    most_links: int = Field(1, ge=0, le=20, title="Links in a message before it is suspicious")
    suspicious_an_hour: int = Field(
        200, ge=0, le=100_000, title="Suspicious forms kept an hour for one event", description="More are only counted."
    )
    held_days: int = Field(
        90,
        ge=7,
        le=3_650,
        title="Days that junk is kept to look through",
        description="Then it is removed each night, unless somebody released it, keeps it or has tried to work on it.",
    )


class FormFrames(Section):
    """Which pages of other sites may show our public forms within them. Nobody's, until one is named.

    An event that names sites of its own, or that none may, goes by its own list alone.
    """

    key: ClassVar[str] = "form_frames"
    heading: ClassVar[str] = "Forms within other pages"

    sites: list[Origin] = Field(
        default_factory=list,
        max_length=50,
        title="Sites that may show them",
        description="Such as https://www.example.com or https://*.example.com, without a path.",
    )


class OfflineExtract(Section):
    """What a phone takes along to work without network."""

    key: ClassVar[str] = "offline_extract"
    heading: ClassVar[str] = "Carriers taken along offline"

    most_kilobytes: int = Field(1_500, ge=10, le=20_000, title="Kilobytes at most", description="Before compression.")
    radius_miles: int = Field(250, ge=10, le=1_500, title="Miles around an event without states")


class LeadOwners(Section):
    """Whose a lead is where no routing rule speaks."""

    key: ClassVar[str] = "lead_owners"
    heading: ClassVar[str] = "Owners of leads"

    otherwise: Literal["capturer", "event", "nobody"] = Field(
        "capturer",
        title="Without a rule, a lead goes to",
        description="Whoever took it down, the owner of the event, or nobody.",
    )
