"""The facts of an account that open where they stand."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.regions import NAMES
from headhaul.carriers.choices import Segment
from headhaul.console.ui import states
from headhaul.console.ui.facts import CUSTOM, Fact, custom_value

OWN = (
    Fact("name", "Name", is_required=True),
    Fact("status", "Status", "select", {status.value: status.label for status in AccountStatus}, is_required=True),
    Fact("phone", "Phone", "tel"),
    Fact("email", "E-mail", "email"),
    Fact("website", "Website", "url"),
    Fact("street", "Street"),
    Fact("city", "City"),
    Fact("state", "State", "select", states.STATES),
    Fact("zip", "ZIP code"),
    Fact("region", "Region", "select", NAMES, "Left empty, it follows from the state."),
    Fact("timezone", "Time zone", "zone", hint="Left empty, it is derived from ZIP code, state or telephone."),
    Fact("fleetSize", "Trucks", "number"),
    Fact("segment", "Size class", "select", {segment.value: segment.label for segment in Segment}),
    Fact("dotNumber", "USDOT number", "number", hint="Links the account to a carrier of the census."),
    Fact("description", "Description", "textarea"),
)


def value_of(record: Any, fact: Fact) -> Any:
    """What an account or a contact holds under a fact."""
    if fact.name.startswith(CUSTOM):
        return custom_value(record, fact)
    attribute = {"fleetSize": "fleet_size", "dotNumber": "dot_number"}.get(fact.name, fact.name)
    return getattr(record, attribute)
