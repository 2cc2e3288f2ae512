"""What the signals said: alerts, and scores that went far from where they were."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.kernel import Actor

KINDS = frozenset({"signal"})


class _OfAccount:
    """Signals speak of the account alone, and nobody did them."""

    table = at = text = extra = ""

    def branch(self, wanted: Wanted) -> Branch | None:
        """By the account's index."""
        if wanted.contact_id is not None or wanted.opportunity_id is not None or wanted.user_id is not None:
            return None
        branch = Branch(self.table, at=self.at, id="s.id")
        branch.add("s.account_id = %s", wanted.account_id)
        if self.extra:
            branch.add(self.extra)
        if wanted.text:
            branch.add(f"{self.text} ilike %s", wanted.pattern)
        return branch


class AlertSource(_OfAccount):
    """Alerts, dismissed or not."""

    name, kinds = "alert", KINDS
    table, at, text = "activities_alert s", "s.created_at", "s.text"

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """The sentence and whose carrier."""
        return (
            "select json_build_object('text', s.text, 'dot', s.dot_number) from activities_alert s where s.id = k.id",
            [],
        )

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """The sentence that was said."""
        target = {"type": "carrier", "id": shown["dot"]} if shown["dot"] else None
        return {"kind": "signal", "title": shown["text"], "target": target}


class ScoreSource(_OfAccount):
    """Scores that moved far."""

    name, kinds = "score", KINDS
    table, at, text = "activities_scoremove s", "s.noted_at", "'score'"
    extra = "s.before_hundredths is not null"

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """From where to where."""
        return (
            "select json_build_object('old', s.before_hundredths, 'new', s.score_hundredths, 'n', s.driver_count,"
            " 'day', s.day) from activities_scoremove s where s.id = k.id",
            [],
        )

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """Up or down, and how many drivers fit."""
        old, new = shown["old"] / 100, shown["new"] / 100
        drivers = "" if shown["n"] is None else f"{shown['n']:,} drivers fit."
        return {
            "kind": "signal",
            "title": f"Score {'up' if new > old else 'down'} from {old:.0f} to {new:.0f}",
            "body": drivers,
            "changes": [{"field": "score", "old": old, "new": new}],
        }
