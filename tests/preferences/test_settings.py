"""Settings are typed, versioned, and remembered with who changed them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pydantic import Field

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.actions.preferences import Limits
from headhaul.kernel import SYSTEM, Actor, Conflict, InvalidData, NotFound, StaleVersion
from headhaul.preferences.models import SectionChange, StoredSection
from headhaul.preferences.sections import Section, _sections
from headhaul.preferences.services import values
from tests.actions.test_idempotency import in_threads
from tests.cast import NOON, actor_named


class Weather(Section):
    """Only for these tests."""

    key = "test_weather"
    heading = "Weather"

    wind_speed: int = Field(10, ge=0, le=300, title="Wind", description="In miles per hour.")
    is_raining: bool = Field(False, title="Rain")
    towns: list[str] = Field(["Dallas"], title="Towns")


del _sections["test_weather"]  # it is there in these tests only


@pytest.fixture(autouse=True)
def _weather() -> Iterator[None]:
    _sections["test_weather"] = Weather
    yield
    del _sections["test_weather"]
    values.forget()


def save(actor: Actor, version: int = 0, section: str = "test_weather", **changed: Any) -> Any:
    data = {"section": section, "expectedVersion": version, "values": changed}
    return dispatch("saveSettings", data, actor=actor, at=NOON, door="http").payload


@pytest.mark.django_db
def test_without_a_change_the_defaults_hold(db: None) -> None:
    assert preferences.get(Weather) == Weather()


@pytest.mark.django_db
def test_a_change_holds_from_now_on_and_leaves_the_rest(ada: Actor) -> None:
    assert save(ada, windSpeed=20).version == 1
    assert save(ada, version=1, isRaining=True).version == 2
    assert preferences.get(Weather) == Weather(wind_speed=20, is_raining=True)


@pytest.mark.django_db
def test_history_says_who_when_from_and_to(ada: Actor) -> None:
    save(ada, windSpeed=20)
    change = SectionChange.objects.get()
    assert (change.actor, change.at, change.version) == ("ada@example.com", NOON, 1)
    assert (change.before["windSpeed"], change.after["windSpeed"]) == (10, 20)
    read = dispatch("getSettings", {"section": "test_weather", "history": True}, actor=ada, at=NOON, door="http")
    shown = read.payload.sections[0]  # type: ignore[attr-defined]
    assert (shown.history[0].before, shown.history[0].after) == ({"windSpeed": 10}, {"windSpeed": 20})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"windSpeed": -1}, "values.windSpeed"),
        ({"windSpeed": "much"}, "values.windSpeed"),
        ({"towns": "Dallas"}, "values.towns"),
        ({"towns": ["Dallas", 7]}, "values.towns.1"),
        ({"sunshine": 1}, "values.sunshine"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(ada: Actor, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        save(ada, **changed)
    assert list(refusal.value.fields) == [field]
    assert not StoredSection.objects.exists()


@pytest.mark.django_db
def test_values_that_do_not_fit_together_are_refused_with_the_rule(ada: Actor) -> None:
    data = {"section": "scoring", "expectedVersion": 0, "values": {"matchWeight": 0.9}}
    with pytest.raises(InvalidData, match="the four weights make 1 together") as refusal:
        dispatch("saveSettings", data, actor=ada, at=NOON, door="http")
    assert list(refusal.value.fields) == ["values"]


@pytest.mark.django_db
def test_a_stale_version_is_refused_and_told_the_newer_one(ada: Actor) -> None:
    save(ada, windSpeed=20)
    with pytest.raises(StaleVersion) as refusal:
        save(ada, windSpeed=30)
    assert refusal.value.current == 1
    assert refusal.value.fields == {"expectedVersion": "the current version is 1"}


@pytest.mark.django_db
def test_an_unknown_section_is_not_found(ada: Actor) -> None:
    with pytest.raises(NotFound):
        save(ada, section="no_such_section", a=1)


@pytest.mark.django_db
def test_what_was_stored_by_older_code_falls_back_field_by_field(db: None) -> None:
    old = {"windSpeed": 10_000, "isRaining": True, "abolished": 1}
    StoredSection.objects.create(key="test_weather", version=3, values=old)
    assert preferences.get(Weather) == Weather(is_raining=True)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_reads_all_sections_by_one_query_and_others_use_it_too() -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        for _ in range(100):
            preferences.get(Weather)
            preferences.get(Limits)
    preferences.get(Weather)
    assert len([each for each in queries if "preferences" in each["sql"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_sees_what_it_saved_and_nobody_else_does_before_it_commits() -> None:
    saved, looked, seen = threading.Event(), threading.Event(), []

    def elsewhere() -> None:
        saved.wait(30)
        seen.append(preferences.get(Weather).wind_speed)
        looked.set()
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    with transaction.atomic():
        values.save(section=Weather, values={"windSpeed": 20}, expected_version=0, by=SYSTEM, at=NOON)
        assert preferences.get(Weather).wind_speed == 20
        saved.set()
        assert looked.wait(30)
    other.join()
    assert seen == [10]
    assert preferences.get(Weather).wind_speed == 20


@pytest.mark.django_db(transaction=True)
def test_what_was_saved_and_rolled_back_is_seen_by_nobody() -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        values.save(section=Weather, values={"windSpeed": 20}, expected_version=0, by=SYSTEM, at=NOON)
        assert preferences.get(Weather).wind_speed == 20
        transaction.savepoint_rollback(point)
        assert preferences.get(Weather).wind_speed == 10
    assert preferences.get(Weather).wind_speed == 10


@pytest.mark.django_db(transaction=True)
def test_a_query_that_began_before_a_change_does_not_bring_back_what_was(monkeypatch: pytest.MonkeyPatch) -> None:
    forget = values.forget

    def slow(*given: Any) -> bool:
        """Another thread's change commits after this query was answered, and before its answer is kept."""
        with monkeypatch.context() as patch:
            patch.setattr(values, "_saved_here", lambda: False)
            forget()
        return False

    monkeypatch.setattr(values, "_saved_here", slow)
    values.renew()
    assert values._kept is None


@pytest.mark.django_db(transaction=True)
def test_whoever_renews_sees_at_once_what_another_process_saved() -> None:
    assert preferences.get(Weather).wind_speed == 10
    StoredSection.objects.create(key="test_weather", version=1, values={"windSpeed": 30})  # as another process would
    assert preferences.get(Weather).wind_speed == 10
    with transaction.atomic():
        preferences.renew()
        assert preferences.get(Weather).wind_speed == 30


@pytest.mark.django_db(transaction=True)
def test_a_process_reads_a_section_once_a_second_and_its_own_change_at_once() -> None:
    ada = actor_named("ada")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            preferences.get(Weather)
    assert len(queries) == 1
    save(ada, windSpeed=20)
    assert preferences.get(Weather).wind_speed == 20


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_first_changes_one_holds() -> None:
    ada = actor_named("ada")
    outcomes = in_threads(6, lambda number: save(ada, windSpeed=number))
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert StoredSection.objects.get().version == 1


def test_a_section_must_say_what_its_fields_are() -> None:
    with pytest.raises(TypeError, match="needs a default and a title"):

        class _Nameless(Section):
            key = "test_nameless"
            heading = "Nameless"

            wind_speed: int = 3

    with pytest.raises(TypeError, match="declared twice"):

        class _Twice(Section):
            key = "limits"
            heading = "Twice"
