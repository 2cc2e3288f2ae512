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


REGIONS: dict[int, tuple[str, str]] = {
    1: ("northeast", "Northeast"),
    3: ("mid_atlantic", "Mid-Atlantic"),
    4: ("southeast", "Southeast"),
    5: ("great_lakes", "Great Lakes"),
    6: ("south_central", "South Central"),
    7: ("central_plains", "Central Plains"),
    8: ("mountain", "Mountain"),
    9: ("southwest", "Southwest and Pacific"),
    10: ("northwest", "Northwest"),
}
"""Sales regions: code and name by FMCSA's number; there is no region 2."""

REGION_NAMES: dict[str, str] = dict(REGIONS.values())

AUTO_TAG = "auto_prospected"
EQUIPMENT_TAG = "equip:"
JOBS_TAG = "jobs:"


class ContactRole(StrEnum):
    """What somebody does at the carrier."""

    OWNER = "owner"
    EXECUTIVE = "executive"
    OPERATIONS = "operations"
    RECRUITING = "recruiting"
    SAFETY = "safety"
    DISPATCH = "dispatch"
    FINANCE = "finance"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """How a page says it."""
        return "Human resources and recruiting" if self is ContactRole.RECRUITING else self.value.capitalize()


class BuyingRole(StrEnum):
    """The part somebody has in the decision to buy."""

    ECONOMIC_BUYER = "economic_buyer"
    CHAMPION = "champion"
    INFLUENCER = "influencer"
    USER = "user"
    BLOCKER = "blocker"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()


class Channel(StrEnum):
    """How a person can be reached."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"email": "E-mail", "sms": "Text message", "call": "Call"}[self.value]


class Validity(StrEnum):
    """Whether an address works."""

    UNKNOWN = "unknown"
    VALID = "valid"
    INVALID = "invalid"
    BOUNCED = "bounced"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.capitalize()


class ZoneSource(StrEnum):
    """Where a time zone is known from."""

    PERSON = "person"  # somebody set it
    FILE = "file"  # an imported file says so: kept, but no proof of where they are
    ZIP = "zip"
    AREA_CODE = "area_code"
    STATE = "state"
    ACCOUNT = "account"  # the contact has the account's

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"person": "set by hand", "file": "from an imported file", "zip": "from the ZIP code",
                "area_code": "from the area code", "state": "from the state",
                "account": "the account's"}[self.value]  # fmt: skip


GIVEN_ZONES = frozenset({ZoneSource.PERSON, ZoneSource.FILE})
"""Zones that somebody said, and that are not derived anew when an address changes."""


class ZoneConfidence(StrEnum):
    """How sure a time zone is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class CustomEntity(StrEnum):
    """What can have custom fields."""

    ACCOUNT = "account"
    CONTACT = "contact"
    OPPORTUNITY = "opportunity"


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SEVERAL = "several"
    URL = "url"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "yes_no": "Yes or no",
            "choice": "One of a list",
            "several": "Several of a list",
            "url": "Web address",
        }.get(self.value, self.value.replace("_", " ").capitalize())


class MergeEntity(StrEnum):
    """What can be merged."""

    ACCOUNT = "account"
    CONTACT = "contact"


class PairState(StrEnum):
    """What became of two records that look alike."""

    OPEN = "open"
    DISMISSED = "dismissed"  # somebody said that they are two
    MERGED = "merged"


class ImportState(StrEnum):
    """How far an import of records is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be worked on."""
        return self in (ImportState.QUEUED, ImportState.RUNNING, ImportState.UNDOING)


class ImportMode(StrEnum):
    """What an import may do to the records."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"


class OnDuplicate(StrEnum):
    """What becomes of a row whose record exists, where only new ones are to be created."""

    SKIP = "skip"
    CREATE = "create"


class RowResult(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
