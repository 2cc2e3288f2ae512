"""What can be done with templates."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, Role, action
from headhaul.outreach.schemas.templates import ListTemplates, SaveTemplate, TemplateRow, TemplatesPage
from headhaul.outreach.selectors import templates as reading
from headhaul.outreach.services import templates


def _template(given: Any, answer: Any) -> tuple[str, str]:
    return "template", str(getattr(answer, "id", None) or given.template_id or "")


@action("listTemplates", reply="templatesListed", role=Role.VIEWER)
def list_templates(call: Call, data: ListTemplates) -> TemplatesPage:
    """Texts that are used again, by name, with the sequences that use them."""
    return reading.templates_page(asked=data)


@action("saveTemplate", reply="templateSaved", role=Role.MANAGER, writes=True, target=_template, undo="saveTemplate")
def save_template(call: Call, data: SaveTemplate) -> TemplateRow:
    """Write a text that is used again. Sequences keep the text they have until their step is saved again."""
    given = data.model_fields_set - {"template_id", "version"}
    values = {name: value for name in given if (value := getattr(data, name)) is not None}
    saved = templates.save(template_id=data.template_id, version=data.version, values=values, at=call.at, by=call.actor)
    key = {"templateId": saved.row.pk, "version": saved.row.version}
    if saved.before is None:
        call.undo_with("saveTemplate", key | {"isArchived": True})
    elif saved.before:
        call.undo_with("saveTemplate", key | {_WIRE.get(name, name): value for name, value in saved.before.items()})
    return reading.one(saved.row.pk)


_WIRE = {"is_archived": "isArchived"}
