"""Enrichment with real commits: many at once, and through the worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from headhaul.actions import dispatch
from headhaul.carriers.models import CarrierEnrichment, InsuranceFiling
from headhaul.carriers.services.enrichment import enrich, enrichment_of
from headhaul.kernel import SYSTEM, Actor
from tests.carriers.enrichment.conftest import record
from tests.factories.market import NOON, carrier
from tests.fakes.qcmobile_server import QcMobileServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def empty_queue() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:  # its tables are not Django's to clear
        cursor.execute("truncate procrastinate_jobs, procrastinate_periodic_defers cascade")


def test_many_at_once_leave_one_set_of_facts(fmcsa: QcMobileServer) -> None:
    fmcsa.set("158121", record())
    faults: list[BaseException] = []

    def one() -> None:
        try:
            assert enrich(dot_number=158121, at=NOON, by=SYSTEM).is_live
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert CarrierEnrichment.objects.count() == 1
    assert InsuranceFiling.objects.filter(dot_number=158121).count() == 3


@pytest.mark.usefixtures("empty_queue")
def test_a_question_from_a_page_is_answered_by_the_worker(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121)
    fmcsa.set("158121", record())
    dispatch("enrichCarrier", {"dotNumber": 158121}, actor=rosa, at=NOON, door="http")
    assert not enrichment_of(dot_number=158121).is_live
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(queues=["lookups"], wait=False, install_signal_handlers=False, listen_notify=False)
    assert enrichment_of(dot_number=158121).is_live
