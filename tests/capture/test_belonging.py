"""Lead, account and deal stay with one person: of whoever left they go along, and when a lead is given away too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, FieldChange
from headhaul.activities.models import Activity
from headhaul.capture.models import Lead
from headhaul.kernel import Actor, Role
from headhaul.pipeline.models import Opportunity
from headhaul.security.models import User
from tests.capture.doing import captured, do, undone
from tests.factories import outreach as make
from tests.factories.market import NOON, person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def each_their_own(ada: Actor) -> None:
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)


def leaves(actor: Actor) -> None:
    User.objects.filter(pk=actor.user_id).update(is_active=False)


def owners(done: Any) -> tuple[int | None, ...]:
    """Of the lead, its account, its deal and its follow-up."""
    lead = Lead.objects.select_related("account", "opportunity").get(pk=done.lead_id)
    task = Activity.objects.get(pk=lead.follow_up_id)
    return (
        lead.owner_id,
        lead.account.owner_id if lead.account else None,
        lead.opportunity.owner_id if lead.opportunity else None,
        task.owner_id,
    )


def given(actor: Actor, done: Any, to: Actor | None, **more: Any) -> dict[str, Any]:
    version = Lead.objects.get(pk=done.lead_id).version
    return {"leadId": done.lead_id, "version": version, "ownerId": to.user_id if to else None, **more}


@pytest.mark.usefixtures("each_their_own")
def test_an_account_of_somebody_who_left_goes_to_whoever_gets_the_lead(
    rosa: Actor, rick: Actor, hot_carrier: int, fair: Any
) -> None:
    known = do("createAccount", rick, name="Old", dotNumber=hot_carrier)
    deal = do("createOpportunity", rick, accountId=known.id)
    leaves(rick)
    done = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    assert (done.account_id, done.opportunity_id) == (known.id, deal.id)
    assert set(owners(done)) == {rosa.user_id}
    assert do("getAccount", rosa, accountId=known.id) is not None
    assert FieldChange.objects.filter(account_id=known.id, field="owner", new=rosa.user_id).exists()


def test_an_account_of_somebody_who_works_stays_theirs(rosa: Actor, rick: Actor, hot_carrier: int, fair: Any) -> None:
    do("createAccount", rick, name="Old", dotNumber=hot_carrier)
    done = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    assert set(owners(done)) == {rick.user_id}


def test_an_open_lead_of_somebody_who_left_goes_to_whoever_meets_them_again(
    rosa: Actor, rick: Actor, hot_carrier: int, fair: Any
) -> None:
    captured(rick, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    leaves(rick)
    again = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana", at=NOON + HOUR)
    assert again.status == "joined"
    assert set(owners(again)) == {rosa.user_id}


@pytest.mark.usefixtures("each_their_own")
def test_what_a_capture_opened_goes_along_with_its_lead(
    rosa: Actor, rick: Actor, max_: Actor, hot_carrier: int, fair: Any
) -> None:
    done = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    do("updateLead", max_, **given(max_, done, rick), at=NOON + HOUR)
    assert set(owners(done)) == {rick.user_id}
    assert do("getOpportunity", rick, opportunityId=done.opportunity_id) is not None
    change = FieldChange.objects.filter(account_id=done.account_id, field="owner").latest("pk")
    assert (change.new, change.changed_by_id) == (rick.user_id, max_.user_id)


@pytest.mark.usefixtures("each_their_own")
def test_and_comes_back_with_it(rosa: Actor, rick: Actor, hot_carrier: int, fair: Any) -> None:
    done = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    undone("updateLead", rosa, **given(rosa, done, rick), at=NOON + HOUR)
    assert set(owners(done)) == {rosa.user_id}


def test_taken_from_nobody_and_back_to_nobody(rosa: Actor, ada: Actor, hot_carrier: int) -> None:
    do("saveSettings", ada, section="lead_owners", values={"otherwise": "nobody"}, expectedVersion=0)
    done = captured(rosa, dotNumber=hot_carrier, contactName="Dana")
    assert owners(done)[:3] == (None, None, None)
    undone("updateLead", rosa, **given(rosa, done, rosa), at=NOON + HOUR)
    assert owners(done)[:3] == (None, None, None)
    do("updateLead", rosa, **given(rosa, done, rosa), at=NOON + 2 * HOUR)
    assert owners(done)[:3] == (rosa.user_id,) * 3


def test_what_belongs_to_somebody_else_stays_theirs(rosa: Actor, rick: Actor, max_: Actor, fair: Any) -> None:
    rita = person("Rita", Role.REP)
    known = make.account("Sunbelt", owner=rita, state="TX")
    done = captured(rosa, eventId=fair.id, company="Sunbelt", contactName="Jo")
    assert owners(done)[0] == rita.user_id
    do("updateLead", max_, **given(max_, done, rosa), at=NOON + HOUR)
    do("updateLead", max_, **given(max_, done, rick), at=NOON + 2 * HOUR)
    # Rita owned the lead first, so the account went along with it, and from Rosa to Rick once more.
    assert Account.objects.get(pk=known.pk).owner_id == rick.user_id
    do(
        "assignAccount",
        max_,
        accountId=known.pk,
        ownerId=rita.user_id,
        version=Account.objects.get(pk=known.pk).version,
    )
    do("updateLead", max_, **given(max_, done, rosa), at=NOON + 3 * HOUR)
    assert Account.objects.get(pk=known.pk).owner_id == rita.user_id


def test_a_deal_that_is_over_stays_with_whoever_ended_it(
    rosa: Actor, rick: Actor, max_: Actor, hot_carrier: int, fair: Any
) -> None:
    done = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    deal = Opportunity.objects.get(pk=done.opportunity_id)
    do("closeOpportunity", rosa, opportunityId=deal.pk, version=deal.version, outcome="lost", reason="Price", at=NOON)
    do("updateLead", max_, **given(max_, done, rick), at=NOON + HOUR)
    assert Opportunity.objects.get(pk=deal.pk).owner_id == rosa.user_id
