"""Asking from a page: the answer is what is on file, and a job asks FMCSA."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from headhaul.actions import dispatch
from headhaul.carriers.jobs import enrich_carriers
from headhaul.carriers.models import FmcsaLookup
from headhaul.carriers.services.enrichment import enrich
from headhaul.kernel import Actor, Forbidden, NotFound, Role
from tests.carriers.enrichment.conftest import fact, record
from tests.factories.market import NOON, carrier, person
from tests.fakes.qcmobile_server import QcMobileServer

pytestmark = pytest.mark.django_db


def queued() -> list[Any]:
    """The questions that wait in the queue."""
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'enrich_carriers' order by id")
        return [json.loads(args) for (args,) in cursor.fetchall()]


def ask(actor: Actor, **data: Any) -> Any:
    return dispatch("enrichCarrier", {"dotNumber": 158121, **data}, actor=actor, at=NOON, door="http").payload


def test_a_question_is_queued_once_and_the_census_answers_meanwhile(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121)
    first, second = ask(rosa), ask(rosa)
    assert (first.is_asking, second.is_asking, first.is_live) == (True, True, False)
    assert queued() == [{"dot_numbers": [158121]}]
    assert fmcsa.seen == []


def test_the_job_asks_and_the_next_look_is_live(fmcsa: QcMobileServer, rosa: Actor) -> None:
    carrier(158121)
    fmcsa.set("158121", record())
    assert enrich_carriers(dot_numbers=[158121]) == {"live": 1, "fell_back": 0, "unknown": 0}
    found = dispatch("getEnrichment", {"dotNumber": 158121}, actor=rosa, at=NOON, door="http").payload
    assert (found.is_live, fact(found, "drivers")) == (True, (213, "QCMobile"))


def test_fresh_facts_are_not_asked_for_again_unless_wanted(fmcsa: QcMobileServer, rosa: Actor) -> None:
    fmcsa.set("158121", record())
    enrich(dot_number=158121, at=NOON - timedelta(hours=2), by=rosa)
    assert not ask(rosa).is_asking
    assert queued() == []
    assert ask(rosa, again=True).is_asking
    assert len(queued()) == 1
    assert not FmcsaLookup.objects.exists()


def test_without_a_key_nothing_is_queued_and_the_reason_is_told(
    fmcsa: QcMobileServer, rosa: Actor, settings: Settings
) -> None:
    settings.FMCSA_WEB_KEY = ""
    carrier(158121)
    found = ask(rosa)
    assert (found.is_asking, found.is_live, found.reason_code) == (False, False, "no_key")
    assert queued() == []


def test_an_unknown_carrier_is_not_found(fmcsa: QcMobileServer, rosa: Actor) -> None:
    with pytest.raises(NotFound):
        ask(rosa)


def test_a_viewer_may_look_but_not_ask(fmcsa: QcMobileServer) -> None:
    vera = person("Vera", Role.VIEWER)
    carrier(158121)
    with pytest.raises(Forbidden):
        ask(vera)
    reply = dispatch("getEnrichment", {"dotNumber": 158121}, actor=vera, at=NOON, door="http")
    assert (reply.name, reply.payload.dot_number) == ("enrichmentLoaded", 158121)
