"""The parts that keep us polite, each by itself with a clock of the test's own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from headhaul.carriers.gateways.breaker import Breaker
from headhaul.carriers.gateways.pacing import Pacer, TooBusyError
from headhaul.carriers.gateways.qcmobile import QcMobile
from headhaul.carriers.gateways.qcmobile_wire import StoredAnswer, clean
from headhaul.carriers.gateways.wire import proxy_for, retry_after
from tests.carriers.qcmobile.conftest import MakeClient
from tests.fakes.qcmobile_server import QcMobileServer, captured

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def test_turns_come_evenly_and_never_in_a_burst() -> None:
    clock = Clock()
    pacer = Pacer(4, clock=clock, sleep=clock.sleep)
    for _ in range(3):
        pacer.take_turn(at_most=10)
    clock.now += 60
    for _ in range(2):
        pacer.take_turn(at_most=10)
    assert clock.slept == [0.25, 0.25, 0.25]


def test_a_turn_that_comes_too_late_is_refused_and_left_to_others() -> None:
    clock = Clock()
    pacer = Pacer(0.1, clock=clock, sleep=clock.sleep)
    pacer.take_turn(at_most=1)
    with pytest.raises(TooBusyError):
        pacer.take_turn(at_most=1)
    pacer.take_turn(at_most=10)
    assert clock.slept == [10]


def test_threads_share_one_pace() -> None:
    starts: list[float] = []
    lock = threading.Lock()
    clock = Clock()

    def note(seconds: float) -> None:
        with lock:
            starts.append(round(seconds, 6))

    pacer = Pacer(10, clock=clock, sleep=note)
    threads = [threading.Thread(target=pacer.take_turn, kwargs={"at_most": 60}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(starts) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]


def test_a_pace_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Pacer(0)


def test_the_breaker_opens_rests_lets_one_through_and_closes() -> None:
    clock = Clock()
    breaker = Breaker(limit=2, rest=60, clock=clock)
    breaker.failed()
    assert breaker.wait_needed() == 0
    breaker.failed()
    assert breaker.wait_needed() == 60
    clock.now += 61
    assert breaker.wait_needed() == 0  # the trial
    assert breaker.wait_needed() == 60  # everybody else while it runs
    breaker.succeeded()
    assert [breaker.wait_needed() for _ in range(3)] == [0, 0, 0]


def test_a_trial_that_fails_rests_again_and_one_that_gave_up_frees_its_place() -> None:
    clock = Clock()
    breaker = Breaker(limit=1, rest=60, clock=clock)
    breaker.failed()
    clock.now += 61
    assert breaker.wait_needed() == 0
    breaker.gave_up()
    assert breaker.wait_needed() == 0
    breaker.failed()
    assert breaker.wait_needed() == 60


def test_a_pause_that_was_asked_for_is_kept_from_the_first_failure_on() -> None:
    clock = Clock()
    breaker = Breaker(limit=5, rest=60, clock=clock)
    breaker.failed(rest=3)
    assert breaker.wait_needed() == 3
    clock.now += 3
    assert breaker.wait_needed() == 0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 11:59:00 GMT", 0),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    assert retry_after(httpx.Response(429, headers={"Retry-After": header}), now=NOON) == seconds


def test_the_environments_proxy_is_used_except_where_it_says_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1,inside.example")
    assert proxy_for("https://mobile.fmcsa.dot.gov/qc/services/") == "http://proxy.example:3128"
    assert proxy_for("https://inside.example/") is None


class Kept:
    """A cache in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[StoredAnswer, datetime]] = {}

    def read(self, *, path: str, at: datetime) -> StoredAnswer | None:
        answer, until = self.rows.get(path, (None, at))
        return answer if until > at else None

    def write(self, *, path: str, answer: StoredAnswer, keep_until: datetime) -> None:
        self.rows[path] = (answer, keep_until)


def test_an_answer_is_kept_for_its_time_and_then_asked_again(make_client: MakeClient, server: QcMobileServer) -> None:
    client = make_client(cache=Kept(), cache_hours=10)
    first = client.carrier(158121, at=NOON)
    assert client.carrier(158121, at=NOON + timedelta(hours=9)) == first
    assert len(server.seen) == 1
    client.carrier(158121, at=NOON + timedelta(hours=11))
    assert len(server.seen) == 2


def test_nothing_that_is_kept_holds_an_employer_number(make_client: MakeClient, server: QcMobileServer) -> None:
    record = captured("carriers_158121")["content"]["carrier"] | {"ein": 391234567, "EIN": "39-1234567"}
    server.set("158121", {"carrier": record})
    kept = Kept()
    client: QcMobile = make_client(cache=kept)
    client.carrier(158121, at=NOON)
    assert "1234567" not in repr(kept.rows)


def test_characters_that_no_database_takes_are_cleaned_out() -> None:
    assert clean({"name": "A\x00B", "odd": "\ud800", "list": [{"ein": 1, "x": None}]}) == {
        "name": "AB",
        "odd": "?",
        "list": [{"x": None}],
    }
