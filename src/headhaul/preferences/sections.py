"""A section: settings that belong together, declared as a typed class by the room they steer."""

from __future__ import annotations

from typing import Any, ClassVar

from headhaul.kernel import Payload

_sections: dict[str, type[Section]] = {}


class Section(Payload):
    """Base of every section. Each field has a default, a title, and a description where that is not enough.

    class Limits(Section):
        key = "limits"
        heading = "Limits"

        actions_per_minute: int = Field(1200, ge=0, title="…", description="…")

    Declared in a room's `preferences` module, it is found at start-up.
    """

    key: ClassVar[str]
    heading: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the section; TypeError for a key that is taken or a field without default or title."""
        super().__pydantic_init_subclass__(**kwargs)
        if cls.key in _sections:
            raise TypeError(f"settings section {cls.key} is declared twice")
        for name, field in cls.model_fields.items():
            if field.is_required() or not field.title:
                raise TypeError(f"settings section {cls.key}: field {name} needs a default and a title")
        _sections[cls.key] = cls


def sections() -> dict[str, type[Section]]:
    """All declared sections by key."""
    return dict(sorted(_sections.items()))
