"""Which database is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from headhaul.config.database import database_settings
from headhaul.config.env import SettingError


def test_any_libpq_address_keeps_its_options(tmp_path: Path) -> None:
    made = database_settings(url="postgresql://u:p@db.example:6432/haul?sslmode=require", home=tmp_path)["default"]
    assert (made["NAME"], made["HOST"], made["PORT"]) == ("haul", "db.example", "6432")
    assert made["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["postgresql://host", "mysql://host/db", "not an address"])
def test_an_address_that_cannot_be_used_is_refused_in_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        database_settings(url=url, home=tmp_path)


@pytest.mark.django_db
def test_queries_run_on_a_server_of_ours() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show unix_socket_directories")
        assert "/var/tests/" in cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_query_that_comes_again_is_prepared() -> None:
    with connection.cursor() as cursor:
        for number in range(5):
            cursor.execute("select %s::int + 1 as prepared_here", [number])
        cursor.execute("select count(*) from pg_prepared_statements where statement like '%%prepared_here%%'")
        assert cursor.fetchone()[0] >= 1


def test_preparing_can_be_left_to_a_pooler(tmp_path: Path) -> None:
    made = database_settings(url="postgresql://u@h/d", home=tmp_path, prepared=False)["default"]
    assert "prepare_threshold" not in made["OPTIONS"]
