"""Opening, changing, moving, closing: what each does, what it refuses, and that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact
from headhaul.activities.models import Activity
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound
from headhaul.pipeline.errors import FieldsRequired, NoSuchStage, NotOpen, StaleOpportunity
from headhaul.pipeline.models import Opportunity, OpportunityChange
from headhaul.security.models import User
from tests.factories.market import NOON, TODAY, carrier
from tests.pipeline.doing import do, told, undo

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
Opened = Callable[..., Any]


def state(opportunity_id: int) -> dict[str, Any]:
    """Everything but what counts changes."""
    row = Opportunity.objects.filter(pk=opportunity_id).values().get()
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


def test_a_new_one_has_the_accounts_name_owner_and_signal(opened: Opened, account: Account, rosa: Actor) -> None:
    made = opened()
    row = Opportunity.objects.get(pk=made.id)
    assert (made.name, made.stage, made.owner.id) == (account.name, "prospecting", rosa.user_id)
    assert (row.signal_day, row.signal_score_hundredths, row.signal_drivers) == (TODAY, 8200, 20)
    account.refresh_from_db()
    assert account.status == "prospecting"
    facts = OpportunityChange.objects.filter(opportunity_id=made.id).values_list("field", flat=True)
    assert set(facts) == {"stage", "owner", "category", "name"}


def test_whoever_opens_it_owns_it_when_the_accounts_owner_has_left(account: Account, rosa: Actor, rick: Actor) -> None:
    User.objects.filter(pk=rosa.user_id).update(is_active=False)
    assert do("createOpportunity", rick, accountId=account.pk).owner.id == rick.user_id


def test_a_usdot_number_finds_or_opens_the_account(rosa: Actor) -> None:
    carrier(77, legal_name="SEVEN SEVEN LLC")
    first = do("createOpportunity", rosa, dotNumber=77)
    assert do("createOpportunity", rosa, dotNumber=77, name="Second").account_id == first.account_id
    with pytest.raises(NotFound):
        do("createOpportunity", rosa, dotNumber=78)
    with pytest.raises(InvalidData):
        do("createOpportunity", rosa)


def test_a_stage_is_entered_with_what_it_asks_for(opened: Opened, contact: Contact, rosa: Actor) -> None:
    made = opened()
    with pytest.raises(FieldsRequired) as refusal:
        do("moveStage", rosa, opportunityId=made.id, version=1, toStage="negotiation")
    assert set(refusal.value.fields) == {"amountCents", "closeOn", "decisionMakerId"}
    moved = do(
        "moveStage", rosa, opportunityId=made.id, version=1, toStage="negotiation",
        amountCents=120_000_00, closeOn="2026-12-31", decisionMakerId=contact.pk,
    )  # fmt: skip
    assert (moved.stage, moved.category, moved.version, moved.probability) == ("negotiation", "commit", 2, 75)
    line = Activity.objects.get(opportunity_id=made.id, type="stage_change")
    assert line.subject.endswith("Prospecting → Negotiation")
    with pytest.raises(FieldsRequired):
        do("updateOpportunity", rosa, opportunityId=made.id, version=2, amountCents=None)


def test_the_second_mover_sees_what_the_first_did(opened: Opened, rosa: Actor, rick: Actor) -> None:
    made = opened()
    do("moveStage", rick, opportunityId=made.id, version=1, toStage="discovery")
    with pytest.raises(StaleOpportunity) as conflict:
        do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery")
    assert "Rick moved it to Discovery (Nov 20, 06:00 CST)" in conflict.value.message
    assert conflict.value.fields["stage"] == "now discovery"
    assert conflict.value.current == 2


def test_a_stage_that_is_not_there_is_answered_with_those_that_are(opened: Opened, rosa: Actor) -> None:
    with pytest.raises(NoSuchStage) as refusal:
        do("moveStage", rosa, opportunityId=opened().id, version=1, toStage="demo")
    assert "prospecting, discovery, proposal" in refusal.value.message


def test_lost_needs_a_reason_and_won_makes_a_client(opened: Opened, account: Account, rosa: Actor) -> None:
    first, second = opened(), opened(name="Second")
    with pytest.raises(FieldsRequired):
        do("moveStage", rosa, opportunityId=first.id, version=1, toStage="closed_lost")
    with pytest.raises(FieldsRequired):
        do("closeOpportunity", rosa, opportunityId=first.id, version=1, outcome="lost")
    lost = do("closeOpportunity", rosa, opportunityId=first.id, version=1, outcome="lost", reason="Price")
    assert (lost.kind, lost.category, lost.lost_reason) == ("lost", "omitted", "Price")
    with pytest.raises(NotOpen):
        do("closeOpportunity", rosa, opportunityId=first.id, version=2, outcome="won", amountCents=1)
    won = do("closeOpportunity", rosa, opportunityId=second.id, version=1, outcome="won", amountCents=5_000_00)
    assert (won.kind, won.category, won.close_on, won.closed_at) == ("won", "closed", TODAY, NOON)
    account.refresh_from_db()
    assert account.status == "client"


def test_what_was_signed_last_friday_was_won_last_friday(opened: Opened, rosa: Actor) -> None:
    made = opened(effectiveAt="2026-10-01T15:00:00Z")
    friday = NOON - timedelta(days=7)
    won = do(
        "closeOpportunity", rosa, opportunityId=made.id, version=1, outcome="won", amountCents=1,
        effectiveAt=friday.isoformat(),
    )  # fmt: skip
    assert (won.closed_at, won.close_on) == (friday, friday.date())
    change = OpportunityChange.objects.get(opportunity_id=made.id, field="stage", version=2)
    assert (change.valid_from, change.recorded_at) == (friday, NOON)


@pytest.mark.parametrize("when", ["2026-11-20T12:00:01Z", "2026-09-30T00:00:00Z"])
def test_nothing_is_so_in_the_future_nor_before_it_began(opened: Opened, rosa: Actor, when: str) -> None:
    made = opened(effectiveAt="2026-10-01T15:00:00Z")
    with pytest.raises(InvalidData) as refusal:
        do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery", effectiveAt=when)
    assert "effectiveAt" in refusal.value.fields


def test_pushes_count_later_months_only(opened: Opened, rosa: Actor) -> None:
    made = opened(closeOn="2026-11-10")
    days = ["2026-11-30", "2026-12-01", "2026-10-01", "2027-01-01", None, "2027-03-01"]
    counts = []
    for version, day in enumerate(days, start=1):
        done = do("updateOpportunity", rosa, opportunityId=made.id, version=version, closeOn=day)
        counts.append(done.pushes)
    assert counts == [0, 1, 1, 2, 2, 2]


def test_a_category_that_a_person_set_stays_through_moves(opened: Opened, rosa: Actor) -> None:
    made = opened(amountCents=1, closeOn="2026-12-01")
    do("setForecastCategory", rosa, opportunityId=made.id, version=1, category="commit")
    assert do("moveStage", rosa, opportunityId=made.id, version=2, toStage="proposal").category == "commit"
    assert do("setForecastCategory", rosa, opportunityId=made.id, version=3, category=None).category == "best_case"
    with pytest.raises(InvalidData):
        do("setForecastCategory", rosa, opportunityId=made.id, version=4, category="closed")


def test_reopening_goes_back_to_the_last_open_stage(opened: Opened, rosa: Actor) -> None:
    made = opened()
    do("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery")
    do("closeOpportunity", rosa, opportunityId=made.id, version=2, outcome="lost", reason="No decision")
    again = do("reopenOpportunity", rosa, opportunityId=made.id, version=3)
    assert (again.stage, again.kind, again.closed_at, again.lost_reason) == ("discovery", "open", None, "")


def test_the_decision_maker_and_the_committee_are_people_of_the_account(
    opened: Opened, contact: Contact, rosa: Actor
) -> None:
    carrier(9)
    other = do("createOpportunity", rosa, dotNumber=9)
    for field, value in (("decisionMakerId", contact.pk), ("contactIds", [contact.pk])):
        with pytest.raises(InvalidData) as refusal:
            do("updateOpportunity", rosa, opportunityId=other.id, version=1, **{field: value})
        assert field in refusal.value.fields
    made = opened(contactIds=[contact.pk])
    assert [each.id for each in do("getOpportunity", rosa, opportunityId=made.id).committee] == [contact.pk]


def test_a_rep_gives_away_what_is_theirs_and_a_manager_what_is_anybodys(
    opened: Opened, rosa: Actor, rick: Actor, max_: Actor, vera: Actor
) -> None:
    made = opened()
    with pytest.raises(Forbidden):
        do("updateOpportunity", rick, opportunityId=made.id, version=1, ownerId=rick.user_id)
    with pytest.raises(InvalidData):
        do("updateOpportunity", max_, opportunityId=made.id, version=1, ownerId=vera.user_id)
    assert do("updateOpportunity", max_, opportunityId=made.id, version=1, ownerId=rick.user_id).owner.name == "Rick"


def test_a_change_without_a_difference_is_none(opened: Opened, rosa: Actor) -> None:
    made = opened(amountCents=100)
    reply = told("updateOpportunity", rosa, opportunityId=made.id, version=1, amountCents=100)
    assert (reply.payload.version, reply.undo_id) == (1, None)


CHANGES = {
    "update": (
        "updateOpportunity",
        {"name": "New name", "nextStep": "Call", "nextStepOn": "2026-12-02", "amountCents": 7, "closeOn": "2027-02-01"},
    ),
    "move": ("moveStage", {"toStage": "proposal", "amountCents": 9_00}),
    "won": ("closeOpportunity", {"outcome": "won", "note": "Signed", "amountCents": 3}),
    "lost": ("closeOpportunity", {"outcome": "lost", "reason": "Price"}),
    "category": ("setForecastCategory", {"category": "commit"}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_can_be_taken_back_and_that_too(
    opened: Opened, account: Account, contact: Contact, rosa: Actor, kind: str
) -> None:
    made = opened(closeOn="2026-12-20", amountCents=5)
    before, status = state(made.id), Account.objects.get().status
    name, data = CHANGES[kind]
    reply = told(name, rosa, at=LATER, opportunityId=made.id, version=1, **data)
    after = state(made.id)
    back = undo(reply, rosa, at=LATER + timedelta(minutes=1))
    assert state(made.id) == before
    assert Account.objects.get().status == status
    undo(back, rosa, at=LATER + timedelta(minutes=2))
    assert state(made.id) == after


def test_the_committee_goes_back_too(opened: Opened, contact: Contact, rosa: Actor) -> None:
    made = opened()
    reply = told("updateOpportunity", rosa, opportunityId=made.id, version=1, contactIds=[contact.pk])
    assert reply.payload.version == 2
    undo(reply, rosa)
    assert do("getOpportunity", rosa, opportunityId=made.id).committee == []


def test_what_was_changed_since_stands_in_the_way_of_undoing(opened: Opened, rosa: Actor, rick: Actor) -> None:
    made = opened()
    reply = told("moveStage", rosa, opportunityId=made.id, version=1, toStage="discovery")
    do("updateOpportunity", rick, opportunityId=made.id, version=2, nextStep="Call back")
    with pytest.raises(Exception, match="Rick changed the next step to “Call back”") as refusal:
        undo(reply, rosa)
    assert refusal.value.code == "undo_too_late"  # type: ignore[attr-defined]


def test_what_was_removed_comes_back_as_it_was(opened: Opened, contact: Contact, rosa: Actor, max_: Actor) -> None:
    made = opened(contactIds=[contact.pk], decisionMakerId=contact.pk, amountCents=8)
    before = state(made.id)
    with pytest.raises(Forbidden):
        do("removeOpportunity", rosa, opportunityId=made.id, version=1)
    reply = told("removeOpportunity", max_, opportunityId=made.id, version=1)
    with pytest.raises(NotFound):
        do("getOpportunity", rosa, opportunityId=made.id)
    again = undo(reply, max_)
    assert state(made.id) == before
    assert len(do("getOpportunity", rosa, opportunityId=made.id).committee) == 1
    undo(again, max_)
    assert not Opportunity.objects.exists()


def test_undoing_a_new_one_leaves_the_account_as_it_was(account: Account, rosa: Actor) -> None:
    reply = told("createOpportunity", rosa, accountId=account.pk)
    undo(reply, rosa)
    account.refresh_from_db()
    assert (Opportunity.objects.count(), account.status) == (0, "target")
