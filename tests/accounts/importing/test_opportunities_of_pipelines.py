"""Files of opportunities where a firm has several pipelines, and what a stage asks of a file."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from headhaul.accounts.models import CustomField
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from headhaul.security.models import User
from tests.accounts.importing.conftest import ask, errors, rows
from tests.cast import NOON

DEAL = {"Company": "Blue", "Deal": "Reefer seats", "Value": "$25k", "Close date": "2026-12-31"}


@pytest.fixture
def renewals(max_: Actor) -> Pipeline:
    """A second pipeline: its proposal is called Offer, and it has a stage that no other has."""
    ask("savePipeline", {"name": "Renewals"}, max_)
    made = Pipeline.objects.get(name="Renewals")
    Stage.objects.filter(pipeline=made, key="proposal").update(label="Offer")
    ask("saveStage", {"pipelineId": made.pk, "label": "Review", "key": "review"}, max_)
    return made


def where() -> tuple[str, str]:
    deal = Opportunity.objects.select_related("pipeline", "stage").get()
    return deal.pipeline.name, deal.stage.key


def test_a_row_names_its_pipeline_and_a_stage_of_it(max_: Actor, renewals: Pipeline) -> None:
    assert rows(max_, "opportunities", DEAL | {"Pipeline": "renewals", "Stage": "Offer"}).created == 1
    assert where() == ("Renewals", "proposal")
    assert rows(max_, "opportunities", DEAL | {"Pipeline": "Renewals", "Stage": "Offer"}).unchanged == 1
    assert rows(max_, "opportunities", DEAL | {"Stage": "discovery"}).updated == 1, "of its own pipeline"
    assert where() == ("Renewals", "discovery")


def test_a_stage_that_several_pipelines_have_needs_the_pipeline(max_: Actor, renewals: Pipeline) -> None:
    first = Pipeline.objects.get(is_default=True).name
    run = rows(max_, "opportunities", DEAL | {"Stage": "Discovery"}, DEAL | {"Pipeline": first, "Stage": "Review"})
    assert (run.created, run.failed) == (0, 2)
    assert errors(max_, run) == [
        f"is a stage of several pipelines ({first}, Renewals); name the pipeline",
        f"is no stage of the pipeline {first}",
    ]
    assert rows(max_, "opportunities", DEAL | {"Stage": "Review"}).created == 1, "only one has it"
    assert where() == ("Renewals", "review")


def test_without_a_stage_it_begins_where_its_pipeline_begins(max_: Actor, renewals: Pipeline) -> None:
    rows(max_, "opportunities", DEAL)
    assert where() == (Pipeline.objects.get(is_default=True).name, "prospecting")
    run = rows(max_, "opportunities", DEAL | {"Pipeline": "Renewals"})
    assert errors(max_, run) == ["say in which stage of Renewals it goes on"]
    assert rows(max_, "opportunities", DEAL | {"Pipeline": "Renewals", "Stage": "Review"}).updated == 1
    assert where() == ("Renewals", "review")
    rows(max_, "opportunities", DEAL | {"Deal": "Other", "Pipeline": "Renewals"})
    assert Opportunity.objects.get(name="Other").stage.pipeline == renewals


def test_a_label_that_means_another_stage_in_each_pipeline_goes_by_the_pipeline(
    max_: Actor, renewals: Pipeline
) -> None:
    Stage.objects.filter(pipeline__is_default=True, key="negotiation").update(label="Terms")
    Stage.objects.filter(pipeline=renewals, key="discovery").update(label="Terms")
    first = Pipeline.objects.get(is_default=True).name
    given = [DEAL | {"Deal": name, "Pipeline": name, "Stage": "Terms", "Decision maker": "Ann"} for name in
             (first, "Renewals")]  # fmt: skip
    rows(max_, "contacts", {"Full name": "Ann", "Company": "Blue"})
    run = rows(max_, "opportunities", *given)
    assert run.created == 2, errors(max_, run)
    found = dict(Opportunity.objects.values_list("name", "stage__key"))
    assert found == {first: "negotiation", "Renewals": "discovery"}


def test_a_file_that_was_written_comes_in_again_as_it_is(max_: Actor, renewals: Pipeline) -> None:
    rows(max_, "opportunities", DEAL | {"Pipeline": "Renewals", "Stage": "Offer"})
    client = Client()
    client.force_login(User.objects.get(pk=max_.user_id))
    answer = client.get(reverse("pipeline:export", args=["csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    written = next(iter(csv.DictReader(io.StringIO(text))))
    assert (written["Pipeline"], written["Stage"]) == ("Renewals", "Offer")
    again = {name: written[name] for name in ("Opportunity", "Pipeline", "Stage")} | {"Company": written["Account"]}
    assert rows(max_, "opportunities", again).unchanged == 1


def test_what_is_lost_has_a_reason_whatever_its_stage_asks_for(max_: Actor) -> None:
    Stage.objects.filter(kind="lost").update(required=[])
    run = rows(max_, "opportunities", DEAL | {"Stage": "Closed lost"})
    assert errors(max_, run) == ["the stage Closed lost requires it"]
    rows(max_, "opportunities", DEAL | {"Stage": "Closed lost", "Lost reason": "Price"})
    assert Opportunity.objects.get().lost_reason == "Price"
    taken = rows(max_, "opportunities", DEAL | {"Stage": "Closed lost", "Lost reason": ""}, clearBlanks=True)
    assert (taken.updated, taken.failed, errors(max_, taken)) == (0, 1, ["the stage Closed lost requires it"])
    assert Opportunity.objects.get().lost_reason == "Price", "what a stage asks for is not taken away in it"


def test_a_stage_may_ask_a_file_for_an_owner_and_for_the_firms_own_fields(max_: Actor) -> None:
    CustomField.objects.create(entity="opportunity", key="lane", label="Lane", kind="text", created_at=NOON)
    Stage.objects.filter(key="proposal").update(required=["custom.lane", "source"])
    row = DEAL | {"Stage": "Proposal", "Source": "Fair"}
    run = rows(max_, "opportunities", row)
    assert errors(max_, run) == ["the stage Proposal requires it"]
    assert rows(max_, "opportunities", row | {"Lane": "I-10"}).created == 1
    assert rows(max_, "opportunities", row | {"Lane": "I-80"}).updated == 1
