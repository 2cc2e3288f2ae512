"""Open deals that go along when their accounts change hands, and come back with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.accounts.preferences import Visibility
from headhaul.accounts.services import editing
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.models import AutomationRule, Opportunity, OpportunityChange, Stage, WaitingEvent
from headhaul.pipeline.services.rules import interest
from headhaul.preferences.services import values
from headhaul.security.actors import actor_of
from headhaul.security.models import Team, User
from tests.factories.market import NOON
from tests.pipeline.doing import do, told, undo

pytestmark = pytest.mark.django_db
Opened = Callable[..., Any]


def owners(*deals: Any) -> list[int | None]:
    found = dict(Opportunity.objects.values_list("pk", "owner_id"))
    return [found[deal.id] for deal in deals]


def assign(by: Actor, account: Account, to: Actor | None, **more: Any) -> Any:
    return told("assignAccount", by, accountId=account.pk, ownerId=to.user_id if to else None, **more)


def test_only_what_is_open_goes_along_and_only_when_it_is_asked_for(
    opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    mine, lost, other = opened(name="Mine"), opened(name="Lost"), opened(name="Other")
    do("moveStage", rosa, opportunityId=lost.id, version=1, toStage="closed_lost", lostReason="Price")
    do("updateOpportunity", max_, opportunityId=other.id, version=1, ownerId=max_.user_id)
    before = owners(mine, lost, other)
    plain = assign(max_, account, rick)
    assert (plain.payload.deals_moved, owners(mine, lost, other)) == (0, before)
    undo(plain, max_)
    reply = assign(max_, account, rick, withOpenDeals=True)
    assert reply.payload.deals_moved == 2
    assert owners(mine, lost, other) == [rick.user_id, rosa.user_id, rick.user_id]
    line = OpportunityChange.objects.get(opportunity_id=mine.id, field="owner", version=2)
    assert (line.old, line.new, line.changed_by_id) == (rosa.user_id, rick.user_id, max_.user_id)
    back = undo(reply, max_)
    assert owners(mine, lost, other) == before
    assert Account.objects.get(pk=account.pk).owner_id == rosa.user_id
    assert "2 open opportunities went back" in str(back.payload)
    undo(back, max_)
    assert owners(mine, lost, other) == [rick.user_id, rosa.user_id, rick.user_id]
    assert Account.objects.get(pk=account.pk).owner_id == rick.user_id


def test_it_writes_what_the_one_writer_writes(
    opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    """The same as giving each away by itself: row, history and what was before, but for the batch."""
    along, alone = opened(name="Along"), opened(name="Alone")
    do("updateOpportunity", max_, opportunityId=alone.id, version=1, ownerId=rick.user_id)
    assign(max_, account, rick, withOpenDeals=True)
    rows = [Opportunity.objects.filter(pk=each.id).values().get() for each in (along, alone)]
    for row in rows:
        del row["id"], row["name"]
    assert rows[0] == rows[1]
    plain = ("version", "field", "old", "new", "valid_from", "recorded_at", "changed_by_id")
    lines = [list(OpportunityChange.objects.filter(opportunity_id=each.id, version=2).values(*plain))
             for each in (along, alone)]  # fmt: skip
    assert lines[0] == lines[1] != []


def test_to_nobody_goes_only_what_needs_no_owner(opened: Opened, account: Account, rosa: Actor, max_: Actor) -> None:
    free, held = opened(name="Free"), opened(name="Held")
    do("moveStage", rosa, opportunityId=held.id, version=1, toStage="discovery")
    Stage.objects.filter(key="discovery").update(required=["ownerId"])
    assert assign(max_, account, None, withOpenDeals=True).payload.deals_moved == 1
    assert owners(free, held) == [None, rosa.user_id]


def test_a_deal_that_was_changed_since_stays_and_the_undo_says_so(
    opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    first, second = opened(name="First"), opened(name="Second")
    reply = assign(max_, account, rick, withOpenDeals=True)
    do("updateOpportunity", rick, opportunityId=second.id, version=2, nextStep="Call")
    back = undo(reply, max_)
    assert owners(first, second) == [rosa.user_id, rick.user_id]
    assert "was changed since" in str(back.payload)


def test_no_deal_of_another_account_comes_back_by_its_batch(
    opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    deal = opened()
    went = assign(max_, account, rick, withOpenDeals=True).payload
    other = editing.create(values={"name": "Other"}, owner_id=rick.user_id, at=NOON, by=rick)
    answer = assign(max_, other, rosa, dealsBatchId=went.deals_batch_id).payload
    assert (answer.deals_moved, owners(deal)) == (0, [rick.user_id])


def test_a_manager_gives_away_only_what_they_may_write(
    opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor
) -> None:
    """Max sees the accounts of his team alone: those of others go nowhere, and neither do their deals."""
    deal = opened()
    values.save(section=Visibility, values={"managers": "team"}, expected_version=0, by=max_, at=NOON)
    team = Team.objects.create(name="North", created_at=NOON)
    User.objects.filter(pk=max_.user_id).update(team=team)
    max_ = actor_of(User.objects.get(pk=max_.user_id))
    own = editing.create(values={"name": "Own"}, owner_id=max_.user_id, at=NOON, by=max_)
    Account.objects.filter(pk=own.pk).update(team=team)
    done = do("bulkUpdateAccounts", max_, accountIds=[account.pk, own.pk], withOpenDeals=True,
              changes={"ownerId": rick.user_id})  # fmt: skip
    assert (done.matched, done.deals_moved, owners(deal)) == (1, 0, [rosa.user_id])


def test_many_at_once_go_and_come_back(opened: Opened, account: Account, rosa: Actor, rick: Actor, max_: Actor) -> None:
    others = [editing.create(values={"name": f"No {n}"}, owner_id=rosa.user_id, at=NOON, by=rosa) for n in range(3)]
    deals = [opened(), *(do("createOpportunity", rosa, accountId=each.pk) for each in others)]
    keys = [account.pk, *(each.pk for each in others)]
    Account.objects.filter(pk=others[0].pk).update(owner=rick.user_id)  # it changes no hands, and neither does its deal
    reply = told("bulkUpdateAccounts", max_, accountIds=keys, changes={"ownerId": rick.user_id}, withOpenDeals=True)
    assert (reply.payload.changed, reply.payload.deals_moved) == (3, 3)
    assert owners(*deals) == [rick.user_id, rosa.user_id, rick.user_id, rick.user_id]
    do("updateOpportunity", rick, opportunityId=deals[3].id, version=2, nextStep="Call")
    back = undo(reply, max_)
    assert owners(*deals) == [rosa.user_id, rosa.user_id, rosa.user_id, rick.user_id]
    said = str(back.payload)
    assert "2 open opportunities went back" in said
    assert "1 open opportunity was changed since" in said
    undo(back, max_)
    assert owners(*deals) == [rick.user_id, rosa.user_id, rick.user_id, rick.user_id]


def test_deals_go_along_only_with_a_new_owner(account: Account, max_: Actor) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("bulkUpdateAccounts", max_, accountIds=[account.pk], changes={"status": "client"}, withOpenDeals=True)
    assert "changes.ownerId" in refusal.value.fields


def test_rules_hear_of_every_deal_that_went(opened: Opened, account: Account, rick: Actor, max_: Actor) -> None:
    interest.forget()
    do("saveAutomationRule", max_, name="New hands", trigger="owner_changed", isActive=True,
       actions=[{"kind": "add_tag", "tag": "handed"}])  # fmt: skip
    opened(), opened()
    assign(max_, account, rick, withOpenDeals=True)
    fired = do("getRuleFirings", max_, ruleId=AutomationRule.objects.get().pk).items
    assert len(fired) + WaitingEvent.objects.count() == 2
    interest.forget()
