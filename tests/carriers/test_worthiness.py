"""The worthiness gate, fact by fact; the same for one carrier as for all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.carriers.choices import Gate
from headhaul.carriers.models import (
    Authority,
    Carrier,
    CarrierEnrichment,
    CarrierOverride,
    InsuranceFiling,
    OutOfServiceOrder,
    Revocation,
)
from headhaul.carriers.services.matching_input import read_census
from headhaul.carriers.services.worthiness import worthiness
from headhaul.kernel import SYSTEM, Actor, AppError
from tests.carriers.signals.market_of import carrier

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE, AFTER = DAY - timedelta(days=30), DAY + timedelta(days=30)


def order(**values: Any) -> None:
    OutOfServiceOrder.objects.create(dot_number=1, source="x", as_of=DAY, **values)


def revoked(**values: Any) -> None:
    defaults = {"docket": "MC1", "authority": "COMMON", "kind": "INVOLUNTARY", "effective_on": BEFORE}
    Revocation.objects.create(dot_number=1, source="revocation", as_of=DAY, **defaults | values)


def authority(**values: Any) -> None:
    Authority.objects.create(dot_number=1, docket="MC1", source="QCMobile", **{"as_of": DAY} | values)


def insured(**values: Any) -> None:
    InsuranceFiling.objects.create(dot_number=1, kind="bipd", as_of=DAY, **{"source": "QCMobile"} | values)


CASES: dict[str, tuple[dict[str, Any], list[Any], list[Gate]]] = {
    "nothing against it": ({}, [], []),
    "inactive": ({"status_code": "I"}, [], [Gate.INACTIVE]),
    "pending": ({"status_code": "P"}, [], [Gate.INACTIVE]),
    "status not known": ({"status_code": ""}, [], []),
    "order in force": ({}, [lambda: order(ordered_on=BEFORE)], [Gate.OUT_OF_SERVICE]),
    "order rescinded": ({}, [lambda: order(ordered_on=BEFORE, rescinded_on=BEFORE)], []),
    "order to come": ({}, [lambda: order(ordered_on=AFTER)], []),
    "not allowed": (
        {},
        [
            lambda: CarrierEnrichment.objects.create(
                dot_number=1, tried_at=AT, retrieved_at=AT, allowed_to_operate=False
            )
        ],
        [Gate.OUT_OF_SERVICE],
    ),
    "revoked": ({"source_date": BEFORE - timedelta(days=1)}, [revoked], [Gate.AUTHORITY_REVOKED]),
    "revoked, carries its own goods": ({"authorized_for_hire": False}, [revoked], []),
    "revoked as a broker": ({}, [lambda: revoked(authority="BROKER")], []),
    "revoked from next month on": ({}, [lambda: revoked(effective_on=AFTER)], []),
    "asked to be revoked, no day yet": ({}, [lambda: revoked(effective_on=None)], []),
    "revoked, active in a later census": ({"dockets": "MC1:A"}, [revoked], []),
    "revoked, granted again": ({}, [revoked, lambda: authority(common="A")], []),
    "revoked after it was seen active": (
        {"source_date": BEFORE - timedelta(days=9)},
        [revoked, lambda: authority(common="A", as_of=BEFORE - timedelta(days=5))],
        [Gate.AUTHORITY_REVOKED],
    ),
    "authority inactive": ({}, [lambda: authority(common="I", contract="N")], [Gate.AUTHORITY_REVOKED]),
    "one of two active": ({}, [lambda: authority(common="I", contract="A")], []),
    "never had any": ({}, [lambda: authority(common="N", contract="N")], []),
    "too little insurance": (
        {},
        [lambda: insured(required_dollars=750_000, on_file_dollars=0)],
        [Gate.INSURANCE_LAPSED],
    ),
    "insured": ({}, [lambda: insured(required_dollars=750_000, on_file_dollars=1_000_000)], []),
    "insurance not known": ({}, [lambda: insured(required_dollars=750_000)], []),
    "insurance cancelled": (
        {},
        [lambda: insured(required_dollars=1, on_file_dollars=1, cancels_on=BEFORE)],
        [Gate.INSURANCE_LAPSED],
    ),
    "insurance cancels soon": (
        {},
        [lambda: insured(required_dollars=1, on_file_dollars=1, cancels_on=AFTER)],
        [Gate.INSURANCE_LAPSED],
    ),
    "insurance cancels later": (
        {},
        [lambda: insured(required_dollars=1, on_file_dollars=1, cancels_on=AFTER + timedelta(days=1))],
        [],
    ),
    "insurance cancels soon, a later policy on file": (
        {},
        [
            lambda: insured(required_dollars=1, on_file_dollars=1, cancels_on=AFTER),
            lambda: insured(required_dollars=1, on_file_dollars=1, source="another file"),
        ],
        [],
    ),
    "all dockets inactive": ({"dockets": "MC421775:I;MC9:I"}, [], [Gate.AUTHORITY_INACTIVE]),
    "one docket inactive, one not known": ({"dockets": "MC421775:I;MC9"}, [], [Gate.AUTHORITY_INACTIVE]),
    "one docket active": ({"dockets": "MC421775:I;MC9:A"}, [], []),
    "one docket pending": ({"dockets": "MC421775:I;MC9:P"}, [], []),
    "dockets without status": ({"dockets": "MC421775;MC9:"}, [], []),
    "dockets inactive, carries its own goods": ({"dockets": "MC9:I", "authorized_for_hire": False}, [], []),
    "dockets inactive, for hire or not is not known": ({"dockets": "MC9:I", "authorized_for_hire": None}, [], []),
    "dockets inactive, seen active since": ({"dockets": "MC9:I"}, [lambda: authority(contract="A")], []),
    "dockets inactive, seen active before": (
        {"dockets": "MC9:I"},
        [lambda: authority(contract="A", as_of=BEFORE)],
        [Gate.AUTHORITY_INACTIVE],
    ),
    "unsatisfactory": ({"safety_rating": "U"}, [], [Gate.UNSATISFACTORY]),
    "conditional": ({"safety_rating": "C"}, [], []),
    "a broker": ({"entity_types": "B"}, [], [Gate.NOT_A_CARRIER]),
    "a broker who also hauls": ({"entity_types": "B;C"}, [], []),
    "Canadian": ({"phy_country": "CA", "phy_state": "ON"}, [], [Gate.FOREIGN]),
    "a province without country": ({"phy_country": "", "phy_state": "ON"}, [], [Gate.FOREIGN]),
    "Puerto Rican": ({"phy_country": "US", "phy_state": "PR"}, [], []),
    "several": ({"status_code": "I", "safety_rating": "U"}, [], [Gate.INACTIVE, Gate.UNSATISFACTORY]),
}


@pytest.mark.parametrize(("facts", "also", "gates"), CASES.values(), ids=CASES)
def test_what_stands_against_a_carrier(facts: dict[str, Any], also: list[Any], gates: list[Gate]) -> None:
    carrier(1, **facts)
    carrier(2)
    for make in also:
        make()
    verdict = worthiness(dot_number=1, at=AT)
    assert (list(verdict.gates), verdict.is_worthy, len(verdict.reasons)) == (gates, not gates, len(gates))
    assert worthiness(dot_number=2, at=AT).is_worthy
    everybody = read_census(day=DAY, at=AT)
    if Gate.INACTIVE not in gates:
        assert everybody.raw["gates"].tolist() == [sum(1 << gate for gate in gates), 0]


def test_inactive_authority_is_told_with_its_source_and_day() -> None:
    carrier(1, dockets="MC9:I")
    [reason] = worthiness(dot_number=1, at=AT).reasons
    assert reason.startswith("Operating authority inactive")
    assert reason.endswith("(Company Census File, 2026-11-22).")


def override(actor: Actor = SYSTEM, **data: Any) -> Any:
    return dispatch(
        "overrideWorthiness", {"dotNumber": 1, "reason": "we know them"} | data, actor=actor, at=AT, door="cli"
    ).payload


def test_an_override_keeps_the_reasons_and_says_whose_word_counts(max_: Actor) -> None:
    carrier(1, safety_rating="U")
    said = override(max_, expiresOn="2026-12-24")
    assert (said.is_worthy, [gate.code for gate in said.gates], said.override_by) == (True, ["unsatisfactory"], "Max")
    later = datetime(2026, 12, 24, tzinfo=UTC)
    assert not worthiness(dot_number=1, at=later).is_worthy
    assert read_census(day=later.date(), at=later).raw["gates"].tolist() == [1 << Gate.UNSATISFACTORY]
    assert read_census(day=DAY, at=AT).raw["gates"].tolist() == [0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"reason": "  "}, "invalid_data"),
        ({"expiresOn": "2026-11-22"}, "invalid_data"),
        ({"dotNumber": 9}, "not_found"),
    ],
)
def test_an_override_needs_a_reason_a_future_and_a_carrier(data: dict[str, Any], code: str) -> None:
    carrier(1)
    with pytest.raises(AppError) as refusal:
        override(**data)
    assert refusal.value.code == code


def test_there_is_one_override_at_a_time_and_an_expired_one_gives_way() -> None:
    carrier(1)
    override()
    with pytest.raises(AppError) as refusal:
        override()
    assert refusal.value.code == "conflict"
    CarrierOverride.objects.update(expires_at=AT - timedelta(days=1))
    assert override().override_reason == "we know them"


def test_a_rep_may_not_override(rosa: Actor) -> None:
    carrier(1)
    with pytest.raises(AppError) as refusal:
        override(rosa)
    assert refusal.value.code == "forbidden"
    assert Carrier.objects.exists()
