"""Reading and changing the product's settings."""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.preferences import schemas
from headhaul.preferences.sections import sections
from headhaul.preferences.selectors import find_section, section_view
from headhaul.preferences.services import values


@action("getSettings", reply="settingsLoaded", role=Role.ADMIN)
def get_settings(call: Call, data: schemas.GetSettings) -> schemas.SettingsView:
    """The product's settings by section: value, default, limits, meaning, and on request their history."""
    wanted = [find_section(data.section)] if data.section else list(sections().values())
    return schemas.SettingsView(sections=[section_view(section, history=data.history) for section in wanted])


@action(
    "saveSettings",
    reply="settingsSaved",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, result: ("settings", given.section),
    undo="saveSettings",
)
def save_settings(call: Call, data: schemas.SaveSettings) -> schemas.SectionView:
    """Change settings of one section. Refused when somebody else changed it since you read it."""
    section = find_section(data.section)
    before = values.get_stored(section, fresh=True)
    values.save(
        section=section,
        values=data.values,
        expected_version=data.expected_version,
        by=call.actor,
        at=call.at,
    )
    view = section_view(section, history=False)
    former = before.values.model_dump(mode="json", by_alias=True)
    call.undo_with("saveSettings", {"section": data.section, "values": former, "expectedVersion": view.version})
    return view
