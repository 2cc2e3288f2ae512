"""Call campaigns: scripts are kept, targets are named, changes are taken back."""

from __future__ import annotations

import pytest

from headhaul.accounts.models import ContactPhone
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, StaleVersion
from headhaul.outreach.models import CallScript, CallTarget
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db


def test_every_script_is_kept(max_: Actor) -> None:
    made = do("saveCallCampaign", max_, name="Flatbeds", script="One")
    changed = told("saveCallCampaign", max_, callCampaignId=made.id, version=1, script="Two")
    assert changed.payload.script_version == 2
    assert list(CallScript.objects.order_by("number").values_list("text", flat=True)) == ["One", "Two"]
    undo(changed, max_)
    assert do("getCallCampaigns", max_).items[0].script == "One"
    assert CallScript.objects.count() == 3


def test_a_new_campaign_can_be_taken_back_until_it_is_used(max_: Actor) -> None:
    made = told("saveCallCampaign", max_, name="Flatbeds")
    undo(made, max_)
    assert do("getCallCampaigns", max_).items == []
    key = campaign_of(max_, someone())
    with pytest.raises(Conflict, match="Finish it instead"):
        do("removeCallCampaign", max_, callCampaignId=key)


def test_names_stand_once_and_versions_are_checked(max_: Actor) -> None:
    made = do("saveCallCampaign", max_, name="Flatbeds")
    with pytest.raises(Conflict, match="this name"):
        do("saveCallCampaign", max_, name="FLATBEDS")
    do("saveCallCampaign", max_, callCampaignId=made.id, version=1, tries=5)
    with pytest.raises(StaleVersion):
        do("saveCallCampaign", max_, callCampaignId=made.id, version=1, tries=2)
    with pytest.raises(InvalidData, match="name"):
        do("saveCallCampaign", max_, script="Nobody's")


def test_each_who_is_not_added_is_named_with_the_reason(max_: Actor) -> None:
    fits, mute, left = someone(), someone(), outreach.contact(has_left=True)
    ContactPhone.objects.filter(contact=mute).update(validity="invalid")
    key = campaign_of(max_)
    done = told("addCallTargets", max_, callCampaignId=key, contactIds=[fits.pk, mute.pk, left.pk, 10**9])
    assert done.payload.added == 1
    reasons = {row.contact_id: row.reason for row in done.payload.not_added}
    assert reasons == {
        mute.pk: "No usable telephone number.",
        left.pk: "Has left the company.",
        10**9: "There is no such contact, or it is not yours to see.",
    }
    again = do("addCallTargets", max_, callCampaignId=key, contactIds=[fits.pk])
    assert again.not_added[0].reason == "Is in this campaign already."
    undo(done, max_)
    assert CallTarget.objects.count() == 0


def test_targets_come_from_a_filter_or_a_saved_view(max_: Actor) -> None:
    texan = someone(state="TX", zone="America/Chicago", area="214")
    someone()
    key = campaign_of(max_)
    view = do("saveView", max_, entity="contacts", name="Texas", filters={"accountState": ["TX"]})
    assert do("addCallTargets", max_, callCampaignId=key, viewId=view.id).added == 1
    assert CallTarget.objects.get().contact_id == texan.pk
    found = do("addCallTargets", max_, callCampaignId=key, contactFilters={})
    assert (found.added, len(found.not_added)) == (1, 1)
    with pytest.raises(InvalidData, match="exactly one way"):
        do("addCallTargets", max_, callCampaignId=key)


def test_only_managers_write_campaigns(rosa: Actor) -> None:
    with pytest.raises(Forbidden):
        do("saveCallCampaign", rosa, name="Mine")


def test_a_finished_campaign_takes_nobody(max_: Actor) -> None:
    key = campaign_of(max_)
    do("setCallCampaignStatus", max_, callCampaignId=key, state="finished")
    with pytest.raises(Conflict, match="finished"):
        do("addCallTargets", max_, at=WEEKDAY, callCampaignId=key, contactIds=[someone().pk])
