"""The reference pages, written from the registry and the settings, so that they cannot say anything else."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from headhaul import preferences
from headhaul.actions.services.audit import ANY
from headhaul.actions.services.catalogue import schemas_of
from headhaul.compliance.judging.telling_rules import rules_page
from headhaul.kernel import Action, AppError, Role
from headhaul.kernel import errors as kernel_errors
from headhaul.kernel.actions import registry

Schema = dict[str, Any]

LARGEST_TOLD = 2**31 - 1  # beyond, a bound is the database's and nobody's concern
MADE = "<!-- Made by `headhaul reference`; change the code, not this page. -->"

_more: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {}


def add_page(name: str, title: str, lines: Callable[[], Iterator[str]]) -> None:
    """A page of a room above, made from what it declares; called when its app is ready."""
    _more[name] = (title, lines)


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {
        "actions.md": _page("Actions", _actions()),
        "permissions.md": _page("Permissions", _permissions()),
        "settings.md": _page("Settings", _settings()),
        "errors.md": _page("Errors", _errors()),
        "rules.md": _page("Rules of outreach", rules_page()),
    } | {name: _page(title, lines()) for name, (title, lines) in _more.items()}


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([MADE, "", f"# {title}", "", *lines]).rstrip() + "\n"


def _by_room() -> Iterator[tuple[str, list[Action[Any, Any]]]]:
    ordered = sorted(registry().values(), key=lambda action: (action.room, action.name))
    for room, actions in groupby(ordered, key=lambda action: action.room):
        yield room, list(actions)


def _actions() -> Iterator[str]:
    yield "Everything that can be done, by room. Over HTTP: `POST /api/actions/<name>` with the data as JSON."
    yield "Fields without a default are required. Lists take `limit` (at most 100) and `cursor`."
    for room, actions in _by_room():
        yield from ("", f"## {room.capitalize()}")
        for action in actions:
            yield from ("", f"### {action.name}", "", " ".join(action.doc.split()), "")
            since = "" if action.system_only else f"from {action.role} on · "
            yield f"Reply `{action.reply}` · {since}{_effects(action)}"
            given, answer = schemas_of(action)
            yield from _fields("Takes", given, with_defaults=True)
            yield from _fields("Gives", answer, with_defaults=False)


def _effects(action: Action[Any, Any]) -> str:
    effects = ["changes something, audited" if action.writes else "reads"]
    if action.sends:
        effects.append("reaches a person, so compliance decides first")
    if action.undo:
        effects.append("taken back by " + (", ".join(action.undo) if ANY not in action.undo else "itself"))
    if action.final:
        effects.append(f"final: {action.final}")
    if action.people_only:
        effects.append("people only, no API token")
    if action.system_only:
        effects.append("Headhaul itself only, for somebody outside")
    return " · ".join(effects)


def _fields(title: str, schema: Schema, *, with_defaults: bool) -> Iterator[str]:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not properties:
        return
    yield from ("", f"| {title} | kind | {'default | ' if with_defaults else ''}meaning |")
    yield f"|---|---|{'---|' if with_defaults else ''}---|"
    for name, field in properties.items():
        kind = _kind(field, schema.get("$defs", {}))
        default = "required" if name in required else f"`{json.dumps(field.get('default'))}`"
        column = f" {default} |" if with_defaults else ""
        yield f"| `{name}` | {kind} |{column} {_cell(field.get('description', ''))} |"


def _kind(field: Schema, definitions: Schema) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        named: Schema = definitions.get(name, {})
        return _kind(named, definitions) if "enum" in named else name.partition("_")[0]
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if options := field.get("anyOf") or field.get("oneOf") or field.get("allOf"):
        return " or ".join(dict.fromkeys(_kind(option, definitions) for option in options))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), definitions)}"
    return str(field.get("format") or field.get("type") or "anything") + _bounds(field)


def _bounds(field: Schema) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    high = None if high is not None and high >= LARGEST_TOLD else high
    if low is not None and high is not None:
        return f" {low} to {high}"
    said = [(" from ", low), (" up to ", high), (" above ", above), (" below ", below)]
    return "".join(f"{word}{bound}" for word, bound in said if bound is not None)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _permissions() -> Iterator[str]:
    yield "Each role may do all that the one before it may. Somebody without a role may do nothing. An API token may"
    yield "do what its user may at the time of use, within its scopes. What nobody may, Headhaul itself does"
    yield "for somebody outside, such as who fills in a public form."
    for room, actions in _by_room():
        yield from ("", f"## {room.capitalize()}", "")
        yield f"| action | {' | '.join(Role)} | API token | audited |"
        yield "|---|" + "---|" * (len(Role) + 2)
        for action in actions:
            reached = ["✓" if role.allows(action.role) and not action.system_only else "–" for role in Role]
            no_token = action.people_only or action.system_only
            marks = [*reached, "–" if no_token else "✓", "✓" if action.writes else "–"]
            yield f"| {action.name} | {' | '.join(marks)} |"


def _settings() -> Iterator[str]:
    yield "What administrators change while the product runs, under Administration → Settings or by `saveSettings`."
    for key, section in preferences.sections().items():
        yield from ("", f"## {section.heading}", "", _cell(inspect.getdoc(section) or ""), "", f"Section `{key}`")
        yield from ("", "| setting | title | kind | default | meaning |", "|---|---|---|---|---|")
        defaults = section().model_dump(mode="json", by_alias=True)
        schema = section.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            kind = _kind(field, schema.get("$defs", {}))
            cells = [f"`{name}`", field.get("title", ""), kind, f"`{json.dumps(defaults[name])}`"]
            yield f"| {' | '.join([*cells, _cell(field.get('description', ''))])} |"


def _errors() -> Iterator[str]:
    yield 'A refusal is `{action: "actionError", code, message, fields?, requestId}` under the HTTP status of its code.'
    yield "`message` says what happened and what to do. A room may add codes of its own under the same statuses."
    yield from ("", "| status | code | when |", "|---|---|---|")
    family = [kind for kind in vars(kernel_errors).values() if inspect.isclass(kind) and issubclass(kind, AppError)]
    for kind in sorted(family, key=lambda kind: (kind.status, kind.code)):
        if kind is not AppError:
            yield f"| {kind.status} | `{kind.code}` | {_cell(inspect.getdoc(kind) or '')} |"
