"""How the panel says codes."""

from __future__ import annotations

from headhaul.capture.choices import EventKind, Grade, LeadStatus

STATUSES = {each.value: each.label for each in LeadStatus}
STATUS_TONES = {"new": "info", "working": "accent", "qualified": "good", "converted": "good", "disqualified": ""}
GRADES = {each.value: each.label for each in Grade}
GRADE_TONES = {"hot": "bad", "warm": "warn", "cold": "info"}
KINDS = {each.value: each.label for each in EventKind}
FEATURES = {
    "signal": "Driver signal",
    "fleet": "Fleet size",
    "region_supply": "Drivers in its region",
    "equipment_fit": "Fit of equipment",
    "source_quality": "Source",
    "completeness": "How much they said",
}
JOINED = {"dot_number": "DOT number", "phone": "phone number", "email": "e-mail", "domain": "domain", "name": "name"}

LOOK = {
    "statuses": STATUSES,
    "status_tones": STATUS_TONES,
    "grades": GRADES,
    "grade_tones": GRADE_TONES,
    "kinds": KINDS,
    "features": FEATURES,
}
