"""Who is meant by the words of a rule: its owner, the team's lead, the one with the least to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q

from headhaul.kernel import Conflict, Role
from headhaul.kernel.roles import SITE_ROLES
from headhaul.pipeline.selectors.rules.facts import Subject
from headhaul.security.models import Team, User


class NobodyThere(Conflict):
    """The rule speaks of somebody who is not there; the message says whom it looked for."""

    code = "nobody_there"


_LEAST = """
select u.id from security_user u
left join pipeline_opportunity o on o.owner_id = u.id and o.kind = 'open' and o.id is distinct from %s::bigint
where u.team_id = %s and u.is_active
  and (u.role in ('rep', 'manager', 'admin') or u.role is null and u.site_role = any(%s::text[]))
group by u.id order by count(o.id), u.id limit 1
"""


def owner_of(subject: Subject) -> int:
    """Whose the record is."""
    if subject.owner_id is None:
        raise NobodyThere(f"Nobody owns {named(subject)}, so there is nobody to give this to.")
    return subject.owner_id


def receiver_of(deed: Mapping[str, Any], subject: Subject) -> int:
    """Who gets a task or a record by the rule."""
    if deed.get("to") == "user":
        return int(deed["userId"])
    if deed.get("to") == "team":
        return _least_busy(int(deed["teamId"]), besides=subject.opportunity_id)
    return owner_of(subject)


def readers_of(deed: Mapping[str, Any], subject: Subject) -> list[int]:
    """Who is told by the rule."""
    if deed.get("to") == "manager":
        return leads_of(subject)
    return [receiver_of(deed, subject)]


def leads_of(subject: Subject | None) -> list[int]:
    """The lead of the team whose record it is, or else all managers."""
    team = subject and (subject.facts.get("opportunity.team") or subject.facts.get("account.team"))
    lead = Team.objects.filter(pk=team, lead__is_active=True).values_list("lead", flat=True).first() if team else None
    return [lead] if lead is not None else managers()


def managers() -> list[int]:
    """Everybody who runs the team: managers, or where there are none, administrators."""
    mapped = [name for name, role in SITE_ROLES.items() if role is Role.ADMIN]
    for role, sites in ((Role.MANAGER, ["manager"]), (Role.ADMIN, mapped)):
        has_role = Q(role=role) | Q(role__isnull=True, site_role__in=sites)
        found = list(User.objects.filter(has_role, is_active=True).order_by("pk").values_list("pk", flat=True))
        if found:
            return found
    return []


def named(subject: Subject) -> str:
    """The record's name."""
    return subject.names["opportunity.name"] or subject.names["account.name"]


def _least_busy(team_id: int, *, besides: int | None) -> int:
    """The member with the fewest other open opportunities; those who ask at once are answered one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('round robin'), %s::int)", [team_id % 2**31])
        cursor.execute(_LEAST, [besides, team_id, ["rep", "manager", *SITE_ROLES]])
        row = cursor.fetchone()
    if row is None:
        raise NobodyThere("The rule's team has no active member who works accounts.")
    return int(row[0])
