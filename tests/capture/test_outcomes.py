"""What became of leads, from their opportunities and accounts; and back again when that is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.capture.models import Lead
from headhaul.capture.services import outcomes
from headhaul.kernel import Actor
from tests.capture.doing import captured, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def state(lead: Any) -> tuple[str | None, str]:
    row = Lead.objects.get(pk=lead.lead_id)
    return row.outcome, row.status


def close(by: Actor, opportunity_id: int, *, at: Any = NOON + DAY, **more: Any) -> Any:
    version = do("getOpportunity", by, opportunityId=opportunity_id).version
    return do("closeOpportunity", by, opportunityId=opportunity_id, version=version, at=at, **more)


def test_an_opportunity_won_makes_its_lead_won_at_once(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    close(rosa, lead.opportunity_id, outcome="won")
    assert state(lead) == ("won", "converted")
    assert Lead.objects.get(pk=lead.lead_id).outcome_at == NOON + DAY


def test_one_lost_is_noted_and_taken_back_when_it_is_reopened(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    lost = close(rosa, lead.opportunity_id, outcome="lost", reason="Price")
    outcomes.settle(at=NOON + 2 * DAY)
    assert state(lead)[0] == "lost"
    assert outcomes.settle(at=NOON + 2 * DAY) == {"tied": 0, "won": 0, "lost": 0, "unknown": 0}
    do("reopenOpportunity", rosa, opportunityId=lead.opportunity_id, version=lost.version, toStage="discovery",
       at=NOON + 3 * DAY)  # fmt: skip
    outcomes.settle(at=NOON + 3 * DAY)
    assert state(lead)[0] is None


def test_one_won_that_is_reopened_and_lost_is_lost(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    won = close(rosa, lead.opportunity_id, outcome="won")
    reopen = {"opportunityId": lead.opportunity_id, "version": won.version, "toStage": "discovery"}
    do("reopenOpportunity", rosa, at=NOON + 2 * DAY, **reopen)
    assert Account.objects.get(pk=lead.account_id).status == "client", "nobody has said otherwise"
    outcomes.settle(at=NOON + 2 * DAY)
    assert state(lead) == (None, "qualified")
    close(rosa, lead.opportunity_id, outcome="lost", reason="Price", at=NOON + 3 * DAY)
    outcomes.settle(at=NOON + 3 * DAY)
    assert state(lead) == ("lost", "qualified")


def test_all_that_between_two_looks_is_lost_as_well(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    won = close(rosa, lead.opportunity_id, outcome="won")
    reopen = {"opportunityId": lead.opportunity_id, "version": won.version, "toStage": "discovery"}
    do("reopenOpportunity", rosa, at=NOON + 2 * DAY, **reopen)
    close(rosa, lead.opportunity_id, outcome="lost", reason="Price", at=NOON + 2 * DAY)
    account = Account.objects.get(pk=lead.account_id)
    do("updateAccount", rosa, accountId=account.pk, version=account.version, status="target", at=NOON + 2 * DAY)
    outcomes.settle(at=NOON + 2 * DAY)
    assert state(lead) == ("lost", "qualified")


def test_another_deal_that_is_won_within_a_year_makes_it_won(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    close(rosa, lead.opportunity_id, outcome="lost", reason="Price")
    again = do("createOpportunity", rosa, accountId=lead.account_id, amountCents=900_00, at=NOON + 30 * DAY)
    close(rosa, again.id, outcome="won", at=NOON + 60 * DAY)
    outcomes.settle(at=NOON + 60 * DAY)
    assert state(lead) == ("won", "converted")
    assert Lead.objects.get(pk=lead.lead_id).outcome_at == NOON + 60 * DAY


def test_what_a_company_signs_years_later_is_not_the_lead_s_doing(rosa: Actor) -> None:
    lead = captured(rosa)
    account = Account.objects.get(pk=lead.account_id)
    do("updateAccount", rosa, accountId=account.pk, version=account.version, status="client", at=NOON + 400 * DAY)
    outcomes.settle(at=NOON + 400 * DAY)
    assert state(lead)[0] is None


def test_a_lead_without_opportunity_is_tied_to_the_first_one_opened_afterwards(rosa: Actor) -> None:
    lead = captured(rosa)
    opened = do("createOpportunity", rosa, accountId=lead.account_id, at=NOON + DAY)
    outcomes.settle(at=NOON + DAY)
    assert Lead.objects.get(pk=lead.lead_id).opportunity_id == opened.id


def test_a_company_that_signs_makes_its_leads_won(rosa: Actor) -> None:
    lead = captured(rosa)
    account = Account.objects.get(pk=lead.account_id)
    do("updateAccount", rosa, accountId=account.pk, version=account.version, status="client", at=NOON + DAY)
    assert state(lead) == ("won", "converted")


def test_a_lead_of_whoever_was_a_client_before_is_no_success_of_it(rosa: Actor) -> None:
    first = captured(rosa)
    account = Account.objects.get(pk=first.account_id)
    do("updateAccount", rosa, accountId=account.pk, version=account.version, status="client", at=NOON + DAY)
    later = captured(rosa, at=NOON + 40 * DAY)
    outcomes.settle(at=NOON + 41 * DAY)
    assert state(later)[0] is None


def test_whoever_is_disqualified_is_lost_and_known_again_when_reopened(rosa: Actor) -> None:
    lead = captured(rosa)
    do("disqualifyLead", rosa, leadId=lead.lead_id, reason="No trucks")
    assert state(lead) == ("lost", "disqualified")
    account = Account.objects.get(pk=lead.account_id)
    do("updateAccount", rosa, accountId=account.pk, version=account.version, status="client", at=NOON + DAY)
    outcomes.settle(at=NOON + DAY)
    assert state(lead) == ("lost", "disqualified"), "whoever was no business of ours is none by signing something else"
    do("reopenLead", rosa, leadId=lead.lead_id)
    assert state(lead) == (None, "new")


def test_junk_and_doubles_have_no_outcome(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    lead = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana")
    close(rosa, lead.opportunity_id, outcome="won")
    outcomes.settle(at=NOON + 2 * DAY)
    assert Lead.objects.filter(outcome="won").count() == 1
