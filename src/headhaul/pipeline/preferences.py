"""Settings of this room."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from headhaul.pipeline.choices import Period
from headhaul.preferences.sections import Section


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError("a zone of the IANA list, for example America/Chicago") from fault
    return name


Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_zone)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class WorkingTime(Section):
    """Which days the firm works, and in which zone a day begins. Stage clocks count these days, and what is overdue
    is overdue by them."""

    key: ClassVar[str] = "working_time"
    heading: ClassVar[str] = "Working time"

    zone: Zone = Field("America/Chicago", title="Time zone of the firm", description="A name of the IANA list.")
    monday: bool = Field(True, title="Monday is worked")
    tuesday: bool = Field(True, title="Tuesday is worked")
    wednesday: bool = Field(True, title="Wednesday is worked")
    thursday: bool = Field(True, title="Thursday is worked")
    friday: bool = Field(True, title="Friday is worked")
    saturday: bool = Field(False, title="Saturday is worked")
    sunday: bool = Field(False, title="Sunday is worked")
    federal_holidays: bool = Field(
        True,
        title="Federal holidays are off",
        description="Those of the United States, on the day they are observed, for every year.",
    )
    holidays: list[date] = Field(
        [], max_length=400, title="Further days off", description='As a list: ["2026-12-24", "2026-12-31"].'
    )

    @model_validator(mode="after")
    def _works_at_all(self) -> WorkingTime:
        if not any(self.week):
            raise ValueError("at least one day of the week has to be worked")
        return self

    @property
    def week(self) -> tuple[bool, ...]:
        """Whether each day is worked, Monday first."""
        return (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday,
        )  # fmt: skip


class RiskLimits(Section):
    """From when on something about an open opportunity counts as a risk."""

    key: ClassVar[str] = "risks"
    heading: ClassVar[str] = "Risks of opportunities"

    quiet_days: int = Field(
        14, ge=1, le=365, title="Days without a touch", description="Calls, e-mails, texts and meetings, either way."
    )
    ghosted_touches: int = Field(3, ge=1, le=50, title="Unanswered touches that count as ghosted")
    ghosted_days: int = Field(7, ge=0, le=365, title="Days since the first of them", description="At least so many.")
    ghosted_window: int = Field(60, ge=1, le=365, title="Days looked back for touches")
    pushes: int = Field(2, ge=1, le=20, title="Moves of the close date to a later month")
    supply_drop_percent: int = Field(
        30, ge=1, le=100, title="Fall of fitting drivers", description="Percent, since the opportunity was opened."
    )
    needed_from: int = Field(
        25,
        ge=0,
        le=100,
        title="Decision maker and second contact needed from",
        description="Probability of the stage in percent; before it nobody expects them.",
    )
    contacts: int = Field(2, ge=1, le=20, title="People who should be involved")


class Closing(Section):
    """What people choose from when an opportunity ends, and how the board shows ended ones."""

    key: ClassVar[str] = "closing"
    heading: ClassVar[str] = "Closing opportunities"

    lost_reasons: list[Reason] = Field(
        [
            "Price",
            "Chose a competitor",
            "No open seats now",
            "No driver supply for their lanes",
            "No decision",
            "Stopped answering",
            "Carrier is a risk",
            "Other",
        ],
        max_length=40,
        title="Reasons offered when one is lost",
        description="People may write another one.",
    )
    competitors: list[Reason] = Field(
        [], max_length=200, title="Competitors offered", description="People may write another one."
    )
    status_follows: Literal["yes", "no"] = Field(
        "yes",
        title="An account follows its opportunities",
        description="The first opportunity makes it prospecting, the first one won makes it a client.",
    )


class ForecastSettings(Section):
    """Where a quarter or year begins and ends for this firm. Its days are those of the working time's zone."""

    key: ClassVar[str] = "forecast"
    heading: ClassVar[str] = "Forecast periods"

    fiscal_year_start_month: int = Field(
        1, ge=1, le=12, title="Month the fiscal year starts", description="1 is January. Quarters follow from it."
    )
    period: Period = Field(Period.QUARTER, title="Period shown first")


class Automation(Section):
    """How far automation rules may go by themselves."""

    key: ClassVar[str] = "automation"
    heading: ClassVar[str] = "Automation rules"

    depth: int = Field(
        5,
        ge=1,
        le=20,
        title="Rules in a row",
        description="How many rules may set each other off before the next one is stopped and recorded so.",
    )
    task_hour: int = Field(
        17,
        ge=0,
        le=23,
        title="Hour at which tasks of rules are due",
        description="On the due day, in the time zone of whoever gets the task.",
    )
