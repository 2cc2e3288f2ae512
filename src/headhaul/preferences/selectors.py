"""Settings as people see them: with titles, help, limits and history."""

from __future__ import annotations

import inspect
from typing import Any

from headhaul.kernel import NotFound
from headhaul.preferences.models import SectionChange
from headhaul.preferences.schemas import ChangeView, SectionView, SettingView
from headhaul.preferences.sections import Section, sections
from headhaul.preferences.services.values import get_stored

HISTORY = 20


def find_section(key: str) -> type[Section]:
    """The section of that key; NotFound when no room declares it."""
    section = sections().get(key)
    if section is None:
        raise NotFound(f"There is no settings section {key}.", fields={"section": "unknown"})
    return section


def section_view(section: type[Section], *, history: bool) -> SectionView:
    """One section, read freshly."""
    stored = get_stored(section, fresh=True)
    values, defaults = (
        stored.values.model_dump(mode="json", by_alias=True),
        section().model_dump(mode="json", by_alias=True),
    )
    schema = section.model_json_schema()
    settings = [
        SettingView(
            name=name,
            title=field.title or name,
            help=field.description or "",
            value=values[name],
            default=defaults[name],
            json_schema=_resolved(schema["properties"][name], schema.get("$defs", {})),
        )
        for name, field in ((field.alias or name, field) for name, field in section.model_fields.items())
    ]
    return SectionView(
        section=section.key,
        heading=section.heading,
        help=inspect.getdoc(section) or "",
        version=stored.version,
        settings=settings,
        history=_history(section.key) if history else [],
    )


def _history(key: str) -> list[ChangeView]:
    changes = SectionChange.objects.filter(key=key).order_by("-version")[:HISTORY]
    return [
        ChangeView(
            version=change.version,
            at=change.at,
            actor=change.actor,
            before=_differing(change.before, change.after),
            after=_differing(change.after, change.before),
        )
        for change in changes
    ]


def _differing(these: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in these.items() if others.get(name) != value}


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's schema that stands alone."""
    reference = schema.get("$ref", "").removeprefix("#/$defs/")
    resolved = {**definitions[reference], **schema} if reference in definitions else dict(schema)
    resolved.pop("$ref", None)
    return resolved
