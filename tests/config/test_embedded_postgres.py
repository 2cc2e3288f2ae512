"""The embedded server survives whatever happens to the processes around it. All of them are real here."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from headhaul.config.embedded_postgres import EmbeddedPostgresError, Layout, ensure, is_running, keeper, release
from headhaul.config.embedded_postgres.processes import running_in
from tests.config import postgres_users
from tests.config.postgres_users import User, connect, eventually, kill_all, open_directory, postmaster, stopped

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="concerns root")


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with open_directory() as home:
        place = home / "postgres"
        user = User(place)
        with connect(Layout.of(place)) as connection:
            connection.execute("create table kept (word text); insert into kept values ('still here')")
        user.leave()
        assert eventually(lambda: stopped(Layout.of(place)))
        yield place
        assert eventually(lambda: stopped(Layout.of(place)))


@pytest.fixture
def fresh() -> Iterator[Path]:
    with open_directory() as home:
        yield home / "postgres"
        assert eventually(lambda: stopped(Layout.of(home / "postgres")))


@pytest.fixture
def layout(directory: Path) -> Layout:
    return Layout.of(directory)


def _kept(layout: Layout) -> str:
    with connect(layout) as connection:
        return str(connection.execute("select word from kept").fetchone()[0])  # type: ignore[index]


def test_what_was_written_is_there_after_a_restart(directory: Path, layout: Layout) -> None:
    user = User(directory)
    assert _kept(layout) == "still here"
    user.leave()


def test_the_server_stops_when_its_last_user_is_killed(directory: Path, layout: Layout) -> None:
    first, second = User(directory), User(directory)
    first.kill()
    assert is_running(layout)
    second.kill()
    assert eventually(lambda: stopped(layout))


def test_a_killed_keeper_takes_the_server_along_and_the_next_user_starts_it_again(
    directory: Path, layout: Layout
) -> None:
    user = User(directory)
    kill_all(postgres_users.keeper(layout))
    assert eventually(lambda: stopped(layout))
    user.leave()
    again = User(directory)
    assert _kept(layout) == "still here"
    again.leave()


def test_a_backend_orphaned_by_a_killed_server_does_not_keep_the_next_one_from_starting(
    directory: Path, layout: Layout
) -> None:
    user, busy = User(directory), connect(layout)
    threading.Thread(target=_ignore_the_end, args=(busy,), daemon=True).start()
    assert eventually(lambda: _is_busy(layout))
    kill_all(postgres_users.keeper(layout), postmaster(layout), user.process.pid)
    user.process.communicate()
    again = User(directory)
    assert _kept(layout) == "still here"
    again.leave()


def _ignore_the_end(connection: psycopg.Connection) -> None:
    with contextlib.suppress(psycopg.Error):
        connection.execute("do $$ begin loop end loop; end $$")


def _is_busy(layout: Layout) -> bool:
    with connect(layout) as connection:
        row = connection.execute("select count(*) from pg_stat_activity where query like 'do $$%'").fetchone()
    return row is not None and row[0] == 1


def test_everything_killed_at_once_starts_again(directory: Path, layout: Layout) -> None:
    user = User(directory)
    kill_all(user.process.pid, postgres_users.keeper(layout), *running_in(layout.data, layout.user))
    user.process.communicate()
    again = User(directory)
    assert _kept(layout) == "still here"
    again.leave()


def test_lock_files_that_name_a_living_stranger_are_not_believed(directory: Path, layout: Layout) -> None:
    assert eventually(lambda: stopped(layout))
    for stale in (layout.data / "postmaster.pid", layout.socket / ".s.PGSQL.5432.lock"):
        stale.write_text(f"{os.getpid()}\n{layout.data}\n")
    user = User(directory)
    assert _kept(layout) == "still here"
    user.leave()


def test_one_who_watches_over_a_killed_server_gets_it_back(directory: Path, layout: Layout) -> None:
    ensure(directory, durable=False)
    kill_all(postmaster(layout))
    assert eventually(lambda: not is_running(layout))
    ensure(directory, durable=False, check_again=True)
    assert _kept(layout) == "still here"
    assert release(directory)
    assert stopped(layout)


def test_leaving_a_server_that_others_use_leaves_it_running(directory: Path, layout: Layout) -> None:
    other = User(directory)
    ensure(directory, durable=False)
    assert not release(directory)
    assert is_running(layout)
    other.leave()


def test_a_data_directory_of_another_version_is_refused_with_what_to_do(directory: Path, layout: Layout) -> None:
    assert eventually(lambda: stopped(layout))
    stamp = layout.data / "PG_VERSION"
    before = stamp.read_text()
    stamp.write_text("9\n")
    try:
        with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 9; .*headhaul restore"):
            ensure(directory, durable=False)
    finally:
        stamp.write_text(before)


def test_a_half_made_data_directory_is_made_anew(fresh: Path) -> None:
    place = Layout.of(fresh)
    (place.base / "data.new" / "base").mkdir(parents=True)
    User(fresh).leave()
    assert (place.data / "PG_VERSION").exists()


def test_a_path_too_long_for_a_socket_works(fresh: Path) -> None:
    place = Layout.of(fresh / ("long" * 25) / "postgres")
    user = User(place.asked)
    connect(place).close()
    user.leave()
    assert eventually(lambda: stopped(place))


def test_a_socket_directory_that_a_stranger_prepared_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "socket"
    place.symlink_to(tmp_path)
    layout = Layout(asked=tmp_path, base=tmp_path, data=tmp_path / "data", socket=place, user=None)
    with pytest.raises(EmbeddedPostgresError, match="belongs to somebody else"):
        keeper.prepare(layout, Path("/"), durable=False)


def test_programs_that_are_not_there_are_named(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADHAUL_POSTGRES_BIN", "/nowhere/bin")
    with pytest.raises(EmbeddedPostgresError, match="HEADHAUL_POSTGRES_BIN=/nowhere/bin"):
        ensure(fresh, durable=False)


@pytest.mark.skipif(not Path("/usr/lib/postgresql/15/bin/postgres").exists(), reason="no system PostgreSQL 15 here")
def test_the_systems_own_programs_can_be_used(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADHAUL_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
    user = User(fresh)
    with connect(Layout.of(fresh)) as connection:
        assert connection.info.server_version // 10000 == 15
    user.leave()


@as_root
def test_root_opens_no_closed_directory_for_the_server(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    place = Layout.of(closed / "var" / "postgres")
    user = User(place.asked)
    connect(place).close()
    user.leave()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not place.base.is_relative_to(closed)
    assert eventually(lambda: stopped(place))
    shutil.rmtree(place.base)


@as_root
def test_data_stays_where_it_is_when_the_way_to_it_is_closed(fresh: Path) -> None:
    User(fresh).leave()
    assert eventually(lambda: stopped(Layout.of(fresh)))
    fresh.parent.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"cannot get there any more.*chmod o\+x"):
        ensure(fresh, durable=False)
    fresh.parent.chmod(0o755)


@as_root
def test_another_user_of_the_system_is_told_whose_directory_it_is(directory: Path) -> None:
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.setgid(65534)
        os.setuid(65534)
        try:
            ensure(directory, durable=False)
        except EmbeddedPostgresError as refusal:
            os.write(writer, str(refusal).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    assert "belongs to another user" in os.read(reader, 1000).decode()
