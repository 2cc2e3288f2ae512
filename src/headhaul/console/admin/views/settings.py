"""The product's settings: one form for each section, made from its types."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from headhaul.console.admin import settings_home
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import AppError, Conflict, Forbidden, InvalidData, Role
from headhaul.security.actors import actor_of


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Everything that can be set, in groups. Sections of preferences are for administrators."""
    role = actor_of(request.user).role
    if role is None or not role.allows(Role.MANAGER):
        raise Forbidden("Settings are for managers and administrators.")
    sections = run(request, "getSettings").sections if role is Role.ADMIN else []
    return render(request, "console_admin/settings.html", {"groups": settings_home.groups(role, sections)})


@login_required
def section(request: HttpRequest, key: str) -> HttpResponse:
    """One section; a refusal keeps what was typed."""
    view = run(request, "getSettings", section=key, history=True).sections[0]
    typed: dict[str, Any] = {}
    refusal: AppError | None = None
    if request.method == "POST":
        typed = {setting.name: request.POST.get(setting.name, "") for setting in view.settings}
        try:
            values = {setting.name: _value(setting, request.POST) for setting in view.settings}
            data = {"section": key, "expected_version": request.POST.get("version"), "values": values}
            saved = perform(request, "saveSettings", data)
        except (InvalidData, Conflict) as error:
            refusal = error
        else:
            return told(request, redirect("admin:section", key), f"{saved.heading} saved.")
    context = {
        "section": view,
        "fields": [_field(setting, typed) for setting in view.settings],
        "errors": {name.removeprefix("values."): said for name, said in (refusal.fields if refusal else {}).items()},
        "refusal": refusal,
    }
    return render(request, "console_admin/section.html", context, status=refusal.status if refusal else 200)


def kind_of(schema: dict[str, Any]) -> str:
    """How a setting is asked for: switch, choice, number, text, lines for a list of words, JSON for what is nested."""
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    only = options[0] if len(options) == 1 else {}
    if "enum" in only:
        return "choice"
    if only.get("type") == "array" and only.get("items", {}).get("type") == "string":
        return "lines"
    kinds = {"boolean": "switch", "integer": "number", "number": "number", "string": "text"}
    return kinds.get(only.get("type", ""), "json")


def _field(setting: Any, typed: dict[str, Any]) -> dict[str, Any]:
    schema, kind = setting.json_schema, kind_of(setting.json_schema)
    bounds = schema.get("anyOf", [schema])[0]
    stored = _written(setting.value, kind)
    return {
        "setting": setting,
        "kind": kind,
        "value": typed.get(setting.name, stored),
        "default": _in_brief(setting.default, kind),
        "min": bounds.get("minimum", ""),
        "max": bounds.get("maximum", ""),
        "step": "1" if bounds.get("type") == "integer" else "any",
        "choices": {str(choice): str(choice).replace("_", " ") for choice in bounds.get("enum", [])},
    }


def _written(value: Any, kind: str) -> Any:
    if value is None and kind != "json":
        return ""
    if kind == "lines":
        return "\n".join(value or [])
    return json.dumps(value, indent=1) if kind == "json" else value


def _in_brief(value: Any, kind: str) -> Any:
    if value is None:
        return "nothing"
    if kind == "lines":
        return ", ".join(value or []) or "an empty list"
    return json.dumps(value) if kind == "json" else value


def _value(setting: Any, posted: QueryDict) -> Any:
    """What the form says, in the setting's own kind; the section's type has the last word."""
    text = posted.get(setting.name, "")
    match kind_of(setting.json_schema):
        case "switch":
            return text == "1"
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "json":
            try:
                return json.loads(text)
            except ValueError:
                raise InvalidData("This is not valid JSON.", fields={f"values.{setting.name}": "not JSON"}) from None
        case "number" | "choice" if text == "":
            return None
    return text
