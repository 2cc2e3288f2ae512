"""Which managers hear of a lead."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import fetch

_MANAGERS = """
select u.id, coalesce(t.id, u.team_id) as team_id
from security_user u left join security_team t on t.lead_id = u.id
where u.is_active and (u.role in ('manager', 'admin') or t.id is not null)
"""


def of_team(team_id: int | None) -> list[int]:
    """Users: the managers and the lead of a team; where there is none of them, or no team, all managers."""
    managers = fetch(_MANAGERS, [])
    own = [row["id"] for row in managers if team_id is not None and row["team_id"] == team_id]
    return own or [row["id"] for row in managers]
