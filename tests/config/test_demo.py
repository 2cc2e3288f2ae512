"""The demo market: a repeatable pool, people with one password, a start that can be interrupted."""

from __future__ import annotations

import csv
import stat
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from headhaul.accounts.models import Account
from headhaul.carriers.models import Carrier, Driver, Signal, SignalDay
from headhaul.config.demo import drivers, first_start, people
from headhaul.config.demo.examples import folder
from headhaul.nightly.models import JobRun
from headhaul.security.models import User
from tests.factories.market import NOON, TODAY
from tests.nightly.conftest import _clean

__all__ = ["_clean"]


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HEADHAUL_HOME, settings.DEMO, settings.DEMO_PASSWORD = tmp_path, True, ""
    return tmp_path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_start, "DRIVERS", 300)
    monkeypatch.setattr(first_start, "WEEKS", 2)


def start() -> str:
    said = StringIO()
    call_command("first_start", stdout=said)
    return said.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_drivers(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        drivers.write(path=tmp_path / name, count=200, seed=seed, as_of=TODAY)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_the_pool_keeps_to_its_assumptions(tmp_path: Path) -> None:
    drivers.write(path=tmp_path / "pool", count=4000, seed=7, as_of=TODAY)
    pool = rows(tmp_path / "pool")
    assert 0.80 < sum(row["cdl_class"] == "A" for row in pool) / 4000 < 0.89
    assert Counter(row["home_state"] for row in pool).most_common(1)[0][0] == "TX"
    joined = [date.fromisoformat(row["added_on"]) for row in pool]
    assert min(joined) >= TODAY - timedelta(days=120)
    assert max(joined) <= TODAY
    assert all(row["added_on"] <= row["last_active_on"] <= str(TODAY) for row in pool)
    assert not any("tanker" in row["equipment"].split(";") and "N" not in row["endorsements"] for row in pool)


def test_the_examples_are_there_with_their_provenance() -> None:
    assert "data.transportation.gov" in (folder() / "README.md").read_text()
    assert len(list((folder() / "carriers").glob("*.csv.gz"))) == 3


@pytest.mark.slow
def test_an_empty_database_gets_a_market_with_a_past(home: Path, small: None) -> None:
    said = start()
    assert [user.role for user in User.objects.order_by("pk")] == ["viewer", "rep", "manager", "admin"]
    assert (Carrier.objects.count(), Driver.objects.count(), SignalDay.objects.count()) == (1691, 300, 3)
    assert Signal.objects.filter(day=JobRun.objects.get(kind="prospecting").day).exists()
    assert Account.objects.exists()
    assert min(Account.objects.values_list("fleet_size", flat=True)) >= 2
    assert all(word in said for word in ("rosa@demo.headhaul.example", people.password()))
    assert stat.S_IMODE((home / "demo-password").stat().st_mode) == 0o600
    again = start()
    assert "First start" not in again
    assert people.password() in again
    assert JobRun.objects.count() == 2


@pytest.mark.slow
def test_a_start_that_broke_off_is_finished_by_the_next(
    home: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError("disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(first_start, "import_drivers", full)
        with pytest.raises(OSError):
            start()
    assert Carrier.objects.count() == 1691
    assert first_start.is_due()
    start()
    assert not first_start.is_due()
    assert (Driver.objects.count(), JobRun.objects.filter(kind="first_start").count()) == (300, 1)


def test_a_database_in_use_is_left_alone(home: Path) -> None:
    User.objects.create_user("owner@example.com", "x", role="admin")
    assert start() == ""
    assert User.objects.count() == 1


def test_no_demo_where_it_is_switched_off(home: Path, settings: Any) -> None:
    settings.DEMO = False
    assert start() == ""
    assert not User.objects.exists()


def test_a_password_that_is_set_later_becomes_the_demo_users(home: Path, settings: Any) -> None:
    people.make(at=NOON)
    settings.DEMO_PASSWORD = "open sesame"
    assert {password for _, _, password in people.sign_ins()} == {"open sesame"}
    assert User.objects.get(email="ada@demo.headhaul.example").check_password("open sesame")


def test_a_demo_user_with_a_password_of_their_own_is_not_shown(home: Path) -> None:
    people.make(at=NOON)
    rosa = User.objects.get(email="rosa@demo.headhaul.example")
    rosa.set_password("mine alone")
    rosa.save()
    assert [role for role, _, _ in people.sign_ins()] == ["viewer", "manager", "admin"]
