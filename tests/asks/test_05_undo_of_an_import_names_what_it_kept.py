"""Ask 5: taking an import back says what was reversed, and what was kept with the reason."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.models import Account
from headhaul.actions import dispatch
from headhaul.kernel import Actor, Door
from tests.cast import NOON


def ask(name: str, data: dict[str, Any], by: Actor) -> Any:
    """The payload of an action."""
    return dispatch(name, data, actor=by, at=NOON, door=Door.CONSOLE).payload


def test_what_somebody_worked_with_stays_and_is_named(max_: Actor, rosa: Actor) -> None:
    rows = [{"Company": "Blue", "USDOT": 7}, {"Company": "Red", "USDOT": 8}, {"Company": "Green", "USDOT": 9}]
    run = ask("importRecords", {"entity": "accounts", "rows": rows}, max_)
    red = Account.objects.get(dot_number=8)
    ask("updateAccount", {"accountId": red.pk, "version": red.version, "city": "Waco"}, rosa)
    back = ask("undoImport", {"importId": run.id}, max_)
    assert (back.reversed, back.kept) == (2, 1)
    (kept,) = ask("getImportKept", {"importId": run.id}, max_).items
    assert (kept.record_id, kept.name, kept.reason) == (red.pk, "Red", "it was changed since")
    assert list(Account.objects.values_list("name", flat=True)) == ["Red"]


def test_the_undo_of_the_toast_is_the_undo_of_the_import(max_: Actor) -> None:
    rows = [{"Company": "Blue", "USDOT": 7}]
    given = {"entity": "accounts", "rows": rows}
    reply = dispatch("importRecords", given, actor=max_, at=NOON, door=Door.CONSOLE)
    ask("undoAction", {"undoId": reply.undo_id}, max_)
    assert Account.objects.count() == 0
