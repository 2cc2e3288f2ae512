"""Limits: of the firm, the user, the sender and the recipient; never one more gets through, whoever asks at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from headhaul.compliance.judging.rows import RollingCap
from headhaul.compliance.judging.words import Cap
from headhaul.compliance.models import CapUse, Touch
from headhaul.compliance.ports import SenderTerms
from headhaul.compliance.preferences import Caps
from headhaul.compliance.schemas import Throttle
from headhaul.compliance.selectors import caps as reading
from headhaul.compliance.services import caps
from headhaul.kernel import SYSTEM
from headhaul.preferences.services import values
from tests.cast import NOON

JOE, NUMBER = "joe@fleet.example", "+12145550100"
CHICAGO = ("America/Chicago",)


@pytest.fixture(autouse=True)
def _settings_as_shipped() -> Iterator[None]:
    yield
    values.forget()


def limit(**values_: int) -> None:
    values.save(section=Caps, values=values_, expected_version=0, by=SYSTEM, at=NOON)
    values.forget()


def take(address: str = JOE, *, user_id: int = 7, sender: SenderTerms | None = None, at: datetime = NOON) -> list[str]:
    buckets = reading.buckets(channel="email", user_id=user_id, sender=sender, at=at)
    return caps.reserve(buckets=buckets, channel="email", address=address, sender=sender, counts_recipient=True, at=at)


def standing(user_id: int = 7) -> list[Throttle]:
    return caps.standing(user_id=user_id, channel="email", at=NOON)


@pytest.mark.django_db
def test_every_limit_is_used_up_and_given_back() -> None:
    taken = take(sender=SenderTerms(3))
    assert {use.bucket: use.used for use in CapUse.objects.all()} == {
        "firm:email": 1,
        "user:7:email": 1,
        "sender:3:email": 1,
    }
    assert Touch.objects.count() == 1
    assert caps.release(taken, at=NOON) == 4
    assert not CapUse.objects.filter(used__gt=0).exists()
    assert not Touch.objects.exists()


@pytest.mark.django_db
def test_what_is_used_up_takes_nothing_else_along() -> None:
    limit(userEmail=1)
    take("one@fleet.example")
    with pytest.raises(caps.UsedUp):
        take("two@fleet.example")
    assert CapUse.objects.get(bucket="firm:email").used == 1
    assert Touch.objects.count() == 1


@pytest.mark.django_db
def test_a_limit_of_nothing_lets_nothing_through() -> None:
    limit(firmEmail=0)
    with pytest.raises(caps.UsedUp):
        take()
    assert not CapUse.objects.exists()


@pytest.mark.django_db
def test_the_firm_has_no_limit_until_one_is_set_which_then_knows_what_has_left() -> None:
    for user_id in (7, 8):
        for number in range(150):
            take(f"{user_id}-{number}@fleet.example", user_id=user_id)
    limits = {each.of: (each.limit, each.used, each.remaining) for each in standing()}
    assert limits == {"firm": (None, 300, None), "user": (200, 150, 50)}
    limit(firmEmail=300)
    with pytest.raises(caps.UsedUp):
        take()
    assert {each.of: each.remaining for each in standing()} == {"firm": 0, "user": 50}
    values.save(section=Caps, values={"firmEmail": None}, expected_version=1, by=SYSTEM, at=NOON)
    values.forget()
    assert take()


@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "plan"), [("email", 200), ("sms", 100), ("call", 50)])
def test_each_sender_has_the_limit_of_the_plan_whatever_the_others_send(channel: str, plan: int) -> None:
    def left(user_id: int) -> list[int]:
        return [each.remaining for each in caps.standing(user_id=user_id, channel=channel, at=NOON) if each.remaining]

    for number in range(plan):
        buckets = reading.buckets(channel=channel, user_id=7, sender=None, at=NOON)
        to = f"{number}@fleet.example"
        caps.reserve(buckets=buckets, channel=channel, address=to, sender=None, counts_recipient=True, at=NOON)
    assert left(7) == []
    assert left(8) == [plan]


@pytest.mark.django_db
def test_the_day_begins_anew_at_midnight_and_a_clock_that_goes_back_gives_nothing() -> None:
    limit(userEmail=1)
    take("one@fleet.example")
    take("two@fleet.example", at=NOON + timedelta(days=1))
    for address, at in (("three@fleet.example", NOON), ("four@fleet.example", NOON + timedelta(days=1))):
        with pytest.raises(caps.UsedUp):
            take(address, at=at)
    CapUse.objects.filter(day=NOON.date()).update(used=0)  # as if today's had not been used: the clock was ahead
    with pytest.raises(caps.UsedUp):
        take("five@fleet.example", at=NOON)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 20), (1, 23), (2, 26), (16, 187), (17, None), (9_000, None), (-1, 0)]
)
def test_a_new_mailbox_grows_by_fifteen_percent_a_day(days: int, expected: int | None) -> None:
    sender = SenderTerms(3, warm_up_from=date(2026, 11, 18) - timedelta(days=days))
    assert reading.warm_up(sender, caps=Caps(), at=NOON) == expected


@pytest.mark.django_db
def test_a_mailbox_keeps_its_distance() -> None:
    sender = SenderTerms(3, spacing_seconds=30)
    take("one@fleet.example", sender=sender)
    with pytest.raises(caps.UsedUp):
        take("two@fleet.example", sender=sender, at=NOON + timedelta(seconds=29))
    pause = reading.spacing(sender, at=NOON + timedelta(seconds=29))
    assert pause == Cap("spacing", "pace:3", 1, 1, NOON + timedelta(seconds=30))
    assert take("two@fleet.example", sender=sender, at=NOON + timedelta(seconds=30))


@pytest.mark.django_db
def test_a_recipients_day_is_that_of_their_own_calendar() -> None:
    evening = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)  # ten in the evening in Chicago on the 18th
    take(at=NOON)
    of_day = reading.of_recipient(address=JOE, channel="email", zones=CHICAGO, rolling=(), at=evening)
    assert [(cap.used, cap.resets_at) for cap in of_day] == [(1, datetime(2026, 11, 19, 6, 0, tzinfo=UTC))]
    of_next = reading.of_recipient(
        address=JOE, channel="email", zones=CHICAGO, rolling=(), at=datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
    )
    assert of_next[0].used == 0


@pytest.mark.django_db
def test_who_may_be_in_two_zones_has_the_longer_day() -> None:
    take(at=datetime(2026, 11, 18, 6, 0, tzinfo=UTC))  # one at night in New York, still yesterday in Los Angeles
    both = ("America/Los_Angeles", "America/New_York")
    found = reading.of_recipient(address=JOE, channel="email", zones=both, rolling=(), at=NOON)
    assert [(cap.used, cap.resets_at) for cap in found] == [(1, datetime(2026, 11, 19, 8, 0, tzinfo=UTC))]


@pytest.mark.django_db
def test_a_states_three_in_24_hours_roll_on_over_channels_that_its_row_names() -> None:
    rule = RollingCap("FL", 3, 24, ("sms", "call"), "cite")
    for hours, channel in ((0, "sms"), (1, "call"), (2, "sms"), (3, "email")):
        then = NOON + timedelta(hours=hours)
        buckets = reading.buckets(channel=channel, user_id=None, sender=None, at=then)
        caps.reserve(buckets=buckets, channel=channel, address=NUMBER, sender=None, counts_recipient=True, at=then)
    asked = {"address": NUMBER, "channel": "sms", "zones": CHICAGO, "rolling": (rule,)}
    full = reading.of_recipient(**asked, at=NOON + timedelta(hours=20))[1]  # type: ignore[arg-type]
    assert (full.used, full.limit, full.resets_at) == (3, 3, NOON + timedelta(hours=24))
    assert reading.of_recipient(**asked, at=NOON + timedelta(hours=24))[1].used == 2  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_get_as_many_as_there_are_and_never_one_more() -> None:
    limit(firmEmail=17)
    start, got = threading.Barrier(50), []

    def ask(number: int) -> None:
        start.wait()
        try:
            with transaction.atomic():
                got.append(take(f"{number}@fleet.example", user_id=number % 5))
        except caps.UsedUp:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == CapUse.objects.get(bucket="firm:email").used == 17
    assert sum(CapUse.objects.filter(bucket__startswith="user:").values_list("used", flat=True)) == 17


@pytest.mark.django_db
def test_where_a_limit_is_used_up_the_pause_of_the_sender_does_not_begin() -> None:
    limit(userEmail=1)
    take("one@fleet.example")
    slow = SenderTerms(3, spacing_seconds=60)
    with pytest.raises(caps.UsedUp):
        take("two@fleet.example", sender=slow)
    assert reading.spacing(slow, at=NOON) == Cap("spacing", "pace:3", 1, 0, NOON)
    assert not CapUse.objects.filter(bucket="sender:3:email", used__gt=0).exists()


@pytest.mark.django_db
def test_while_a_sender_pauses_nothing_else_is_used_up() -> None:
    slow = SenderTerms(3, spacing_seconds=60)
    take("one@fleet.example", sender=slow)
    with pytest.raises(caps.UsedUp):
        take("two@fleet.example", sender=slow, at=NOON + timedelta(seconds=59))
    assert CapUse.objects.get(bucket="sender:3:email").used == 1
    assert Touch.objects.count() == 1
    take("two@fleet.example", sender=slow, at=NOON + timedelta(seconds=60))
