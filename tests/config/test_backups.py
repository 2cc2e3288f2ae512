"""A backup is worth what its restore gives back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headhaul.config.embedded_postgres import Layout, ensure, release
from tests.config.postgres_users import connect, eventually, open_directory, stopped

ADA = "ada@backup.example"


class Home:
    """A Headhaul of its own, used through its command line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.layout = Layout.of(path / "postgres")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {
            "HEADHAUL_HOME": str(self.path),
            "HEADHAUL_POSTGRES_OPTIONS": "fsync=off",
            "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
        }
        command = [sys.executable, "-m", "headhaul.config", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def emails(self) -> list[str]:
        ensure(self.layout.asked, durable=False)
        with connect(self.layout) as connection:
            found = [row[0] for row in connection.execute("select email from security_user order by email")]
        release(self.layout.asked)
        return found


@pytest.fixture(scope="module")
def original() -> Iterator[Home]:
    with open_directory() as path:
        yield _with_ada(Home(path))
        assert eventually(lambda: stopped(Layout.of(path / "postgres")))


def _with_ada(home: Home) -> Home:
    assert home.run("migrate", "-v0").returncode == 0
    add = f"from headhaul.security.models import User; User.objects.create(email='{ADA}')"
    assert home.run("shell", "--no-imports", "-v0", "-c", add).returncode == 0
    return home


@pytest.fixture(scope="module")
def backup(original: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "one.dump"
    made = original.run("backup", str(file))
    assert made.returncode == 0, made.stderr
    return file


def test_a_backup_is_readable_by_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_backup_never_overwrites_another(original: Home, backup: Path) -> None:
    again = original.run("backup", str(backup))
    assert (again.returncode, "exists" in again.stderr) == (1, True)


def test_what_was_backed_up_comes_back_elsewhere(backup: Path) -> None:
    with open_directory() as path:
        elsewhere = Home(path)
        done = elsewhere.run("restore", str(backup))
        assert done.returncode == 0, done.stderr
        assert elsewhere.emails() == [ADA]
        assert eventually(lambda: stopped(elsewhere.layout))


def test_a_database_that_holds_something_is_replaced_only_by_force(original: Home, backup: Path) -> None:
    refused = original.run("restore", str(backup))
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    forced = original.run("restore", str(backup), "--force")
    assert forced.returncode == 0, forced.stderr
    assert original.emails() == [ADA]


def test_a_torn_backup_is_refused_before_anything_is_touched(original: Home, backup: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.dump"
    torn.write_bytes(backup.read_bytes()[: backup.stat().st_size * 2 // 3])
    refused = original.run("restore", str(torn), "--force")
    assert (refused.returncode, "not a whole backup" in refused.stderr) == (1, True)
    assert original.emails() == [ADA]
