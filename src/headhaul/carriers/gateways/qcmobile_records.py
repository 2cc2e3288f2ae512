"""What QCMobile answers, as typed records. Employer numbers never get here: they are dropped on arrival."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from headhaul.carriers.gateways.qcmobile_types import (
    Code,
    Count,
    Day,
    DollarsFromThousands,
    Flag,
    Measure,
    Percentile,
    Rating,
    Text,
)
from headhaul.kernel import DotNumber


def _name(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


class Record(BaseModel):
    """Base of all: FMCSA's names on the wire, fields we do not know left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, extra="ignore", frozen=True
    )


class CarrierRecord(Record):
    """The main record: who the carrier is, how big, whether it may run, its insurance and safety counts."""

    dot_number: DotNumber
    legal_name: Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=300)]
    dba_name: Text = None
    allowed_to_operate: Flag = None
    status_code: Code = None
    operation_code: Code = Field(None, validation_alias=AliasPath("carrierOperation", "carrierOperationCode"))
    census_type: Code = Field(None, validation_alias=AliasPath("censusTypeId", "censusType"))
    is_passenger_carrier: Flag = None
    street: Text = Field(None, validation_alias="phyStreet")
    city: Text = Field(None, validation_alias="phyCity")
    state: Code = Field(None, validation_alias="phyState")
    zip_code: Code = Field(None, validation_alias="phyZipcode")
    country: Code = Field(None, validation_alias="phyCountry")
    power_units: Count = Field(None, validation_alias="totalPowerUnits")
    drivers: Count = Field(None, validation_alias="totalDrivers")

    bipd_on_file_dollars: DollarsFromThousands = Field(None, validation_alias="bipdInsuranceOnFile")
    bipd_is_required: Flag = Field(None, validation_alias="bipdInsuranceRequired")
    bipd_required_dollars: DollarsFromThousands = Field(None, validation_alias="bipdRequiredAmount")
    cargo_on_file_dollars: DollarsFromThousands = Field(None, validation_alias="cargoInsuranceOnFile")
    cargo_is_required: Flag = Field(None, validation_alias="cargoInsuranceRequired")
    bond_on_file_dollars: DollarsFromThousands = Field(None, validation_alias="bondInsuranceOnFile")
    bond_is_required: Flag = Field(None, validation_alias="bondInsuranceRequired")
    common_authority_status: Code = None
    contract_authority_status: Code = None
    broker_authority_status: Code = None

    crashes: Count = Field(None, validation_alias="crashTotal")
    fatal_crashes: Count = Field(None, validation_alias="fatalCrash")
    injury_crashes: Count = Field(None, validation_alias="injCrash")
    towaway_crashes: Count = Field(None, validation_alias="towawayCrash")
    vehicle_inspections: Count = Field(None, validation_alias="vehicleInsp")
    vehicle_oos_inspections: Count = Field(None, validation_alias="vehicleOosInsp")
    vehicle_oos_percent: Measure = Field(None, validation_alias="vehicleOosRate")
    driver_inspections: Count = Field(None, validation_alias="driverInsp")
    driver_oos_inspections: Count = Field(None, validation_alias="driverOosInsp")
    driver_oos_percent: Measure = Field(None, validation_alias="driverOosRate")
    hazmat_inspections: Count = Field(None, validation_alias="hazmatInsp")
    hazmat_oos_inspections: Count = Field(None, validation_alias="hazmatOosInsp")
    hazmat_oos_percent: Measure = Field(None, validation_alias="hazmatOosRate")

    safety_rating: Rating = None
    safety_rating_date: Day = None
    review_type: Code = None
    review_date: Day = None
    oos_date: Day = None
    snapshot_date: Day = None

    @property
    def has_operating_authority(self) -> bool | None:
        """Whether any carrier authority is active; None when not told. Private carriers need none."""
        known = {code for code in (self.common_authority_status, self.contract_authority_status) if code}
        return "A" in known if known else None

    @property
    def bipd_gap_dollars(self) -> int | None:
        """How much required liability insurance is missing; None when none is required or it is unknown."""
        if not self.bipd_is_required or self.bipd_required_dollars is None or self.bipd_on_file_dollars is None:
            return None
        return max(0, self.bipd_required_dollars - self.bipd_on_file_dollars)


class AuthorityRecord(Record):
    """One docket's operating authority."""

    prefix: Code = None
    docket_number: Count = None
    common_authority_status: Code = None
    contract_authority_status: Code = None
    broker_authority_status: Code = None
    authorized_for_property: Flag = None
    authorized_for_passenger: Flag = None
    authorized_for_household_goods: Flag = None
    authorized_for_broker: Flag = None

    @property
    def docket(self) -> str:
        """The docket as people write it, such as MC138328."""
        return f"{self.prefix or ''}{self.docket_number if self.docket_number is not None else ''}"


class DocketRecord(Record):
    """A docket number that belongs to the carrier."""

    prefix: Code = None
    docket_number: Count = None

    @property
    def docket(self) -> str:
        """The docket as people write it, such as MC1515."""
        return f"{self.prefix or ''}{self.docket_number if self.docket_number is not None else ''}"


class CargoRecord(Record):
    """A kind of cargo the carrier declares; the ids 1 to 30 follow the census flags."""

    cargo_class_id: Count = Field(None, validation_alias=AliasPath("id", "cargoClassId"))
    name: Text = Field(None, validation_alias="cargoClassDesc")


class OperationRecord(Record):
    """A way the carrier operates, such as for hire or private property."""

    operation_class_id: Count = Field(None, validation_alias=AliasPath("id", "operationClassId"))
    name: Text = Field(None, validation_alias="operationClassDesc")


class OosRecord(Record):
    """An out-of-service order, past or present: only the main record tells whether one is in force."""

    ordered_on: Day = Field(None, validation_alias="oosDate")
    reason_code: Code = Field(None, validation_alias="oosReason")
    reason: Text = Field(None, validation_alias="oosReasonDescription")


class BasicRecord(Record):
    """One safety category. The law keeps a property carrier's percentile and alert from the public: None."""

    basic_id: Count = Field(None, validation_alias=AliasPath("basicsType", "basicsId"))
    name: Text = Field(None, validation_alias=AliasPath("basicsType", "basicsShortDesc"))
    code: Text = Field(None, validation_alias=AliasPath("basicsType", "basicsCode"))
    percentile: Percentile = Field(None, validation_alias="basicsPercentile")
    percentile_text: Text = Field(None, validation_alias="basicsPercentile")
    threshold: Measure = Field(None, validation_alias="basicsViolationThreshold")
    exceeds_threshold: Flag = Field(None, validation_alias="exceededFMCSAInterventionThreshold")
    has_on_road_alert: Flag = Field(None, validation_alias="onRoadPerformanceThresholdViolationIndicator")
    has_serious_violation: Flag = Field(None, validation_alias="seriousViolationFromInvestigationPast12MonthIndicator")
    measure: Measure = Field(None, validation_alias="measureValue")
    inspections_with_violation: Count = Field(None, validation_alias="totalInspectionWithViolation")
    violations: Count = Field(None, validation_alias="totalViolation")
    run_on: Day = Field(None, validation_alias="basicsRunDate")

    @property
    def is_public(self) -> bool:
        """Whether FMCSA publishes this category's standing for this carrier."""
        return "not public" not in (self.percentile_text or "").lower()

    @property
    def has_alert(self) -> bool | None:
        """FMCSA's own alert; None where it is not public. A serious violation is an alert by itself."""
        if self.has_serious_violation or self.exceeds_threshold or self.has_on_road_alert:
            return True
        return False if self.is_public and self.exceeds_threshold is False else None
