"""The night: signals, accounts with owners and tags, alerts, a report of what was left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, AccountScore, AccountTag
from headhaul.actions import dispatch
from headhaul.activities.models import Alert
from headhaul.carriers.choices import Gate
from headhaul.carriers.models import Carrier, Driver, InsuranceFiling, Signal, SignalDay
from headhaul.kernel import SYSTEM, Actor
from headhaul.nightly.choices import RunState, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services import prospecting
from headhaul.nightly.services.openings import dealt
from headhaul.nightly.services.signals import DayIsKept
from headhaul.preferences.services import values
from tests.factories.market import NOON, TODAY
from tests.factories.pool import town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(rosa: Actor, rick: Actor) -> None:
    town(carriers=120, drivers=400)


def night(**fields: Any) -> JobRun:
    return prospecting.run(**{"day": TODAY, "trigger": Trigger.COMMAND, "at": NOON} | fields)


def setting(**changed: Any) -> None:
    version = values.get_stored(Prospecting).version
    values.save(section=Prospecting, values=changed, expected_version=version, by=SYSTEM, at=NOON)
    values.forget()


def step(run: JobRun, name: str) -> Any:
    return run.steps.get(name=name)


def test_a_night_opens_the_best_carriers_and_says_what_it_left_out(market: None) -> None:
    setting(accountsPerRep=3)
    run = night()
    opened = step(run, "accounts")
    assert run.state == RunState.DONE
    assert (opened.counts["opened"], opened.counts["limit"], opened.counts["reps"]) == (6, 6, 2)
    reached = Signal.objects.filter(day=TODAY, score_hundredths__gte=5500, n__gte=3, gate_mask=0)
    best = list(reached.order_by("-score_hundredths", "-n", "dot_number").values_list("dot_number", flat=True))
    assert opened.left_out["over_the_limit"] == len(best) - 6
    assert set(Account.objects.values_list("dot_number", flat=True)) == set(best[:6])


def test_accounts_are_dealt_evenly_and_carry_score_fleet_and_tags(market: None, rosa: Actor, rick: Actor) -> None:
    setting(accountsPerRep=3)
    night()
    assert (
        Account.objects.filter(owner_id=rosa.user_id).count()
        == Account.objects.filter(owner_id=rick.user_id).count()
        == 3
    )
    account = Account.objects.order_by("dot_number").first()
    assert account is not None
    signal = Signal.objects.get(day=TODAY, dot_number=account.dot_number)
    assert (
        account.opening_score_hundredths
        == AccountScore.objects.get(account=account).score_hundredths
        == signal.score_hundredths
    )
    assert (account.fleet_source, account.source, account.enriched_at) == ("fmcsa_census", "auto_prospected", NOON)
    tags = set(AccountTag.objects.filter(account=account).values_list("tag", flat=True))
    assert "auto_prospected" in tags
    assert any(tag.startswith("equip:") for tag in tags)
    assert any(tag.startswith("jobs:") for tag in tags)


def test_a_second_run_of_the_day_adds_nothing(market: None) -> None:
    setting(accountsPerRep=3)
    night()
    before = _everything()
    again = night(at=NOON + timedelta(hours=2))
    assert _everything() == before
    assert step(again, "accounts").counts["opened"] == 0
    assert step(again, "account_alerts").counts["alerts"] == 0


def test_the_next_day_opens_the_next_ones(market: None) -> None:
    setting(accountsPerRep=3)
    night()
    night(day=TODAY + timedelta(days=1), at=NOON + timedelta(days=1))
    assert Account.objects.count() == 12
    assert SignalDay.objects.get(is_current=True).day == TODAY + timedelta(days=1)


def test_clients_and_misfits_are_counted_not_opened(market: None) -> None:
    setting(accountsPerRep=2)
    night()
    Account.objects.update(status="client")
    after = night(day=TODAY + timedelta(days=1), at=NOON + timedelta(days=1))
    assert step(after, "accounts").left_out["clients"] == 4


def test_unowned_when_the_setting_says_so_and_when_there_is_no_rep(market: None) -> None:
    setting(accountsPerRep=3, assignment="none")
    night()
    assert Account.objects.exclude(owner=None).count() == 0


def test_a_limit_of_nothing_opens_nothing(market: None) -> None:
    setting(accountsPerRep=0)
    run = night()
    assert Account.objects.count() == 0
    assert step(run, "accounts").left_out["over_the_limit"] > 0


def test_a_strong_rise_alerts_the_owner_once(market: None, rosa: Actor) -> None:
    night(day=TODAY - timedelta(days=7), at=NOON - timedelta(days=7))
    Driver.objects.filter(added_on__gt=TODAY - timedelta(days=7)).exclude(home_state="PA").update(
        home_state="PA", zip3=191
    )
    run = night()
    spikes = Alert.objects.filter(kind="signal_spike", day=TODAY)
    assert step(run, "signals").counts["spikes"] >= spikes.count() > 0
    assert all(alert.severity == "high" and "in a week" in alert.text for alert in spikes)
    night(at=NOON + timedelta(hours=1))
    assert Alert.objects.filter(kind="signal_spike", day=TODAY).count() == spikes.count()


def test_owners_hear_of_their_new_accounts(market: None, rosa: Actor) -> None:
    setting(accountsPerRep=3)
    night()
    mine = dispatch("getAlerts", {"mine": True, "kind": "account_opened"}, actor=rosa, at=NOON, door="http").payload
    assert len(mine.items) == 3
    assert all(item.owner_id == rosa.user_id for item in mine.items)


def test_an_account_whose_insurance_turns_out_lapsed_is_a_risk_and_not_news(
    market: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(accountsPerRep=3)
    look_up = next(each for each in prospecting.STEPS if each.name == "enrichment")

    def learn(running: Any) -> Any:
        account = Account.objects.order_by("dot_number")[0]
        Carrier.objects.filter(pk=account.dot_number).update(authorized_for_hire=True)
        InsuranceFiling.objects.create(
            dot_number=account.dot_number, kind="bipd", required_dollars=750_000, on_file_dollars=0, source="QCMobile",
            as_of=TODAY,
        )  # fmt: skip
        return look_up.do(running)

    steps = [replace(each, do=learn) if each is look_up else each for each in prospecting.STEPS]
    with monkeypatch.context() as patched:
        patched.setattr(prospecting, "STEPS", tuple(steps))
        run = night()
    account = Account.objects.order_by("dot_number")[0]
    assert Signal.objects.get(day=TODAY, dot_number=account.dot_number).gate_mask == 1 << Gate.INSURANCE_LAPSED
    assert step(run, "enrichment").counts["no_longer_worthy"] == 1
    assert step(run, "account_alerts").counts == {"alerts": 5, "risks": 1}
    alert = Alert.objects.get(dot_number=account.dot_number, day=TODAY)
    assert (alert.kind, alert.severity, alert.owner_id) == ("carrier_risk", "high", account.owner_id)
    assert "insurance" in alert.text
    night(at=NOON + timedelta(hours=1))
    assert Alert.objects.filter(kind="carrier_risk").count() == 1


def test_without_drivers_the_night_ends_well_and_empty(rosa: Actor) -> None:
    run = night()
    assert run.state == RunState.DONE
    assert Signal.objects.count() == Account.objects.count() == 0


def test_a_failed_step_is_recorded_and_taken_up_again(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    setting(accountsPerRep=3)
    broken = [*prospecting.STEPS]
    place = [each.name for each in broken].index("tags")

    def fail(_: Any) -> Any:
        raise RuntimeError("no room left")

    with monkeypatch.context() as patched:
        broken[place] = prospecting.Step("tags", "Tag new accounts", fail)
        patched.setattr(prospecting, "STEPS", tuple(broken))
        with pytest.raises(RuntimeError):
            night()
    failed = JobRun.objects.get()
    assert (failed.state, step(failed, "tags").state) == (RunState.FAILED, "failed")
    assert "no room left" in failed.error
    resumed = night(at=NOON + timedelta(minutes=5))
    assert (resumed.pk, resumed.state, resumed.attempts) == (failed.pk, RunState.DONE, 2)
    assert [s.attempts for s in resumed.steps.order_by("position")][:5] == [1, 1, 1, 1, 2]
    assert AccountTag.objects.count() > 0


def test_a_rebuilt_day_uses_the_drivers_of_that_day_and_opens_nothing(market: None) -> None:
    night()
    accounts = Account.objects.count()
    past = TODAY - timedelta(days=30)
    prospecting.rebuild(day=past, trigger=Trigger.COMMAND, at=NOON)
    day = SignalDay.objects.get(day=past)
    assert day.drivers == Driver.objects.filter(added_on__lte=past).count()
    assert not day.is_current
    assert day.computed_at.date() > day.day
    assert Account.objects.count() == accounts


def test_what_was_seen_on_the_day_is_never_overwritten_by_a_rebuilt_day(market: None) -> None:
    night()
    before = SignalDay.objects.get(day=TODAY).computed_at
    with pytest.raises(DayIsKept):
        prospecting.rebuild(day=TODAY, trigger=Trigger.COMMAND, at=NOON + timedelta(days=3))
    assert SignalDay.objects.get(day=TODAY).computed_at == before


def test_the_least_loaded_rep_is_next() -> None:
    assert dealt(5, [(1, 0), (2, 3)]) == [1, 1, 1, 1, 2]
    assert dealt(2, []) == [None, None]


def _everything() -> dict[str, Any]:
    return {
        "accounts": list(Account.objects.order_by("dot_number").values()),
        "scores": list(AccountScore.objects.order_by("account").values()),
        "tags": sorted(AccountTag.objects.values_list("account", "tag")),
        "alerts": list(Alert.objects.order_by("kind", "dot_number").values()),
        "signals": list(Signal.objects.order_by("dot_number").values_list("dot_number", "score_hundredths", "n")),
    }
