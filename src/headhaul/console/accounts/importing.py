"""What the form of an import says, as the action takes it, and back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from headhaul.actions.models import Upload
from headhaul.actions.services import uploads
from headhaul.console.ui.bridge import run
from headhaul.kernel import InvalidData
from headhaul.security.actors import actor_of

FLAGS = ("fillsOnly", "clearBlanks", "createsAccounts")
WORDS = ("entity", "sheet", "mode", "onDuplicate", "consentSource", "timezone")


def asked_of(form: QueryDict) -> dict[str, Any]:
    """The form's fields. Columns are numbered, and their names stand beside them."""
    names = form.getlist("column")
    mapping = {name: form.get(f"field:{place}", "") for place, name in enumerate(names)}
    orders = {name: form.get(f"order:{place}", "") for place, name in enumerate(names)}
    fixes: defaultdict[str, dict[str, str]] = defaultdict(dict)
    parts = (form.getlist("fix-column"), form.getlist("fix-value"), form.getlist("fix-right"))
    for column, value, right in zip(*parts, strict=False):
        if right:
            fixes[column][value] = right
    asked: dict[str, Any] = {name: form[name] for name in WORDS if form.get(name)}
    asked |= {name: name in form for name in FLAGS}
    if "mapped" in form:
        asked["mapping"] = mapping
    return asked | {
        "matchOn": form.getlist("matchOn") if "matched" in form else None,
        "dateOrders": {name: order for name, order in orders.items() if order in ("mdy", "dmy")},
        "valueFixes": dict(fixes),
    }


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """What a fresh form says; after a dry run, what that run was told."""
    asked: dict[str, Any] = {"entity": request.GET.get("entity", "accounts"), "createsAccounts": True}
    if sheet := request.GET.get("sheet"):
        asked["sheet"] = sheet
    if before := request.GET.get("from"):
        it = run(request, "getImport", import_id=before)
        options = it.options
        asked |= {
            "entity": it.entity,
            "mapping": it.mapping,
            "mode": it.mode.value,
            "sheet": options.get("sheet", ""),
            "matchOn": options.get("match_on"),
            "onDuplicate": options.get("on_duplicate", "skip"),
            "fillsOnly": bool(options.get("fills_only")),
            "clearBlanks": bool(options.get("clear_blanks")),
            "createsAccounts": bool(options.get("creates_accounts", True)),
            "consentSource": options.get("consent_source", ""),
            "dateOrders": options.get("date_orders", {}),
            "valueFixes": options.get("value_fixes", {}),
        }
    return asked


def received(request: HttpRequest) -> Upload:
    """The file that the form brings, kept; InvalidData when there is none."""
    uploads.check_may_upload(actor_of(request.user))
    file = request.FILES.get("file")
    if file is None:
        raise InvalidData("Choose a file first.", fields={"file": "missing"})
    return uploads.receive(file.chunks(), filename=file.name or "", by=actor_of(request.user), at=timezone.now())
