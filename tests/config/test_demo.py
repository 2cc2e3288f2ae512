"""The demo market: a repeatable pool, people with one password, a start that can be interrupted."""

from __future__ import annotations

import csv
import stat
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from headhaul.accounts.models import (
    Account,
    Contact,
    ContactEmail,
    ContactPhone,
    CustomField,
    DuplicatePair,
    SavedView,
)
from headhaul.activities.choices import TaskList
from headhaul.activities.models import Activity, DigestChoice, Notification
from headhaul.activities.schemas.tasks import GetTasks
from headhaul.activities.selectors.tasks import task_page
from headhaul.analytics.models import CompetitorIntel
from headhaul.analytics.schemas.sources import GetCPA
from headhaul.analytics.selectors.sources import performance
from headhaul.capture.choices import LeadStatus
from headhaul.capture.models import Lead
from headhaul.capture.schemas.events import GetCaptureEvents
from headhaul.capture.selectors.events import events as capture_events
from headhaul.carriers.models import Carrier, Driver, Signal, SignalDay
from headhaul.compliance.models import ConsentEvent, SendingHold
from headhaul.config.demo import drivers, first_start, people
from headhaul.config.demo.examples import folder
from headhaul.config.demo.sales import booth, deals, diary, extras, outreach, words
from headhaul.config.demo.sales import run as sales_run
from headhaul.config.demo.sales.places import Place
from headhaul.config.demo.sales.team import Cast
from headhaul.kernel import Actor
from headhaul.kernel.actors import ActorKind
from headhaul.nightly.models import JobRun
from headhaul.outreach.models import CallTarget, Message
from headhaul.outreach.schemas.reports import GetCampaignMetrics
from headhaul.outreach.selectors.reports import campaigns
from headhaul.pipeline.choices import Period
from headhaul.pipeline.models import (
    ForecastSubmission,
    Opportunity,
    OpportunityChange,
    OpportunitySnapshot,
    PlaybookStepDone,
    Quota,
    Stage,
)
from headhaul.pipeline.schemas.accuracy import GetForecastAccuracy
from headhaul.pipeline.schemas.conversions import GetStageConversions
from headhaul.pipeline.schemas.movement import GetPipelineMovement
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.accuracy import accuracy
from headhaul.pipeline.selectors.conversions import conversions
from headhaul.pipeline.selectors.movement import movement
from headhaul.pipeline.selectors.periods import span_of
from headhaul.security.actors import actor_of
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
    assert [user.role for user in User.objects.order_by("pk")] == ["viewer", "rep", "manager", "admin", "rep"]
    assert (Carrier.objects.count(), Driver.objects.count(), SignalDay.objects.count()) == (1691, 300, 3)
    assert Signal.objects.filter(day=JobRun.objects.get(kind="prospecting").day).exists()
    assert Account.objects.exists()
    assert min(Account.objects.exclude(dot_number=None).values_list("fleet_size", flat=True)) >= 2
    assert all(word in said for word in ("rosa@demo.headhaul.example", people.password()))
    assert stat.S_IMODE((home / "demo-password").stat().st_mode) == 0o600
    again = start()
    assert "First start" not in again
    assert people.password() in again
    assert JobRun.objects.count() == 3
    every_panel_has_something_to_say()
    nobody_in_it_exists()


def every_panel_has_something_to_say() -> None:
    rosa, day = User.objects.get(email__startswith="rosa"), JobRun.objects.get(kind="example_sales").day
    stages = set(Opportunity.objects.values_list("stage__key", flat=True))
    assert stages == set(Stage.objects.values_list("key", flat=True))
    assert not Opportunity.objects.filter(kind="lost", lost_reason="").exists()
    assert Opportunity.objects.filter(kind="won", closed_at__date__lt=first_of_quarter(day)).exists()
    seen = OpportunitySnapshot.objects.latest("day").day  # a date of the firm's, where the run's is one of UTC
    assert day - timedelta(days=1) <= seen <= day
    risks = {risk for row in OpportunitySnapshot.objects.filter(day=seen) for risk in row.risks}
    assert risks >= {
        "overdue_close",
        "stalled_in_stage",
        "no_next_step",
        "next_step_overdue",
        "pushed_twice",
        "ghosted",
    }
    assert OpportunitySnapshot.objects.values("day").distinct().count() > 90
    assert not OpportunityChange.objects.exclude(valid_from=F("recorded_at")).exists()
    assert set(Quota.objects.values_list("user__name", "team__name")) == {
        ("Rosa Reyes", None), ("Theo Tran", None), (None, "Heartland"),
    }  # fmt: skip
    max_ = actor_of(User.objects.get(email__startswith="max"))
    now = datetime.now(UTC)
    is_young = seen - first_of_quarter(seen) < timedelta(days=7)  # and has won nothing yet
    moved = movement(asked=GetPipelineMovement(offset=-1 if is_young else 0), by=max_, at=now)
    assert {str(step.bucket) for step in moved.steps if step.touched} >= {"new", "won"}
    assert all(stage.entered for stage in conversions(asked=GetStageConversions(), by=max_, at=now).stages)
    assert accuracy(asked=GetForecastAccuracy(), by=max_, at=now).state == "ready"
    assert set(ForecastSubmission.objects.values_list("kind", flat=True)) == {"rep", "manager"}
    kinds = set(Activity.objects.values_list("type", flat=True))
    assert kinds >= {"call", "email", "meeting", "note", "task", "sms", "stage_change"}
    for which in TaskList:
        at = JobRun.objects.get(kind="example_sales").started_at
        assert task_page(asked=GetTasks(which=which), by=actor_of(rosa), at=at).items, which
    assert Notification.objects.filter(user=rosa, read_at=None).exists()
    assert DuplicatePair.objects.filter(entity="account").count() == 1
    assert ConsentEvent.objects.filter(status="revoked", channel="all").exists()
    assert PlaybookStepDone.objects.exists()
    assert set(SavedView.objects.values_list("is_shared", flat=True)) == {True, False}
    assert set(CustomField.objects.values_list("entity", flat=True)) == {"account", "contact", "opportunity"}
    assert Activity.objects.latest("happened_at").happened_at <= at
    outreach_has_a_past(max_, now)
    leads_came_and_cost_money(max_, now)


def leads_came_and_cost_money(reader: Actor, now: datetime) -> None:
    """Leads of every fate, an event that goes on, and what all of it cost."""
    assert set(Lead.objects.exclude(is_spam=True).values_list("status", flat=True)) == set(LeadStatus)
    assert Lead.objects.filter(is_spam=True).count() == 1
    assert Lead.objects.filter(status="new", first_attempt_at=None, due_at__gt=now - timedelta(days=30)).exists()
    assert not Lead.objects.filter(is_spam=False, account=None).exists()
    found = capture_events(asked=GetCaptureEvents(when="now"), at=now)
    assert len(found.items) >= 3
    costs = performance(asked=GetCPA(), by=reader, at=now)
    assert costs.total.clients > 3
    assert costs.total.costs is not None
    assert costs.total.costs.spend_cents
    assert CompetitorIntel.objects.count() == 2


def outreach_has_a_past(reader: Actor, now: datetime) -> None:
    report = campaigns.metrics(asked=GetCampaignMetrics(), by=reader, at=now)
    assert {line.label for line in report.campaigns} >= {"Autumn reefers", "Unseated trucks"}
    assert report.total.counts.sent > 20
    assert report.total.counts.replied
    assert report.total.counts.bounced
    assert not SendingHold.objects.exists(), "a mailbox that stopped by itself is no start for a newcomer"
    assert report.calls.made > 5
    assert CallTarget.objects.filter(state__in=["queued", "callback"]).exists()
    left = Message.objects.exclude(sent_at=None)
    assert set(left.values_list("gateway", flat=True)) == {"sandbox"}
    assert left.filter(attempts__receipt_id=None).count() == 0


def nobody_in_it_exists() -> None:
    assert not ContactEmail.objects.exclude(address__endswith=".example").exists()
    assert not ContactPhone.objects.exclude(number__regex=r"^\+1\d{3}55501\d\d$").exists()
    assert not Contact.objects.exclude(notes__startswith="Made up for the example").exists()
    assert not DigestChoice.objects.filter(is_on=True).exists()
    assert DigestChoice.objects.count() == User.objects.count()


def first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


@pytest.mark.slow
def test_the_same_day_gives_the_same_sales_even_after_breaking_off(
    home: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("headhaul.config.demo.sales.extras.keep_views", full)
        with pytest.raises(OSError):
            start()
    assert first_start.is_due()
    assert not Opportunity.objects.exists()
    assert not Contact.objects.exists()
    start()
    before = sales()
    sales_run.run(at=NOON)
    assert sales() == before
    planned = JobRun.objects.get(kind="example_sales")
    stories = diary.Diary(at=planned.started_at or NOON), diary.Diary(at=planned.started_at or NOON)
    assert [deals.end_of(each, stories[0]) for each in words.stories()] == [
        deals.end_of(each, stories[1]) for each in words.stories()
    ]


def sales() -> list[Any]:
    return [
        list(Opportunity.objects.order_by("pk").values_list("name", "version", "amount_cents")),
        list(Contact.objects.order_by("pk").values_list("name", flat=True)),
        list(Activity.objects.order_by("pk").values_list("type", "body", "happened_at")),
        OpportunitySnapshot.objects.count(),
    ]


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("day", [1, 2, 15, 28])
def test_stories_fit_any_day_of_the_year(month: int, day: int) -> None:
    told = diary.Diary(at=datetime(2027, month, day, 13, 5, tzinfo=UTC))
    this = span_of(PeriodChoice(period=Period.QUARTER), at=told.at)
    for story in words.stories():
        ago = deals.end_of(story, told)
        assert 0 <= ago <= deals.REACH
        ended = told.day - timedelta(days=ago)
        if story.ends and story.ends[0] == "last":
            assert this.moved(-1).starts_on <= ended < this.starts_on
        moments = [told.moment(ago + days, diary.dice("x"), hour=14) for days, _ in story.path]
        assert moments == sorted(moments)
        assert all(moment <= told.at and told.calendar.is_worked(moment.date()) for moment in moments)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("day", [1, 15, 28])
def test_deals_of_leads_come_after_the_leads(month: int, day: int) -> None:
    told = diary.Diary(at=datetime(2027, month, day, 13, 5, tzinfo=UTC))
    for met in words.meetings():
        assert 0 <= met.ago < diary.NIGHTS
        if met.deal:
            assert deals.end_of(met.deal, told) + met.deal.opened + 4 <= met.ago, met  # days on which nobody works


def place_of(do: Any) -> Place | None:
    """The place at which an entry of the diary happens."""
    held = [*(getattr(do, "args", ())), *(getattr(do, "__defaults__", None) or ())]
    held += [cell.cell_contents for cell in getattr(do, "__closure__", None) or ()]
    return next((each for each in held if isinstance(each, Place)), None)


@pytest.mark.parametrize("week", [0, 1, 4, 5, 6, 11, 23, 27, 33, 41, 50])
def test_nothing_happens_at_a_place_before_it_is_there(week: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seller = {word: Actor(ActorKind.USER, user_id=number) for number, word in enumerate(("rosa", "theo", "max"), 1)}
    cast = Cast(**seller, team_id=1)
    monkeypatch.setattr(sales_run, "_by_hand", lambda night: list(range(1, 60)))
    for day in range(7):
        at = datetime(2026, 11, 20, 6 + 2 * day, 10, tzinfo=UTC) + timedelta(days=7 * week + day)
        told = diary.Diary(at=at)
        worked = sales_run._worked(told, cast, None)  # type: ignore[arg-type]
        extras.tasks(told, cast, worked)
        extras.twins(told, cast)
        outreach.plan(told, cast, list(range(100, 140)))
        booth.plan(told, cast, (list(range(200, 230)), list(range(300, 330))))
        order: dict[int, list[int]] = {}
        for _, number, do in sorted(told.entries, key=lambda entry: entry[:2]):
            place = place_of(do)
            if place is not None:
                order.setdefault(id(place), []).append(number)
        assert len(order) > 60
        assert all(numbers[0] == min(numbers) for numbers in order.values()), at
        assert all(order[id(place)][1] == sorted(order[id(place)])[1] for place, _ in worked), at  # its people


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
