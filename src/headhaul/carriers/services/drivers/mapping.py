"""Which column of a file is which fact about a driver, and which are nobody's business."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.text import normal_name

# Our field → names that files use for it, the best first.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "driver_id": (
        "driver_id",
        "id",
        "driver",
        "driver_no",
        "driver_number",
        "external_id",
        "candidate_id",
        "record_id",
        "uuid",
    ),
    "home_zip": (
        "home_zip",
        "zip",
        "zipcode",
        "zip_code",
        "postal_code",
        "home_zip_code",
        "home_zipcode",
        "home_postal_code",
    ),
    "home_state": ("home_state", "state", "state_code", "home_state_code", "st"),
    "cdl_class": ("cdl_class", "cdl", "license_class", "licence_class", "class", "license_type", "cdl_type"),
    "endorsements": ("endorsements", "endorsement", "cdl_endorsements", "license_endorsements"),
    "years": ("years", "years_experience", "experience", "experience_years", "years_of_experience", "exp_years", "yoe"),
    "equipment": (
        "equipment",
        "equipment_experience",
        "equipment_types",
        "trailer_types",
        "trailer",
        "trailers",
        "freight",
    ),
    "jobs": (
        "jobs",
        "job_types",
        "job_type",
        "preferred_job_types",
        "preferred_jobs",
        "route_types",
        "routes",
        "haul_type",
    ),
    "available_from": ("available_from", "available", "availability", "available_on", "available_date", "start_date"),
    "last_active": (
        "last_active",
        "last_active_on",
        "last_active_at",
        "last_activity",
        "last_login",
        "last_seen",
        "updated_at",
    ),
    "added": ("added_on", "added", "joined_on", "joined", "join_date", "registered_on", "sign_up_date", "created_on"),
    "status": ("status", "driver_status", "state_of_application", "pool_status"),
}
_PERSONAL = re.compile(
    r"(^|_)(name|firstname|lastname|fullname|first|last|surname|phone|mobile|cell|telephone|tel|fax|e_?mail|mail|address|"
    r"addr|street|ssn|social|birth|birthday|birthdate|dob|gender|sex|race|age|photo|picture|licen[cs]e_(no|num|number)|"
    r"cdl_(no|num|number)|medical|emergency|passport|lat|latitude|lon|lng|longitude)(_|$)"
)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`fields` is our field → the file's normal column name."""

    fields: Mapping[str, str]
    personal: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def notes(self) -> list[str]:
        """What was done with the columns, in words."""
        notes = ["Columns: " + ", ".join(f"{field} ← {column}" for field, column in self.fields.items()) + "."]
        if self.personal:
            notes.append("Personal columns, not read: " + ", ".join(self.personal) + ".")
        if self.unused:
            notes.append("Columns without a use here, not read: " + ", ".join(self.unused) + ".")
        return notes


def map_columns(names: Sequence[str], *, given: Mapping[str, str], file_name: str) -> ColumnMap:
    """Find our fields among the columns. `given` (field → column) goes before every guess.

    Raises ImportRefused that names the columns found when there is no id, no place or no equipment, or when `given`
    names something that does not exist or is personal.
    """
    found = set(names)
    fields: dict[str, str] = {}
    for field, column in given.items():
        if field not in SYNONYMS:
            raise ImportRefused(f"There is no field {field}. Fields: {', '.join(SYNONYMS)}.", fields={"map": field})
        if normal_name(column) not in found:
            raise ImportRefused(f"{file_name} has no column {column}. {_listed(names)}", fields={"map": column})
        if _is_personal(normal_name(column)):
            raise ImportRefused(
                f"{column} looks like personal data, which the pool does not keep.", fields={"map": column}
            )
        fields[field] = normal_name(column)
    for field, synonyms in SYNONYMS.items():
        taken = set(fields.values())
        if field not in fields:
            match = next((name for name in synonyms if name in found and name not in taken), None)
            if match is not None:
                fields[field] = match
    missing = [field for field in ("driver_id", "equipment") if field not in fields]
    if "home_zip" not in fields and "home_state" not in fields:
        missing.append("home_zip or home_state")
    if missing:
        raise ImportRefused(
            f"{file_name} has no column for {' and '.join(missing)}. {_listed(names)} Say which one it is with "
            f"--map {missing[0].split()[0]}=COLUMN.",
            fields={"map": ", ".join(missing)},
        )
    rest = [name for name in names if name and name not in fields.values()]
    personal = tuple(sorted({name for name in rest if _is_personal(name)}))
    return ColumnMap(fields, personal, tuple(sorted(set(rest) - set(personal))))


def _is_personal(name: str) -> bool:
    return bool(_PERSONAL.search(name)) and name not in {"last_active", "last_active_on", "last_active_at", "last_seen"}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in list(names)[:15] if name)
    return f"Its columns: {shown}{' …' if len(names) > 15 else ''}."
