"""A written query gives the objects that the ORM's own would."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models

from headhaul.carriers.models import Carrier, CarrierEnrichment, CarrierFiling, CarrierSafety, Crash, Signal
from headhaul.carriers.selectors.carriers import CRASH_WINDOW, crashes
from headhaul.carriers.selectors.written import first, read
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db


def values(found: models.Model) -> dict[str, object]:
    return {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields}


@pytest.fixture(autouse=True)
def _market() -> None:
    carrier(7, dba_name="SEVEN")
    signals(TODAY, {"dot_number": 7})
    CarrierEnrichment.objects.create(dot_number=7, tried_at=NOON, facts={"drivers": 3}, missing={})
    CarrierSafety.objects.create(dot_number=7, source="smsc", as_of=TODAY, basics={"hos_driv": {"percentile": 40}})


@pytest.mark.parametrize("model", [Carrier, CarrierEnrichment, CarrierSafety, Signal])
def test_all_columns_are_read_as_the_model_has_them(model: type[models.Model]) -> None:
    written = first(model, "dot_number = %s", [7])
    assert written is not None
    assert values(written) == values(model._default_manager.get(dot_number=7))


def test_nothing_found_is_none_and_an_empty_list() -> None:
    assert first(Carrier, "dot_number = %s", [8]) is None
    assert read(CarrierFiling, "dot_number = %s order by mcs150_date", [8]) == []


def test_an_object_that_was_read_can_be_changed_and_saved() -> None:
    found = first(Carrier, "dot_number = %s", [7])
    assert found is not None
    found.phone = "5125550100"
    found.save(update_fields=["phone"])
    assert Carrier.objects.get(pk=7).phone == "5125550100"


def test_crashes_are_counted_back_from_the_newest() -> None:
    days = (TODAY, TODAY - CRASH_WINDOW + timedelta(1), TODAY - CRASH_WINDOW)
    for number, day in enumerate(days):
        told = {"report_number": f"TX{number}", "report_date": day, "fatalities": number, "injuries": 1}
        Crash.objects.create(dot_number=7, as_of=TODAY, **told)
    found = crashes(7)
    assert found is not None
    assert (found.crashes, found.fatal, found.injury) == (2, 1, 2)
    assert (found.first_on, found.last_on) == (days[1], days[0])
    assert crashes(8) is None
