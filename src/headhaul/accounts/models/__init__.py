"""The tables of this room."""

from headhaul.accounts.models.accounts import (
    Account,
    AccountPulse,
    AccountQuerySet,
    AccountScore,
    AccountTag,
    FieldChange,
    Removed,
)
from headhaul.accounts.models.common import BLANK, EMPTY
from headhaul.accounts.models.contacts import Contact, ContactEmail, ContactPhone
from headhaul.accounts.models.imports import (
    AirtableExport,
    ExternalId,
    ImportedRecord,
    ImportMapping,
    ImportRowError,
    ImportRun,
)
from headhaul.accounts.models.lists import CustomField, DefaultView, ExportFile, SavedView
from headhaul.accounts.models.merging import DuplicatePair, DuplicateScan, MergedAway, MergeRecord

__all__ = [
    "BLANK",
    "EMPTY",
    "Account",
    "AccountPulse",
    "AccountQuerySet",
    "AccountScore",
    "AccountTag",
    "AirtableExport",
    "Contact",
    "ContactEmail",
    "ContactPhone",
    "CustomField",
    "DefaultView",
    "DuplicatePair",
    "DuplicateScan",
    "ExportFile",
    "ExternalId",
    "FieldChange",
    "ImportMapping",
    "ImportRowError",
    "ImportRun",
    "ImportedRecord",
    "MergeRecord",
    "MergedAway",
    "Removed",
    "SavedView",
]
