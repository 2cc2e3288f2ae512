"""Every documented answer, read into typed records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from headhaul.carriers.gateways.faults import FmcsaMalformed, FmcsaUnknownCarrier
from headhaul.carriers.gateways.qcmobile import QcMobile
from headhaul.kernel import InvalidData, NotFound
from tests.fakes.qcmobile_server import QcMobileServer, captured

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def carrier(**changes: Any) -> dict[str, Any]:
    """A carrier's content with some fields changed."""
    record: dict[str, Any] = captured("carriers_158121")["content"]["carrier"]
    return {"_links": {}, "carrier": record | changes}


def test_a_carrier_is_read_with_its_size_insurance_safety_and_dates(client: QcMobile) -> None:
    answer = client.carrier(158121, at=NOON)
    found = answer.value
    assert answer.retrieved_at == datetime(2021, 2, 28, 6, 33, 31, 490000, tzinfo=UTC)
    assert (found.legal_name, found.dba_name, found.state, found.zip_code) == (
        "VERIHA TRUCKING INC",
        None,
        "WI",
        "54143",
    )
    assert (found.power_units, found.drivers) == (213, 213)
    assert (found.bipd_on_file_dollars, found.bipd_required_dollars, found.bipd_gap_dollars) == (
        1_000_000,
        750_000,
        0,
    )
    assert (found.bipd_is_required, found.cargo_is_required, found.cargo_on_file_dollars) == (True, None, 0)
    assert (found.allowed_to_operate, found.has_operating_authority, found.oos_date) == (True, True, None)
    assert (found.operation_code, found.census_type) == ("A", "C")
    assert (found.driver_oos_percent, found.vehicle_oos_percent) == (Decimal("1.1583"), Decimal("13.7097"))
    assert (found.safety_rating, found.safety_rating_date) == ("S", date(1996, 4, 25))


def test_numbers_may_come_as_text_and_blank_is_not_zero(client: QcMobile, server: QcMobileServer) -> None:
    server.set(
        "158121",
        carrier(
            dotNumber="00158121",
            totalDrivers="1,213",
            totalPowerUnits="",
            crashTotal="0",
            vehicleOosRate="13.70967741935483870967741935483870967742",
            safetyRating="Conditional",
            carrierOperation=None,
            bipdInsuranceOnFile="0",
        ),
    )
    found = client.carrier(158121, at=NOON).value
    assert (found.drivers, found.power_units, found.crashes) == (1213, None, 0)
    assert found.vehicle_oos_percent == Decimal("13.7097")
    assert (found.safety_rating, found.operation_code) == ("C", None)
    assert (found.bipd_on_file_dollars, found.bipd_gap_dollars) == (0, 750_000)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"commonAuthorityStatus": "N", "contractAuthorityStatus": "A"}, True),
        ({"commonAuthorityStatus": "N", "contractAuthorityStatus": "I"}, False),
        ({"commonAuthorityStatus": "N", "contractAuthorityStatus": None}, False),
        ({"commonAuthorityStatus": None, "contractAuthorityStatus": ""}, None),
    ],
)
def test_operating_authority_is_active_inactive_or_not_told(
    client: QcMobile, server: QcMobileServer, fields: dict[str, Any], expected: bool | None
) -> None:
    server.set("158121", carrier(**fields))
    assert client.carrier(158121, at=NOON).value.has_operating_authority is expected


def test_the_name_search_pages_and_takes_any_name(client: QcMobile, server: QcMobileServer) -> None:
    found = client.search_name("  Veriha ", at=NOON, start=1, size=2).value
    assert found[0].dba_name == "LEE VERIHA TRUCKING AND EXCAVATING"
    assert {"start": "1", "size": "2"}.items() <= server.seen[0].query.items()
    assert client.search_name("a/b & c? #1 é", at=NOON).value == ()
    assert server.seen[1].path.endswith("/name/a/b & c? #1 é")


def test_the_docket_search_finds_carriers(client: QcMobile, server: QcMobileServer) -> None:
    server.set("docket-number/138328", [carrier()])
    assert client.search_docket(138328, at=NOON).value[0].dot_number == 158121


def test_authority_comes_docket_by_docket(client: QcMobile) -> None:
    (found,) = client.authority(53467, at=NOON).value
    assert (found.docket, found.common_authority_status) == ("MC138328", "A")
    assert (found.authorized_for_property, found.authorized_for_passenger) == (True, False)


def test_cargo_keeps_names_that_hold_commas(client: QcMobile) -> None:
    names = {cargo.cargo_class_id: cargo.name for cargo in client.cargo_carried(53467, at=NOON).value}
    assert (len(names), names[16], names[3]) == (17, "Grain, Feed, Hay", "Metal; Sheets, Coils, Rolls")


def test_operation_classes_and_dockets_are_read(client: QcMobile) -> None:
    classes = client.operation_classification(53467, at=NOON).value
    assert [found.name for found in classes][:2] == ["Authorized For Hire", "Private Property"]
    assert [found.docket for found in client.docket_numbers(44110, at=NOON).value] == ["MC1515"]


def test_a_passenger_carriers_basics_have_percentiles_and_alerts(client: QcMobile) -> None:
    basics = {found.basic_id: found for found in client.basics(44110, at=NOON).value}
    assert len(basics) == 5
    hours = basics[12]
    assert (hours.percentile, hours.threshold, hours.has_alert) == (Decimal(57), Decimal(50), True)
    unsafe = basics[11]
    assert (unsafe.percentile, unsafe.has_alert, unsafe.run_on) == (Decimal(18), False, date(2017, 1, 27))
    assert basics[14].name == "Controlled Substances/Alcohol"


@pytest.mark.parametrize("words", ["Not Public", "not public", "NOT PUBLIC"])
def test_a_property_carriers_percentile_and_alert_are_unknown_not_clean(
    client: QcMobile, server: QcMobileServer, words: str
) -> None:
    basic = captured("carriers_44110_basics")["content"][0]["basic"] | {
        "basicsPercentile": words,
        "exceededFMCSAInterventionThreshold": "-1",
        "onRoadPerformanceThresholdViolationIndicator": words,
    }
    server.set("44110/basics", [{"basic": basic}])
    (found,) = client.basics(44110, at=NOON).value
    assert (found.is_public, found.percentile, found.has_alert) == (False, None, None)
    assert found.measure == Decimal("1.02")


@pytest.mark.parametrize("words", ["Inconclusive", "No Violations", "Insufficient Data", None])
def test_a_percentile_that_does_not_exist_is_none_with_its_words_kept(
    client: QcMobile, server: QcMobileServer, words: str | None
) -> None:
    basic = captured("carriers_44110_basics")["content"][0]["basic"] | {"basicsPercentile": words}
    server.set("44110/basics", [{"basic": basic}])
    (found,) = client.basics(44110, at=NOON).value
    assert (found.percentile, found.percentile_text, found.is_public) == (None, words, True)


def test_a_category_of_a_later_methodology_is_taken_as_it_comes(client: QcMobile, server: QcMobileServer) -> None:
    server.set(
        "44110/basics",
        [{"basic": {"basicsType": {"basicsId": 21, "basicsShortDesc": "Vehicle Maintenance: Driver Observed"}}}],
    )
    assert client.basics(44110, at=NOON).value[0].name == "Vehicle Maintenance: Driver Observed"


def test_repeated_out_of_service_orders_count_once_newest_first(client: QcMobile, server: QcMobileServer) -> None:
    old = {
        "dotNumber": 7,
        "id": 1,
        "oosDate": "2004-06-04",
        "oosReason": "NOP",
        "oosReasonDescription": "Fine",
    }
    new = old | {"oosDate": "2025-01-15", "oosReason": "IHM"}
    server.set("7/oos", [{"oos": old}, {"oos": new}, {"oos": old | {"id": 2}}])
    orders = client.oos_orders(7, at=NOON).value
    assert [(order.ordered_on, order.reason_code) for order in orders] == [
        (date(2025, 1, 15), "IHM"),
        (date(2004, 6, 4), "NOP"),
    ]


def test_an_unknown_carrier_is_told_apart_from_a_fault(client: QcMobile) -> None:
    with pytest.raises(FmcsaUnknownCarrier) as caught:
        client.carrier(99999999, at=NOON)
    assert isinstance(caught.value, NotFound)
    assert "99999999" in caught.value.message


@pytest.mark.parametrize("content", [None, []])
def test_nothing_about_a_carrier_is_an_empty_list(client: QcMobile, server: QcMobileServer, content: Any) -> None:
    server.set("158121/oos", content)
    assert client.oos_orders(158121, at=NOON).value == ()


@pytest.mark.parametrize("dot_number", [0, -5, 100_000_000, True])
def test_a_number_that_cannot_be_a_dot_number_is_never_asked(
    client: QcMobile, server: QcMobileServer, dot_number: int
) -> None:
    with pytest.raises(InvalidData):
        client.carrier(dot_number, at=NOON)
    assert server.seen == []


def test_another_carriers_record_is_not_taken(client: QcMobile, server: QcMobileServer) -> None:
    server.set("158121", carrier(dotNumber=158122))
    with pytest.raises(FmcsaMalformed, match="asked for carrier 158121"):
        client.carrier(158121, at=NOON)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("totalDrivers", "many"),
        ("totalDrivers", -3),
        ("totalDrivers", "1e99999"),
        ("totalDrivers", [1]),
        ("allowedToOperate", "perhaps"),
        ("oosDate", "02/28/2021"),
        ("oosDate", "2021-02-31"),
        ("safetyRating", "splendid"),
        ("bipdInsuranceOnFile", "$1,000"),
        ("vehicleOosRate", "-4"),
        ("legalName", None),
    ],
)
def test_a_field_in_a_new_form_is_noticed_and_named(
    client: QcMobile, server: QcMobileServer, field: str, value: Any
) -> None:
    server.set("158121", carrier(**{field: value}))
    with pytest.raises(FmcsaMalformed, match=field):
        client.carrier(158121, at=NOON)
