"""The product's settings: one form for each section, made from its types."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from headhaul.console.ui.bridge import perform, remember_toast, render, run
from headhaul.kernel import AppError, Conflict, InvalidData


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All sections."""
    return render(request, "console_admin/settings.html", {"sections": run(request, "getSettings").sections})


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
            return remember_toast(redirect("admin:section", key), f"{saved.heading} saved.")
    context = {
        "section": view,
        "fields": [_field(setting, typed) for setting in view.settings],
        "errors": {name.removeprefix("values."): said for name, said in (refusal.fields if refusal else {}).items()},
        "refusal": refusal,
    }
    return render(request, "console_admin/section.html", context, status=refusal.status if refusal else 200)


def kind_of(schema: dict[str, Any]) -> str:
    """How a setting is asked for: switch, choice, number, text, or JSON where it is a list or a table."""
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    only = options[0] if len(options) == 1 else {}
    if "enum" in only:
        return "choice"
    kinds = {"boolean": "switch", "integer": "number", "number": "number", "string": "text"}
    return kinds.get(only.get("type", ""), "json")


def _field(setting: Any, typed: dict[str, Any]) -> dict[str, Any]:
    schema, kind = setting.json_schema, kind_of(setting.json_schema)
    bounds = schema.get("anyOf", [schema])[0]
    stored = json.dumps(setting.value, indent=1) if kind == "json" else setting.value
    return {
        "setting": setting,
        "kind": kind,
        "value": typed.get(setting.name, stored),
        "default": json.dumps(setting.default) if kind == "json" else setting.default,
        "min": bounds.get("minimum", ""),
        "max": bounds.get("maximum", ""),
        "step": "1" if bounds.get("type") == "integer" else "any",
        "choices": {str(choice): str(choice).replace("_", " ") for choice in bounds.get("enum", [])},
    }


def _value(setting: Any, posted: QueryDict) -> Any:
    """What the form says, in the setting's own kind; the section's type has the last word."""
    text = posted.get(setting.name, "")
    match kind_of(setting.json_schema):
        case "switch":
            return text == "1"
        case "json":
            try:
                return json.loads(text)
            except ValueError:
                raise InvalidData("This is not valid JSON.", fields={f"values.{setting.name}": "not JSON"}) from None
        case "number" | "choice" if text == "":
            return None
    return text
