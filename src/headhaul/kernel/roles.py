"""Who may do what: four roles, each including the ones before it."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A user's role in the product; a later one may do all that an earlier one may."""

    VIEWER = "viewer"
    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Position in the hierarchy, 0 for the lowest."""
        return list(Role).index(self)

    def allows(self, minimum: Role) -> bool:
        """Whether this role reaches `minimum`."""
        return self.rank >= minimum.rank


# Roles of an outer site that count as ours. Exact names only: a role that merely contains "admin" maps to nothing.
SITE_ROLES: dict[str, Role] = {"admin": Role.ADMIN, "super_admin": Role.ADMIN, "ops_admin": Role.ADMIN}


def role_of_site(site_role: str) -> Role | None:
    """Our role for a role name of an outer identity provider, or None: an unmapped role gives no access at all."""
    if site_role in SITE_ROLES:
        return SITE_ROLES[site_role]
    return Role(site_role) if site_role in set(Role) else None
