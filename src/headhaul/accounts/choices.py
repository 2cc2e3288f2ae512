"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class AccountStatus(StrEnum):
    """Where we stand with a company."""

    TARGET = "target"
    PROSPECTING = "prospecting"
    CLIENT = "client"
    FORMER_CLIENT = "former_client"
    NOT_A_FIT = "not_a_fit"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()


NOT_PROSPECTS = frozenset({AccountStatus.CLIENT, AccountStatus.NOT_A_FIT})
"""Whom nobody prospects: they are ours already, or somebody decided against them."""


class AccountSource(StrEnum):
    """How an account came to be."""

    AUTO_PROSPECTED = "auto_prospected"
    SIGNAL = "signal"
    MANUAL = "manual"
    IMPORT = "import"
    CAPTURE = "capture"

    @property
    def label(self) -> str:
        """How a page says it."""
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    AccountSource.AUTO_PROSPECTED: "Nightly prospecting",
    AccountSource.SIGNAL: "Opened from a signal",
    AccountSource.MANUAL: "Entered by hand",
    AccountSource.IMPORT: "Import",
    AccountSource.CAPTURE: "Lead capture",
}


class FleetSource(StrEnum):
    """Who says how large the fleet is."""

    CENSUS = "fmcsa_census"
    QCMOBILE = "fmcsa_qcmobile"
    PERSON = "person"
    UNKNOWN = ""

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "fmcsa_census": "FMCSA census",
            "fmcsa_qcmobile": "FMCSA QCMobile",
            "person": "entered by hand",
        }.get(self.value, "")


AUTO_TAG = "auto_prospected"
EQUIPMENT_TAG = "equip:"
JOBS_TAG = "jobs:"
