"""The queue: hot ones first, page by page, for who may see them; and what people do with a lead, and take back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.activities.models import Activity, Notification
from headhaul.capture.errors import LeadState, StaleLead
from headhaul.capture.models import Lead
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound
from headhaul.preferences.services import values
from tests.capture.doing import captured, do, undone
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(rosa: Actor, fair: Any, hot_carrier: int) -> list[int]:
    """A hot one in the middle of colder ones."""
    ids = []
    for number in range(7):
        company = {"dotNumber": hot_carrier} if number == 3 else {"company": f"Firm {number} of Waco", "state": "TX"}
        at = NOON + timedelta(minutes=number)
        ids.append(captured(rosa, eventId=fair.id, contactName=f"P{number}", at=at, **company).lead_id)
    return ids


def pages(actor: Actor, **asked: Any) -> list[int]:
    seen, cursor = [], None
    while True:
        found = do("getLeadQueue", actor, limit=3, **asked, **({"cursor": cursor} if cursor else {}))
        seen += [row.id for row in found.items]
        cursor = found.next_cursor
        if cursor is None:
            return seen


def test_hot_ones_come_first_then_the_newest(vera: Actor, many: list[int]) -> None:
    hot = many[3]
    assert pages(vera) == [hot, *[key for key in reversed(many) if key != hot]]
    assert pages(vera, order="newest") == many[::-1]


def test_a_cursor_of_another_order_is_refused(vera: Actor, many: list[int]) -> None:
    cursor = do("getLeadQueue", vera, limit=2).next_cursor
    with pytest.raises(InvalidData):
        do("getLeadQueue", vera, limit=2, cursor=cursor, order="newest")


def test_filters_narrow_it(vera: Actor, rick: Actor, many: list[int], fair: Any) -> None:
    do("disqualifyLead", rick, leadId=many[0], reason="No trucks")
    assert set(pages(vera)) == set(many[1:])
    assert pages(vera, status="disqualified") == [many[0]]
    assert pages(vera, grade="hot") == [many[3]]
    assert pages(vera, owner="me") == []
    assert pages(vera, owner="none") == []
    assert len(pages(vera, eventId=fair.id, source="trade_show", status="all")) == 7
    assert pages(vera, source="referral") == []
    late = do("getLeadQueue", vera, isLate=True, at=NOON + timedelta(days=30))
    assert len(late.items) == 6
    assert all(row.is_late for row in late.items)


def test_who_sees_only_their_own_sees_their_own_and_what_they_took_down(
    rosa: Actor, rick: Actor, max_: Actor, ada: Actor
) -> None:
    mine = captured(rosa)
    other = captured(rick, company="Ricks", contactName="Al")
    do("saveLeadRouting", max_, version=0,
       rules=[{"key": "all", "name": "All", "takers": [{"userId": rick.user_id}]}])  # fmt: skip
    given_away = captured(rosa, company="For Rick", contactName="Bo")
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    values.forget()
    assert set(pages(rosa)) == {mine.lead_id, given_away.lead_id}
    assert set(pages(rick)) == {other.lead_id, given_away.lead_id}
    with pytest.raises(NotFound):
        do("getLead", rosa, leadId=other.lead_id)
    with pytest.raises(NotFound):
        do("updateLead", rosa, leadId=other.lead_id, version=1, status="working")
    assert len(pages(ada)) == 3


def test_a_rep_joins_an_account_they_may_not_see_instead_of_doubling_it(
    rosa: Actor, rick: Actor, ada: Actor, hot_carrier: int
) -> None:
    theirs = captured(rick, dotNumber=hot_carrier, contactName="Dana")
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    values.forget()
    done = captured(rosa, dotNumber=hot_carrier, contactName="Walt")
    assert (done.account_id, done.owner.name) == (theirs.account_id, "Rick")
    assert done.opportunity_id == theirs.opportunity_id


def test_a_change_is_made_by_one_at_a_time_and_taken_back(rosa: Actor) -> None:
    lead = captured(rosa)
    undone("updateLead", rosa, leadId=lead.lead_id, version=1, status="qualified", note="Good.", tags=["warm one"])
    row = Lead.objects.get(pk=lead.lead_id)
    assert (row.status, row.note, row.tags, row.version) == ("new", "", [], 3)
    with pytest.raises(StaleLead):
        do("updateLead", rosa, leadId=lead.lead_id, version=1, status="working")


def test_disqualifying_is_taken_back_to_where_it_was(rosa: Actor) -> None:
    lead = captured(rosa)
    do("updateLead", rosa, leadId=lead.lead_id, version=1, status="qualified")
    undone("disqualifyLead", rosa, leadId=lead.lead_id, reason="No trucks")
    assert do("getLead", rosa, leadId=lead.lead_id).status == "qualified"
    do("disqualifyLead", rosa, leadId=lead.lead_id, reason="No trucks")
    with pytest.raises(LeadState):
        do("disqualifyLead", rosa, leadId=lead.lead_id, reason="Again")
    undone("reopenLead", rosa, leadId=lead.lead_id)
    assert do("getLead", rosa, leadId=lead.lead_id).status_reason == "No trucks"


def test_a_lead_is_handed_over_with_its_task_and_its_new_owner_is_told(rosa: Actor, rick: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    with pytest.raises(Forbidden):
        do("updateLead", rick, leadId=lead.lead_id, version=1, ownerId=rick.user_id)
    done = do("updateLead", max_, leadId=lead.lead_id, version=1, ownerId=rick.user_id)
    assert (done.owner.name, done.routed) == ("Rick", "Max gave it to Rick.")
    assert [step.by for step in done.routing] == ["person", "capturer"]
    assert Activity.objects.get(pk=lead.follow_up_id).owner_id == rick.user_id
    assert Notification.objects.filter(user_id=rick.user_id, kind="lead").count() == 1


def test_a_double_is_not_worked_on_but_its_lead_is(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id)
    captured(rosa, eventId=fair.id)
    double = Lead.objects.get(merged_into=first.lead_id)
    with pytest.raises(LeadState) as refusal:
        do("disqualifyLead", rosa, leadId=double.pk, reason="x")
    assert refusal.value.fields["leadId"] == str(first.lead_id)
    assert do("getLead", rosa, leadId=first.lead_id).doubles == 1


def test_a_lead_is_found_by_the_id_it_was_sent_with(rosa: Actor) -> None:
    lead = captured(rosa, note="Words.")
    found = do("getLead", rosa, clientId=lead.client_id)
    assert (found.id, found.note, found.as_given["note"]) == (lead.lead_id, "Words.", "Words.")
    with pytest.raises(InvalidData):
        do("getLead", rosa)
