"""The product's settings on a throw-away database server: nothing of the developer's environment leaks in."""

from __future__ import annotations

import os
from pathlib import Path

from tests import slots

for name in [name for name in os.environ if name.startswith(("HEADHAUL_", "OIDC_", "FMCSA_"))]:
    if name not in (
        "HEADHAUL_REQUIRE_BROWSER",
        "HEADHAUL_SCREENSHOTS",
        "HEADHAUL_POSTGRES_BIN",
        "HEADHAUL_FAULTS",
        *slots.NAMES,
    ):
        del os.environ[name]
os.environ["HEADHAUL_IGNORE_ENV_FILE"] = "1"
os.environ["HEADHAUL_HOME"] = os.environ.get("HEADHAUL_TEST_HOME") or str(Path(__file__).parents[1] / "var" / "tests")
os.environ["DATABASE_URL"] = os.environ.get("HEADHAUL_TEST_DATABASE_URL", "")

from headhaul.config.settings import *  # noqa: E402, F403
from headhaul.config.settings import DATABASES, MIDDLEWARE  # noqa: E402

DATABASES["default"]["EMBEDDED_DURABLE"] = False
DATABASES["default"]["OPTIONS"]["pool"] |= {"timeout": 120}  # tests with many threads, on a busy machine
DATABASES["default"]["TEST"] = {"NAME": f"test_headhaul_{slots.take()}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
INTERNAL_HOSTS = ["127.0.0.1"]  # where the mail servers of tests are
