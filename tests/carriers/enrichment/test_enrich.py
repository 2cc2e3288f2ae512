"""Facts from FMCSA when it can be asked, from the census when not, each with its source and day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import (
    Authority,
    CarrierEnrichment,
    CarrierSafety,
    FmcsaLookup,
    InsuranceFiling,
    OutOfServiceOrder,
)
from headhaul.carriers.services import lookups
from headhaul.carriers.services.enrichment import enrich, enrichment_of
from headhaul.carriers.services.enrichment.refresh import NotAnsweredError, enrich_all
from headhaul.kernel import SYSTEM, Actor
from tests.carriers.enrichment.conftest import fact, record
from tests.factories.market import NOON, carrier
from tests.fakes.loopback import Reply
from tests.fakes.qcmobile_server import QcMobileServer, broken, captured, maintenance

pytestmark = pytest.mark.django_db

LIVE = "QCMobile"
CENSUS = "Company Census File (az4n-8mr2)"


def test_live_facts_carry_their_source_and_day(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121, legal_name="VERIHA TRUCKING", power_units=200)
    fmcsa.set("158121", record())
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert (found.is_live, found.source, found.as_of, found.reason) == (True, LIVE, date(2026, 11, 20), "")
    assert fact(found, "powerUnits") == (213, LIVE)
    assert fact(found, "legalName") == ("VERIHA TRUCKING INC", LIVE)
    assert fact(found, "allowedToOperate") == (True, LIVE)
    assert fact(found, "bipdOnFileDollars") == (1_000_000, LIVE)
    assert fact(found, "bipdRequiredDollars") == (750_000, LIVE)
    assert fact(found, "bipdGapDollars") == (0, LIVE)
    assert fact(found, "driverOosPercent") == (1.16, LIVE)
    assert fact(found, "safetyRating") == ("S", LIVE)


def test_live_facts_are_kept_where_the_rest_of_the_product_reads(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("53467", record(dotNumber=53467))
    enrich(dot_number=53467, at=NOON, by=rosa)
    authority = Authority.objects.get(dot_number=53467)
    assert (authority.docket, authority.common, authority.source) == ("MC138328", "A", LIVE)
    insured = {filing.kind: filing for filing in InsuranceFiling.objects.filter(dot_number=53467)}
    assert (insured["bipd"].is_required, insured["bipd"].required_dollars) == (True, 750_000)
    assert (insured["cargo"].is_required, insured["cargo"].on_file_dollars) == (None, 0)
    safety = CarrierSafety.objects.get(dot_number=53467)
    assert (safety.driver_inspections, safety.driver_oos, safety.crashes) == (259, 3, 15)
    assert CarrierEnrichment.objects.get(pk=53467).tried_by == "Rosa"


def test_a_second_answer_replaces_the_first_and_leaves_no_doubles(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("53467", record(dotNumber=53467, oosDate="2026-11-01"))
    enrich(dot_number=53467, at=NOON, by=rosa)
    fmcsa.set("53467", record(dotNumber=53467, bipdInsuranceOnFile="0"), "2026-11-22T06:00:00.000+0000")
    later = NOON + timedelta(days=2)
    found = enrich(dot_number=53467, at=later, by=rosa)
    assert fact(found, "bipdGapDollars") == (750_000, LIVE)
    assert fact(found, "outOfServiceSince") is None
    assert InsuranceFiling.objects.filter(dot_number=53467).count() == 3
    assert Authority.objects.filter(dot_number=53467).count() == 1
    assert not OutOfServiceOrder.objects.filter(dot_number=53467).exists()


def test_an_older_answer_never_replaces_a_newer_one(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("158121", record(totalDrivers=300), "2026-11-22T06:00:00.000+0000")
    enrich(dot_number=158121, at=NOON, by=rosa)
    fmcsa.set("158121", record(totalDrivers=100), "2026-11-21T06:00:00.000+0000")
    found = enrich(dot_number=158121, at=NOON + timedelta(days=2), by=rosa)
    assert fact(found, "drivers") == (300, LIVE)


def test_only_an_order_in_force_counts_as_one(fmcsa: QcMobileServer, rosa: Actor) -> None:
    past = {"oosDate": "2004-06-04", "oosReason": "NOP", "oosReasonDescription": "90 day failure to pay fine"}
    now = {"oosDate": "2026-11-10", "oosReason": "UNS", "oosReasonDescription": "Unsatisfactory"}
    fmcsa.set("158121/oos", [{"oos": past}, {"oos": now}])
    fmcsa.set("158121", record(allowedToOperate="N", oosDate="2026-11-10"))
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert fact(found, "outOfServiceSince") == ("2026-11-10", LIVE)
    assert fact(found, "outOfServiceReason") == ("Unsatisfactory", LIVE)
    assert fact(found, "allowedToOperate") == (False, LIVE)
    assert OutOfServiceOrder.objects.get(dot_number=158121).reason_code == "UNS"


def test_a_passenger_carriers_alerts_are_fmcsas_own(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("44110", record(dotNumber=44110, isPassengerCarrier="Y"))
    found = enrich(dot_number=44110, at=NOON, by=rosa)
    hours = next(each for each in found.basics if each.code == "hos_driv")
    assert (hours.percentile, hours.threshold, hours.alert, hours.note) == (57, 50, True, "")
    assert (hours.source, hours.as_of) == (LIVE, date(2017, 1, 27))
    assert found.basics[0].code == "unsafe_driv"


def test_a_property_carriers_alerts_are_said_to_be_not_public(fmcsa: QcMobileServer, rosa: Actor) -> None:
    hidden = {
        "basicsPercentile": "Not Public",
        "exceededFMCSAInterventionThreshold": "-1",
        "onRoadPerformanceThresholdViolationIndicator": "Not Public",
    }
    basics = [item["basic"] | hidden for item in captured("carriers_44110_basics")["content"]]
    fmcsa.set("158121/basics", [{"basic": basic} for basic in basics])
    fmcsa.set("158121", record())
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert {(each.percentile, each.alert) for each in found.basics} == {(None, None)}
    assert all("not publish" in each.note for each in found.basics)
    assert found.basics[0].measure == 1.02


def test_without_a_key_the_census_answers_and_says_so(fmcsa: QcMobileServer, rosa: Actor, settings: Settings) -> None:
    settings.FMCSA_WEB_KEY = ""
    carrier(158121, legal_name="VERIHA TRUCKING", power_units=0, total_drivers=None)
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert (found.is_live, found.source, found.as_of) == (False, CENSUS, date(2026, 11, 1))
    assert found.reason_code == "no_key"
    assert "FMCSA_WEB_KEY" in found.reason
    assert f"{CENSUS}, 2026-11-01" in found.reason
    assert fact(found, "powerUnits") == (0, CENSUS)
    assert fact(found, "drivers") is None
    assert fmcsa.seen == []


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (broken(500), "fmcsa_unavailable", "error of its own"),
        (maintenance(), "fmcsa_maintenance", "maintenance"),
        (Reply(b"{nonsense"), "fmcsa_malformed", "could not be read"),
        (Reply(b'{"content": "Webkey not found"}', 404), "fmcsa_key_refused", "web key"),
    ],
)
def test_when_fmcsa_fails_the_census_answers_and_says_why(
    fmcsa: QcMobileServer, rosa: Actor, fault: Reply, code: str, words: str
) -> None:
    carrier(158121)
    fmcsa.next(fault)
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert (found.is_live, found.reason_code, found.source) == (False, code, CENSUS)
    assert words in found.reason
    assert fact(found, "powerUnits") == (40, CENSUS)


def test_a_failure_leaves_the_live_facts_of_before_with_their_day(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121)
    fmcsa.set("158121", record())
    enrich(dot_number=158121, at=NOON, by=rosa)
    fmcsa.next(broken())
    found = enrich(dot_number=158121, at=NOON + timedelta(days=3), by=rosa)
    assert (found.is_live, found.reason_code) == (False, "fmcsa_unavailable")
    kept = next(each for each in found.facts if each.name == "bipdOnFileDollars")
    assert (kept.value, kept.source, kept.as_of) == (1_000_000, LIVE, date(2026, 11, 20))


def test_a_newer_census_wins_over_an_older_live_answer(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121, power_units=250, source_date=date(2026, 11, 21))
    fmcsa.set("158121", record())
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert fact(found, "powerUnits") == (250, CENSUS)
    assert fact(found, "allowedToOperate") == (True, LIVE)


def test_parts_that_did_not_come_are_named_and_the_rest_is_kept(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("158121", record())
    whole = Reply(b'{"content": [], "retrievalDate": null}')
    fmcsa.next(fmcsa.answer, whole, whole, broken(503))
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert found.is_live
    assert found.missing == {"basics": "it has an error of its own (503)"}
    assert fact(found, "drivers") == (213, LIVE)


def test_a_carrier_that_fmcsa_does_not_know_falls_back_to_the_census(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(777)
    found = enrich(dot_number=777, at=NOON, by=rosa)
    assert (found.is_live, found.reason_code) == (False, "fmcsa_unknown_carrier")


@pytest.mark.parametrize("key", ["", "kept"])
def test_a_carrier_that_nobody_knows_is_not_found_and_leaves_no_row(
    fmcsa: QcMobileServer, rosa: Actor, settings: Settings, key: str
) -> None:
    settings.FMCSA_WEB_KEY = settings.FMCSA_WEB_KEY if key else ""
    with pytest.raises(CarrierNotFound):
        enrich(dot_number=777, at=NOON, by=rosa)
    assert not CarrierEnrichment.objects.exists()


def test_a_carrier_never_asked_about_says_so(rosa: Actor) -> None:
    carrier(158121)
    found = enrichment_of(dot_number=158121)
    assert (found.is_live, found.reason_code, found.tried_at) == (False, "not_asked", None)
    assert "not been asked" in found.reason


def test_fmcsa_is_never_asked_inside_a_transaction(fmcsa: QcMobileServer, rosa: Actor) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        enrich(dot_number=158121, at=NOON, by=rosa)
    assert fmcsa.seen == []


def test_answers_are_shared_through_the_database_until_they_are_old(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("158121", record(ein=391234567))
    enrich(dot_number=158121, at=NOON, by=rosa)
    asked = len(fmcsa.seen)
    enrich(dot_number=158121, at=NOON + timedelta(hours=19), by=rosa)
    assert (asked, len(fmcsa.seen)) == (4, 4)
    assert "391234567" not in repr(list(FmcsaLookup.objects.values()))
    assert lookups.prune(at=NOON + timedelta(hours=21)) == 4
    enrich(dot_number=158121, at=NOON + timedelta(hours=21), by=rosa)
    assert len(fmcsa.seen) == 8


def test_odd_characters_from_outside_are_stored_without_harm(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("158121", record(legalName="A\x00CME\u200b \ud800 TRUCKING", dbaName="<script>"))
    found = enrich(dot_number=158121, at=NOON, by=rosa)
    assert fact(found, "legalName") == ("ACME\u200b ? TRUCKING", LIVE)
    assert fact(found, "dbaName") == ("<script>", LIVE)


def test_a_batch_keeps_what_came_and_asks_to_be_tried_again(fmcsa: QcMobileServer) -> None:
    carrier(158121)
    carrier(777)
    fmcsa.set("158121", record())
    empty = Reply(b'{"content": []}')
    fmcsa.next(fmcsa.answer, empty, empty, empty, broken())
    with pytest.raises(NotAnsweredError, match="1 of 2"):
        enrich_all(dot_numbers=[158121, 777], at=NOON, by=SYSTEM)
    assert enrichment_of(dot_number=158121).is_live
    assert enrich_all(dot_numbers=[158121, 777, 5], at=NOON, by=SYSTEM) == {
        "live": 1,
        "fell_back": 1,
        "unknown": 1,
    }


def test_the_facts_of_two_sources_stand_side_by_side(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121)
    shared: dict[str, Any] = {"dot_number": 158121, "source": "sms_results", "as_of": date(2026, 10, 1)}
    CarrierSafety.objects.create(
        **shared, vehicle_inspections=10, vehicle_oos=5, basics={"veh_maint": {"measure": 4.2}}
    )
    before = enrichment_of(dot_number=158121)
    assert fact(before, "vehicleOosPercent") == (50.0, "SMS results (property or passenger)")
    (maintenance_basic,) = before.basics
    assert (maintenance_basic.name, maintenance_basic.measure) == ("Vehicle Maintenance", 4.2)
    assert "not publish" in maintenance_basic.note
    fmcsa.set("158121", record())
    after = enrich(dot_number=158121, at=NOON, by=rosa)
    assert fact(after, "vehicleOosPercent") == (13.71, LIVE)
    assert [each.code for each in after.basics] == ["veh_maint"]
