"""Pipelines and stages as Settings shows them: made, changed and removed without losing what stands in them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client

from headhaul.accounts.models import Account, CustomField
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from headhaul.pipeline.required import REQUIRABLE
from tests.cast import NOON, actor_named
from tests.console.conftest import SignedIn
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
HOME = "/admin/settings/lists/stages/"
PIPELINES = "/admin/settings/lists/pipelines/"


@pytest.fixture
def max_(signed_in: SignedIn) -> Client:
    return signed_in("max")


@pytest.fixture
def deal(signed_in: SignedIn) -> Opportunity:
    signed_in("rosa").post("/accounts/new", {"name": "Alpha Haul", "state": "TX"})
    made = do("createOpportunity", actor_named("rosa"), accountId=Account.objects.get().pk, name="Alpha deal")
    return Opportunity.objects.get(pk=made.id)


def stage(key: str, *, pipeline: str | None = None) -> Stage:
    where = {"pipeline__is_default": True} if pipeline is None else {"pipeline__name": pipeline}
    return Stage.objects.get(key=key, **where)


def field(key: str, kind: str, **more: Any) -> CustomField:
    known = {"entity": "opportunity", "key": key, "label": f"The {key}", "kind": kind, "created_at": NOON}
    return CustomField.objects.create(**known, **more)


def toast(answer: HttpResponse) -> str:
    return unquote(answer.cookies["toast"].value)


def sent(of: Stage, **more: Any) -> dict[str, Any]:
    """What the stage's form sends when it is sent as it is shown."""
    plain = {"label": of.label, "probability": of.probability, "slaDays": of.sla_days or "", "category": of.category}
    return plain | {"exitCriteria": of.exit_criteria, "position": of.position, "required": of.required} | more


def test_a_stage_with_deals_is_removed_by_saying_where_they_go_and_comes_back(max_: Client, deal: Opportunity) -> None:
    there = stage("prospecting")
    assert f'href="{HOME}{there.pk}/removal"' in max_.get(f"{HOME}{there.pk}/").content.decode()
    page = max_.get(f"{HOME}{there.pk}/removal").content.decode()
    assert "1 opportunity</span> stands in Prospecting" in page
    offered = re.findall(r'<option value="([a-z_]+)"', page)
    assert offered == ["discovery", "proposal", "negotiation"], "the open stages, not itself"
    unsaid = max_.post(f"{HOME}{there.pk}/removal", {"version": there.version})
    assert unsaid.status_code == 409
    assert stage("prospecting").is_active
    done = max_.post(f"{HOME}{there.pk}/removal", {"version": there.version, "moveTo": "proposal"})
    assert done.status_code == 302
    assert "1 opportunity went to Proposal" in toast(done)
    deal.refresh_from_db()
    assert (deal.stage.key, stage("prospecting").is_active) == ("proposal", False)
    max_.post(toast(done).split(":")[1])
    deal.refresh_from_db()
    assert (deal.stage.key, stage("prospecting").is_active) == ("prospecting", True)


def test_a_stage_that_somebody_changed_meanwhile_is_not_removed(max_: Client) -> None:
    there = stage("discovery")
    page = max_.get(f"{HOME}{there.pk}/removal").content.decode()
    assert "No opportunity stands in Discovery" in page
    assert 'name="moveTo"' not in page
    max_.post(f"{HOME}{there.pk}/", sent(there, label="Talking"))
    refused = max_.post(f"{HOME}{there.pk}/removal", {"version": there.version})
    assert refused.status_code == 409
    assert "changed meanwhile" in refused.content.decode()
    assert max_.post(f"{HOME}{there.pk}/removal", {"version": there.version + 1}).status_code == 302
    assert not stage("discovery").is_active


def test_the_ends_of_a_pipeline_offer_no_removal_and_reps_have_none(max_: Client, signed_in: SignedIn) -> None:
    assert "/removal" not in max_.get(f"{HOME}{stage('closed_won').pk}/").content.decode()
    assert signed_in("rosa").post(f"{HOME}{stage('discovery').pk}/removal", {"version": 1}).status_code == 403
    assert max_.get(f"{HOME}4000000/removal").status_code == 404


def test_a_stage_asks_for_everything_there_is_and_keeps_what_it_asked_for(max_: Client) -> None:
    field("lane", "text")
    gone = field("old", "text")
    wanted = [*(name for name in REQUIRABLE if name != "lostReason"), "custom.lane"]
    there = stage("proposal")
    page = max_.get(f"{HOME}{there.pk}/").content.decode()
    assert re.findall(r'name="required" value="([^"]+)"', page) == [*wanted, "custom.old"]
    assert "The lane" in page
    assert max_.post(f"{HOME}{there.pk}/", sent(there, required=[*wanted, "custom.old"])).status_code == 302
    assert stage("proposal").required == [*wanted, "custom.old"]
    gone.is_active = False
    gone.save()
    shown = max_.get(f"{HOME}{there.pk}/").content.decode()
    checked = re.findall(r'name="required" value="([^"]+)" checked', shown)
    assert checked == [*wanted, "custom.old"], "what is out of use is not dropped unseen"
    assert 'value="lostReason"' in max_.get(f"{HOME}{stage('closed_lost').pk}/").content.decode()


def test_a_move_asks_for_the_firms_own_fields_as_what_they_are(
    max_: Client, deal: Opportunity, signed_in: SignedIn
) -> None:
    field("worth", "money")
    field("ways", "several", choices=["i10", "i80"])
    field("size", "choice", choices=["small", "big"])
    field("signed", "yes_no")
    there = stage("discovery")
    needed = ["custom.worth", "custom.ways", "custom.size", "custom.signed"]
    assert max_.post(f"{HOME}{there.pk}/", sent(there, required=needed)).status_code == 302
    rosa, where = signed_in("rosa"), f"/pipeline/opportunities/{deal.pk}/stage"
    move = {"version": 1, "toStage": "discovery"}
    asked = rosa.post(where, move, headers={"HX-Request": "true"})
    form = asked.content.decode()
    assert asked.status_code == 422
    for label in ("The worth", "The ways", "The size", "The signed"):
        assert f">{label}</label>" in form
    assert 'name="custom.worth" value="" type="text" inputmode="decimal"' in form
    assert re.search(r'name="custom.size" required><option value="">Choose</option><option value="small">', form)
    assert re.search(r'name="custom.ways" multiple', form)
    typed = {"asked": "1", "several": "custom.ways", "custom.worth": "1,250", "custom.ways": ["i80"]}
    part = rosa.post(where, move | typed, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert 'value="1,250"' in part.content.decode(), "what was typed is kept"
    assert '<option value="i80" selected>' in part.content.decode()
    given = move | typed | {"custom.size": "big", "custom.signed": "no"}
    assert rosa.post(where, given, headers={"HX-Request": "true"}).status_code == 200
    deal.refresh_from_db()
    assert deal.stage.key == "discovery"
    assert deal.custom == {"worth": 1250_00, "ways": ["i80"], "size": "big", "signed": False}


def test_a_second_pipeline_is_made_renamed_and_its_stages_are_its_own(max_: Client) -> None:
    assert "Pipeline</label>" not in max_.get(f"{HOME}new").content.decode(), "nothing to choose while there is one"
    assert max_.post(f"{PIPELINES}new", {"name": "Renewals", "position": "1"}).status_code == 302
    made = Pipeline.objects.get(name="Renewals")
    new = {"label": "Trial run", "kind": "open", "probability": "60", "category": "best_case", "pipelineId": made.pk}
    assert 'name="pipelineId"' in max_.get(f"{HOME}new").content.decode()
    assert max_.post(f"{HOME}new", new).status_code == 302
    assert Stage.objects.get(key="trial_run").pipeline == made
    listed = max_.get(HOME).content.decode()
    assert listed.count("Renewals") == 7
    theirs = stage("proposal", pipeline="Renewals")
    page = max_.get(f"{HOME}{theirs.pk}/").content.decode()
    assert "Renewals" in page
    assert max_.post(f"{HOME}{theirs.pk}/", sent(theirs, label="Offer")).status_code == 302
    assert (stage("proposal", pipeline="Renewals").label, stage("proposal").label) == ("Offer", "Proposal")
    assert max_.post(f"{PIPELINES}{made.pk}/", {"name": "Coming back", "isActive": "1"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.is_default, made.is_active, made.position) == ("Coming back", False, True, 1)


def test_a_pipeline_starts_with_the_stages_of_the_one_that_is_named(max_: Client) -> None:
    max_.post(f"{PIPELINES}new", {"name": "Renewals"})
    first = Pipeline.objects.get(name="Renewals")
    Stage.objects.filter(pipeline=first, key="discovery").update(is_active=False)
    assert max_.post(f"{PIPELINES}new", {"name": "Third", "copyFrom": str(first.pk)}).status_code == 302
    keys = Stage.objects.filter(pipeline__name="Third").order_by("position").values_list("key", flat=True)
    assert list(keys) == ["prospecting", "proposal", "negotiation", "closed_won", "closed_lost"]
    again = max_.post(f"{PIPELINES}new", {"name": "Third"})
    assert again.status_code == 422
    assert "There is a pipeline of this name" in again.content.decode()


def test_a_pipeline_goes_out_of_use_and_back_and_the_default_one_is_another(max_: Client, deal: Opportunity) -> None:
    max_.post(f"{PIPELINES}new", {"name": "Renewals"})
    made, first = Pipeline.objects.get(name="Renewals"), Pipeline.objects.get(is_default=True)
    at = f"{PIPELINES}{made.pk}/"
    assert max_.post(at, {"name": "Renewals"}).status_code == 302
    assert not Pipeline.objects.get(pk=made.pk).is_active
    assert "Renewals" not in max_.get(HOME).content.decode()
    assert "not in use" in max_.get(PIPELINES).content.decode()
    assert max_.post(at, {"name": "Renewals", "isActive": "1", "isDefault": "1"}).status_code == 302
    assert Pipeline.objects.get(is_default=True) == made
    kept = max_.post(f"{PIPELINES}{first.pk}/", {"name": first.name})
    assert kept.status_code == 409, "an opportunity is open in it"
    assert Pipeline.objects.get(pk=first.pk).is_active
