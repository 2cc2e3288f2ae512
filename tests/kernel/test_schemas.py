from __future__ import annotations

import pytest
from pydantic import ValidationError

from headhaul.kernel import DotNumber, Payload, Role
from headhaul.kernel.roles import role_of_site


class _Look(Payload):
    dot_number: DotNumber


@pytest.mark.parametrize("given", [158121, "158121", "00158121", " 158121 "])
def test_a_dot_number_is_accepted_in_every_form_files_use(given: object) -> None:
    assert _Look.model_validate({"dotNumber": given}).dot_number == 158121


@pytest.mark.parametrize(
    "given", ["", "0", 0, -1, "12a", "1' OR '1'='1", "１２", 1.5, True, None, 10**9, [1], "123456789"]
)
def test_a_dot_number_that_is_none_is_refused_not_repaired(given: object) -> None:
    with pytest.raises(ValidationError):
        _Look.model_validate({"dotNumber": given})


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        _Look.model_validate({"dotNumber": 1, "ownerId": 3})


def test_each_role_includes_the_ones_before_it() -> None:
    roles = list(Role)
    assert all(a.allows(b) == (roles.index(a) >= roles.index(b)) for a in roles for b in roles)


@pytest.mark.parametrize(
    ("site_role", "role"),
    [
        ("super_admin", Role.ADMIN),
        ("ops_admin", Role.ADMIN),
        ("rep", Role.REP),
        ("not_admin", None),
        ("Admin", None),
        ("", None),
    ],
)
def test_only_exact_site_roles_map(site_role: str, role: Role | None) -> None:
    assert role_of_site(site_role) is role
