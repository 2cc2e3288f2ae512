"""Writing templates: texts that are used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.outreach.choices import Channel
from headhaul.outreach.errors import NameIsTaken, StaleTemplate
from headhaul.outreach.models import Template
from headhaul.outreach.selectors import texts


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it is now, and by field what it held before; None: it was not there."""

    row: Template
    before: dict[str, Any] | None


def save(*, template_id: int | None, version: int | None, values: Mapping[str, Any], at: datetime, by: Actor) -> Saved:
    """Write a template, new or changed. Sequences keep the text they took over when they were saved."""
    row = Template(created_by_id=by.user_id, created_at=at) if template_id is None else _lock(template_id, version)
    is_new = template_id is None
    before = {name: getattr(row, name) for name, to in values.items() if is_new or getattr(row, name) != to}
    for name in before:
        setattr(row, name, values[name])
    _check(row, is_new=is_new, changed=before)
    if not before:
        return Saved(row, {})
    row.version = 1 if is_new else row.version + 1
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise NameIsTaken(f"There is a template called {row.name} already.", fields={"name": "another one"}) from fault
    return Saved(row, None if is_new else before)


def _check(row: Template, *, is_new: bool, changed: Mapping[str, Any]) -> None:
    missing = {name: "missing" for name in ("name", "channel", "body") if not getattr(row, name)}
    if missing:
        raise InvalidData("A template needs a name, a channel and a text.", fields=missing)
    if not is_new and "channel" in changed:
        raise InvalidData("A template stays with its channel.", fields={"channel": "make a new template"})
    if row.channel == Channel.EMAIL and not row.subject:
        raise InvalidData("An e-mail needs a subject.", fields={"subject": "missing"})
    if row.channel != Channel.EMAIL and row.subject:
        raise InvalidData("Only e-mails have a subject.", fields={"subject": "leave it out"})
    wrong = {name: " ".join(said) for name in ("subject", "body") if (said := texts.faults(getattr(row, name)))}
    if wrong:
        raise InvalidData("The text has variables that cannot be filled in.", fields=wrong)


def _lock(template_id: int, version: int | None) -> Template:
    row = Template.objects.select_for_update().filter(pk=template_id).first()
    if row is None:
        raise NotFound(f"There is no template {template_id}.", fields={"templateId": "see listTemplates"})
    if version is not None and row.version != version:
        raise StaleTemplate(
            f"{row.name} was changed meanwhile. Look at it again, then repeat your change.", current=row.version
        )
    return row
