"""The factories of outreach keep to what the tables promise."""

from __future__ import annotations

import pytest

from headhaul.compliance.selectors import standing
from headhaul.outreach.choices import MessageState
from headhaul.outreach.models import Message
from tests.factories import outreach

pytestmark = pytest.mark.django_db


def test_people_live_in_eight_places_and_agreed() -> None:
    people = outreach.people_in_zones(16)
    assert len({person.timezone for person in people}) == len(outreach.PLACES)
    number = outreach.address_of(people[0], "sms")  # what is not said of e-mail is no refusal
    assert {str(c) for c, said in standing([number], at=outreach.NOON)[number].items() if said.is_allowed} == {
        "email",
        "sms",
        "call",
    }


@pytest.mark.parametrize("state", list(MessageState))
def test_a_message_can_be_in_any_state(state: MessageState) -> None:
    inside = outreach.enrolment(outreach.sequence(), outreach.contact())
    made = outreach.message(of=inside, state=state, step_key="hello")
    outreach.event(made, "opened", grade="unknown")
    assert Message.objects.get(pk=made.pk).events.count() == 1
