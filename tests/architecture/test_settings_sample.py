"""Settings tell what there is to set."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from headhaul.config.env import env

ROOT = Path(__file__).parents[2]
INTERNAL = {"HEADHAUL_IGNORE_ENV_FILE"}  # for tests


def test_the_sample_names_every_setting_and_no_other() -> None:
    assert settings.configured
    sample = set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", (ROOT / ".env.sample").read_text(), re.MULTILINE))
    secrets = {name for name in env.names if name.endswith("_FILE") and name.removesuffix("_FILE") in env.names}
    mentioned = {
        name for path in (ROOT / "src").rglob("*.py") for name in re.findall(r"HEADHAUL_[A-Z_]+[A-Z]", path.read_text())
    }
    assert sample == (env.names | mentioned) - secrets - INTERNAL
