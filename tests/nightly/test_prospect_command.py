"""`headhaul prospect`: tonight's run in the foreground, past days rebuilt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from headhaul.accounts.models import Account
from headhaul.carriers.models import SignalDay
from headhaul.kernel import Actor
from tests.factories.pool import town

pytestmark = pytest.mark.django_db(transaction=True)


def prospect(*arguments: str) -> str:
    said = StringIO()
    call_command("prospect", *arguments, stdout=said)
    return said.getvalue()


def test_the_report_says_what_was_done_and_left_out(rosa: Actor) -> None:
    town(carriers=60, drivers=200, today=datetime.now(UTC).date())
    said = prospect()
    assert "Open accounts and hand them out" in said
    assert f"{Account.objects.count()} opened" in said
    assert "no driver fits" in said or "left out" in said


def test_past_days_are_rebuilt_and_kept_days_are_left(rosa: Actor) -> None:
    today = datetime.now(UTC).date()
    town(carriers=30, drivers=60, today=today)
    prospect()
    said = prospect("--backfill", "4", "--every", "2")
    assert list(SignalDay.objects.order_by("day").values_list("day", flat=True)) == [
        today - timedelta(days=4), today - timedelta(days=2), today
    ]  # fmt: skip
    assert said.count("rebuilt:") == 2
    assert "rebuilt:" in prospect("--as-of", str(today - timedelta(days=4)))
    SignalDay.objects.filter(day=today - timedelta(days=2)).update(computed_at=datetime.now(UTC) - timedelta(days=2))
    assert "kept:" in prospect("--as-of", str(today - timedelta(days=2)))


def test_the_future_cannot_be_rebuilt() -> None:
    with pytest.raises(CommandError):
        prospect("--as-of", str(datetime.now(UTC).date() + timedelta(days=1)))
