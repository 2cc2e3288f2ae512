"""The signing key is made once and stays secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from headhaul.config.env import SettingError
from headhaul.config.secret_key import kept_secret


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = kept_secret(tmp_path / "home", "key")
    assert kept_secret(tmp_path / "home", "key") == made
    assert (tmp_path / "home" / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["key"]


def test_an_emptied_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    with pytest.raises(SettingError, match="too short"):
        kept_secret(tmp_path, "key")
