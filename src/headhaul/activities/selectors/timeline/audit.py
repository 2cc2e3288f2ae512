"""The audit of an account, its contacts or an opportunity, for managers."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.kernel import Actor

_DETAIL = """
select json_build_object(
    'id', e.id, 'action', e.action, 'outcome', e.outcome, 'code', e.code, 'actor', e.actor, 'user_id', e.user_id,
    'door', e.door, 'keys', e.data_keys, 'undo_id', (
        select r.audit_id from actions_reversal r where r.audit_id = e.id and r.undone_at is null))
from actions_auditentry e where e.id = k.id
"""


class AuditSource:
    """Audit entries whose target is the account, one of its contacts, or the opportunity."""

    kinds = frozenset({"audit"})

    def __init__(self, name: str, target: str) -> None:
        self.name, self.target = name, target

    def branch(self, wanted: Wanted) -> Branch | None:
        """Nothing for whoever does not manage."""
        branch = Branch("actions_auditentry e", at="e.at", id="e.id")
        branch.add("e.target_type = %s", self.target)
        if not wanted.is_manager or not self._narrowed(branch, wanted):
            return None
        if wanted.user_id is not None:
            branch.add("e.user_id = %s", wanted.user_id)
        if wanted.text:
            branch.add("(e.action || ' ' || e.actor || ' ' || e.code) ilike %s", wanted.pattern)
        return branch

    def _narrowed(self, branch: Branch, wanted: Wanted) -> bool:
        if wanted.opportunity_id is not None:
            branch.add("e.target_id = %s", str(wanted.opportunity_id))
            return self.target == "opportunity"
        if wanted.contact_id is not None:
            branch.add("e.target_id = %s", str(wanted.contact_id))
            return self.target == "contact"
        if self.target == "account":
            branch.add("e.target_id = %s", str(wanted.account_id))
        else:
            of_account = "select c.id::text from accounts_contact c where c.account_id = %s"
            branch.add(f"e.target_id in ({of_account})", wanted.account_id)
        return self.target in ("account", "contact")

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """Who did or was refused what, by which door."""
        return _DETAIL, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """[AUDIT], the action, and how it ended."""
        ended = "" if shown["outcome"] == "done" else f", {shown['outcome']}: {shown['code'].replace('_', ' ')}"
        actor = {"id": shown["user_id"], "name": shown["actor"]} if shown["user_id"] is not None else None
        return {
            "kind": "audit",
            "title": f"[AUDIT] {shown['action']}{ended}",
            "body": f"{shown['actor']} by {shown['door']}: {', '.join(shown['keys']) or 'no data'}",
            "actor": actor,
            "outcome": shown["outcome"],
            "target": {"type": "audit", "id": shown["id"]},
            "undo_id": shown["undo_id"],
        }
