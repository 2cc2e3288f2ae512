"""Settings that cannot be used are answered with the name and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from headhaul.config.env import Env, SettingError, load_env_file, parse_env_file


def test_empty_counts_as_not_set() -> None:
    assert Env({"PORT": " "}).whole("PORT", 8000) == 8000


@pytest.mark.parametrize(("spelt", "meant"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_yes_and_no_have_their_usual_spellings(spelt: str, meant: bool) -> None:
    assert Env({"X": spelt}).flag("X") is meant


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(SettingError, match="X='maybe' is neither yes nor no"):
        Env({"X": "maybe"}).flag("X")


@pytest.mark.parametrize("value", ["eight", "0", "70000"])
def test_a_number_out_of_bounds_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match=r"PORT.*from 1 to 65535"):
        Env({"PORT": value}).whole("PORT", 8000, least=1, most=65535)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    assert Env({"KEY_FILE": str(tmp_path / "key")}).secret("KEY") == "hush"


def test_a_secret_given_twice_or_in_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="not both"):
        Env({"KEY": "a", "KEY_FILE": "b"}).secret("KEY")
    with pytest.raises(SettingError, match="KEY_FILE: cannot read"):
        Env({"KEY_FILE": str(tmp_path / "nothing")}).secret("KEY")


def test_a_file_of_settings_keeps_quotes_comments_and_equal_signs_apart() -> None:
    text = "# a comment\n\nexport A=1\nB = 'two words'\nC=x=y\n"
    assert parse_env_file(text) == {"A": "1", "B": "two words", "C": "x=y"}


def test_a_line_that_is_no_setting_is_named() -> None:
    with pytest.raises(SettingError, match="line 2"):
        parse_env_file("A=1\nwhat is this\n")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    environment = {"A": "environment"}
    load_env_file(tmp_path / ".env", environment)
    assert environment == {"A": "environment", "B": "file"}
