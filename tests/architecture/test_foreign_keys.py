"""A foreign key is an import written as a string, so it follows the same floors."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).parents[2]


def _floors() -> dict[str, int]:
    """Floor of each room, counted from the top, as the import contract has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = next(each for each in project["tool"]["importlinter"]["contracts"] if each["id"] == "floors")
    return {room.strip(" ()"): floor for floor, layer in enumerate(contract["layers"]) for room in layer.split("|")}


def _room(model: type[Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "headhaul" else None


def test_every_foreign_key_points_down_the_floors_or_stays_in_its_room() -> None:
    floors = _floors()
    upward = [
        f"{model.__name__}.{field.name} ({room}) → {field.related_model.__name__} ({target})"
        for model in apps.get_models()
        if (room := _room(model))
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and isinstance(field.related_model, type)
        if (target := _room(field.related_model)) and target != room and floors[target] <= floors[room]
    ]
    assert upward == []


def test_the_rooms_have_models_to_look_at() -> None:
    assert {_room(model) for model in apps.get_models()} >= {"security", "carriers", "accounts"}
