"""The command line answers in sentences."""

from __future__ import annotations

import pytest

from headhaul.config import cli


def test_help_lists_every_command_of_every_room_with_what_it_does() -> None:
    shown = cli.overview()
    assert {"serve", "worker", "doctor", "backup", "restore"} <= {each.name for each in cli.commands()}
    assert all(each.help and f"{each.name} " in shown for each in cli.commands())


def test_an_unknown_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["srve"]) == 2
    assert "no command 'srve'. Did you mean serve" in capsys.readouterr().err


def test_a_version_is_told_without_starting_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.count(".") == 2
