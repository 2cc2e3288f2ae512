"""What was so at any moment, rebuilt from the history, against a model that remembers everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, AppError
from headhaul.pipeline.choices import Tracked
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.selectors import history
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 1, 15, tzinfo=UTC)
STAGES = ["prospecting", "discovery", "proposal", "negotiation"]

steps = st.lists(
    st.tuples(
        st.integers(1, 400),  # hours until it is said
        st.integers(0, 300),  # hours for which it has been so
        st.one_of(
            st.tuples(st.just("amountCents"), st.integers(1, 10**9)),
            st.tuples(st.just("closeOn"), st.dates(date(2026, 1, 1), date(2028, 1, 1)).map(str)),
            st.tuples(st.just("ownerId"), st.sampled_from(["rosa", "rick"])),
            st.tuples(st.just("toStage"), st.sampled_from(STAGES)),
        ),
    ),
    max_size=8,
)


def facts(opportunity: Opportunity) -> dict[Tracked, Any]:
    return {
        Tracked.STAGE: opportunity.stage_id,
        Tracked.AMOUNT: opportunity.amount_cents,
        Tracked.CLOSE_ON: opportunity.close_on,
        Tracked.OWNER: opportunity.owner_id,
    }


@given(steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_past_moment_is_rebuilt(account: Account, rosa: Actor, rick: Actor, max_: Actor, steps: Any) -> None:
    people = {"rosa": rosa.user_id, "rick": rick.user_id}
    data = {"accountId": account.pk, "amountCents": 1, "closeOn": "2026-08-01"}
    made = do("createOpportunity", rosa, at=START, **data)
    told: list[tuple[datetime, datetime, dict[Tracked, Any]]] = []

    def note(said_at: datetime, since: datetime) -> None:
        told.append((said_at, since, facts(Opportunity.objects.select_related("stage").get(pk=made.id))))

    note(START, START)
    now, version = START, 1
    for hours, back, (field, value) in steps:
        now += timedelta(hours=hours)
        since = max(now - timedelta(hours=back), START)
        given = {field: people.get(value, value), "effectiveAt": since.isoformat()}
        action = "moveStage" if field == "toStage" else "updateOpportunity"
        try:
            version = do(action, max_, at=now, opportunityId=made.id, version=version, **given).version
        except AppError:  # earlier than its stage, or a stage without its facts: nothing was changed
            continue
        note(now, since)

    moments = sorted({moment for said, since, _ in told for moment in (said, since)})
    for moment in [*moments, *(each + timedelta(minutes=30) for each in moments)]:
        rebuilt = history.as_of(moment, opportunity_ids=[made.id])[made.id]
        for field in history.REBUILT:
            assert rebuilt[field] == expected(told, field, moment), (field, moment)
        for known in moments[::2]:
            seen = history.as_of(moment, opportunity_ids=[made.id], known_at=known).get(made.id)
            heard = [entry for entry in told if entry[0] <= known]
            assert (seen or {}) == {field: expected(heard, field, moment) for field in history.REBUILT}
    assert history.as_of(START - timedelta(seconds=1)) == {}


def expected(told: list[tuple[datetime, datetime, dict[Tracked, Any]]], field: Tracked, moment: datetime) -> Any:
    """The latest word that speaks of the moment."""
    value = told[0][2][field]
    for (_, _, before), (_, since, after) in pairwise(told):
        if after[field] != before[field] and since <= moment:
            value = after[field]
    return value


def test_a_removed_one_is_not_there_after_it_was_removed(account: Account, rosa: Actor, max_: Actor) -> None:
    made = do("createOpportunity", rosa, at=START, accountId=account.pk)
    do("removeOpportunity", max_, at=START + timedelta(days=2), opportunityId=made.id, version=1)
    assert made.id in history.as_of(START + timedelta(days=1))
    assert made.id not in history.as_of(START + timedelta(days=3))


def test_the_way_through_the_stages_counts_working_days(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, at=START, accountId=account.pk)  # a Monday
    do("moveStage", rosa, at=START + timedelta(days=7), opportunityId=made.id, version=1, toStage="discovery")
    shown = do("getOpportunity", rosa, at=START + timedelta(days=10), opportunityId=made.id)
    assert [(stay.stage, stay.days) for stay in shown.path] == [("prospecting", 5), ("discovery", 3)]
    assert [entry.field for entry in shown.history][:1] == ["stage"]
