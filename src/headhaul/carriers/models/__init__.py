"""The tables of this room. Carriers and safety facts are keyed by DOT number, without foreign keys between them:
facts about a carrier may arrive before the carrier does, and files load in any order."""

from headhaul.carriers.models.authority import Authority, InsuranceFiling, OutOfServiceOrder, Revocation
from headhaul.carriers.models.carrier import Carrier, CarrierFiling, CarrierOverride, CarrierSource
from headhaul.carriers.models.driver import Driver
from headhaul.carriers.models.imports import ImportRun
from headhaul.carriers.models.lookups import CarrierEnrichment, FmcsaLookup
from headhaul.carriers.models.safety import CarrierSafety, Crash
from headhaul.carriers.models.signal import Signal, SignalDay

__all__ = [
    "Authority",
    "Carrier",
    "CarrierEnrichment",
    "CarrierFiling",
    "CarrierOverride",
    "CarrierSafety",
    "CarrierSource",
    "Crash",
    "Driver",
    "FmcsaLookup",
    "ImportRun",
    "InsuranceFiling",
    "OutOfServiceOrder",
    "Revocation",
    "Signal",
    "SignalDay",
]
