"""Settings change while messages leave: the next one goes by what holds then, whoever changed it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.outreach.models import Message, SendAttempt
from headhaul.preferences.models import StoredSection
from tests.outreach.delivery.conftest import Plan, deliver

pytestmark = pytest.mark.django_db(transaction=True)


def changed_elsewhere(section: str, **values: object) -> None:
    """As another process would: nothing in this one is told."""
    row = StoredSection.objects.get(key=section)
    row.values, row.version = row.values | values, row.version + 1
    row.save()


def test_a_limit_that_another_process_set_to_nothing_stops_the_very_next_message(plan: Plan) -> None:
    plan("one")
    plan("two")
    assert deliver(limit=1)["accepted"] == 1
    changed_elsewhere("caps", firmEmail=0)
    assert deliver().ended == {"deferred": 1}
    assert SendAttempt.objects.count() == 1
    assert Message.objects.get(state="queued").held_rule == "cap_firm"


def test_an_address_that_another_process_changed_stands_in_the_very_next_mail(plan: Plan) -> None:
    plan("one")
    deliver()
    changed_elsewhere("firm", postalAddress="")
    plan("two")
    assert deliver()["accepted"] == 0


def test_settings_are_asked_for_twice_a_message(plan: Plan) -> None:
    for key in ("one", "two", "three"):
        plan(key)
    with CaptureQueriesContext(connection) as queries:
        assert deliver()["accepted"] == 3
    asked = [each for each in queries if "preferences_storedsection" in each["sql"]]
    assert len(asked) == 2 * 3
