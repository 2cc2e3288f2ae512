"""Every number is defined once, and whoever asks what it means is told the same."""

from __future__ import annotations

import dataclasses

import pytest
from django.apps import apps
from django.db import connection

from headhaul.actions.services.reference import pages
from headhaul.analytics.metrics import Better, Metric, catalogue, define, metric, version_of
from headhaul.kernel.actions import registry


def test_every_metric_says_what_it_is_how_it_is_reckoned_and_from_what():
    for each in catalogue().values():
        assert all((each.name, each.formula, each.help.endswith("."))), each.key


@pytest.mark.django_db
def test_what_a_metric_names_as_its_source_is_there():
    there = set(connection.introspection.table_names())
    rooms = {app.name.removeprefix("headhaul.") for app in apps.get_app_configs() if app.name.startswith("headhaul.")}
    for each in catalogue().values():
        assert set(each.tables) <= there, each.key
        assert each.action in registry(), each.key
        assert each.owner in rooms, each.key


def test_a_key_is_taken_once():
    taken = dataclasses.replace(metric("winRate"), formula="another one")
    with pytest.raises(TypeError, match="winRate is defined twice"):
        define(taken)


@pytest.mark.parametrize("change", [{"key": "Win rate"}, {"key": "other", "help": ""}, {"key": "other", "tables": ()}])
def test_a_metric_without_words_or_with_a_key_that_is_no_key_is_refused(change: dict[str, object]):
    with pytest.raises(TypeError):
        define(dataclasses.replace(metric("winRate"), **change))
    assert "other" not in catalogue()


def test_the_version_changes_with_any_definition_and_not_with_words():
    known: list[Metric] = list(catalogue().values())
    reworded = [dataclasses.replace(known[0], help="Said otherwise."), *known[1:]]
    redefined = [dataclasses.replace(known[0], version=known[0].version + 1), *known[1:]]
    assert version_of(reworded) == version_of(reversed(known)) == version_of(known)
    assert version_of(redefined) != version_of(known)


def test_the_reference_lists_them_all():
    page = pages()["metrics.md"]
    assert all(f"`{key}`, version" in page for key in catalogue())


@pytest.mark.parametrize(
    ("better", "change", "verdict"),
    [
        (Better.MORE, 1, "better"), (Better.MORE, -1, "worse"), (Better.LESS, 1, "worse"), (Better.LESS, -1, "better"),
        (Better.NEITHER, 1, "neither"), (Better.MORE, 0, "neither"),
    ],
)  # fmt: skip
def test_a_change_is_judged_by_the_way_a_number_should_go(better: Better, change: float, verdict: str):
    assert better.verdict(change) == verdict
