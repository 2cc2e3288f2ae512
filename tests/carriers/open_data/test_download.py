"""Fetching a census file over real HTTP: whole or not at all, and going on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headhaul.carriers.gateways.faults import DownloadFailed, DownloadRefused
from headhaul.carriers.gateways.open_data import OpenData, OpenDataSettings
from headhaul.carriers.gateways.partial_file import claimed
from headhaul.kernel import Conflict, InvalidData
from tests.fakes.loopback import Reply
from tests.fakes.open_data_server import DATASET, OpenDataServer, census


@pytest.fixture
def server() -> Iterator[OpenDataServer]:
    with OpenDataServer() as running:
        yield running


def portal(server: OpenDataServer, **changes: Any) -> OpenData:
    quick: dict[str, Any] = {
        "base_url": server.url,
        "first_wait": 0.001,
        "longest_wait": 0.01,
        "attempts": 4,
        "timeout": 5,
    }
    return OpenData(OpenDataSettings(**(quick | changes)))


def test_the_whole_file_arrives_with_its_shape_and_date(server: OpenDataServer, tmp_path: Path) -> None:
    got = portal(server).fetch(DATASET, into=tmp_path / "downloads")
    assert got.path == tmp_path / "downloads" / "az4n-8mr2.csv"
    assert got.path.read_bytes() == server.content
    assert (got.size, got.shape.rows, got.was_resumed) == (len(server.content), 200, False)
    assert got.shape.columns == ("DOT_NUMBER", "LEGAL_NAME", "PHY_STATE")
    assert got.published_at == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert [file.name for file in got.path.parent.iterdir()] == ["az4n-8mr2.csv"]


def test_progress_is_told(server: OpenDataServer, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    portal(server).fetch(DATASET, into=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(server.content), len(server.content))


def test_a_token_that_is_not_set_is_not_sent(server: OpenDataServer, tmp_path: Path) -> None:
    portal(server, app_token="  ").fetch(DATASET, into=tmp_path)
    assert all("X-App-Token" not in seen.headers for seen in server.seen)
    portal(server, app_token="t0ken").fetch(DATASET, into=tmp_path)
    assert server.downloads[-1].headers["X-App-Token"] == "t0ken"
    assert "t0ken" not in repr(OpenDataSettings(app_token="t0ken"))


def test_a_cut_connection_goes_on_where_it_stopped(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(server.cut(1000))
    got = portal(server).fetch(DATASET, into=tmp_path)
    assert (got.was_resumed, got.path.read_bytes() == server.content) == (True, True)
    assert server.downloads[1].headers["Range"] == "bytes=1000-"


def test_a_later_run_goes_on_where_the_last_one_was_left(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(server.cut(1000))
    with pytest.raises(DownloadFailed, match="What has arrived is kept"):
        portal(server, attempts=1).fetch(DATASET, into=tmp_path)
    got = portal(server).fetch(DATASET, into=tmp_path)
    assert (got.was_resumed, got.path.read_bytes() == server.content) == (True, True)


def test_a_file_that_changed_meanwhile_is_fetched_anew(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(server.cut(1000))
    with pytest.raises(DownloadFailed):
        portal(server, attempts=1).fetch(DATASET, into=tmp_path)
    server.etag, server.content = '"v2"', census(199)
    got = portal(server).fetch(DATASET, into=tmp_path)
    assert (got.was_resumed, got.path.read_bytes() == server.content) == (False, True)


def test_a_portal_that_cannot_resume_is_asked_for_all_of_it(server: OpenDataServer, tmp_path: Path) -> None:
    server.resumes = False
    server.next(server.cut(1000), server.cut(2000))
    got = portal(server).fetch(DATASET, into=tmp_path)
    assert (got.was_resumed, got.path.read_bytes() == server.content) == (False, True)


def test_a_piece_that_was_not_asked_for_is_not_glued_on(server: OpenDataServer, tmp_path: Path) -> None:
    wrong = Reply(b"zzz", 206, {"Content-Range": "bytes 7-9/9999"}, "text/csv")
    server.next(server.cut(1000), wrong)
    assert portal(server).fetch(DATASET, into=tmp_path).path.read_bytes() == server.content


def test_a_range_that_no_longer_exists_starts_over(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(server.cut(1000), Reply(b"", 416))
    assert portal(server).fetch(DATASET, into=tmp_path).path.read_bytes() == server.content


@pytest.mark.parametrize(
    "fault",
    [
        Reply(b"", 500),
        Reply(b"<html><title>Bad gateway</title></html>", 502, content_type="text/html"),
        Reply(b"", 429, {"Retry-After": "0"}),
        Reply(b"", 202),
    ],
)
def test_a_passing_fault_is_retried(server: OpenDataServer, tmp_path: Path, fault: Reply) -> None:
    server.next(fault, fault)
    assert portal(server).fetch(DATASET, into=tmp_path).shape.rows == 200
    assert len(server.downloads) == 3


def test_a_pause_of_an_hour_is_told_not_waited_for(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(Reply(b"", 429, {"Retry-After": "3600"}))
    with pytest.raises(DownloadFailed, match="slow down"):
        portal(server).fetch(DATASET, into=tmp_path)
    assert len(server.downloads) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b"<html><title>Site Down</title></html>", content_type="text/html"), "web page .Site Down."),
        (Reply(b"\n <!DOCTYPE html><title>Oops</title>", content_type="text/csv"), "web page .Oops."),
        (Reply(b'{"error": true, "message": "Too wide"}'), "Too wide"),
        (Reply(b"[1]", content_type="text/csv"), "no reason given"),
        (Reply(b"", 404), "no dataset az4n-8mr2"),
        (Reply(b"", 403), "FMCSA_OPEN_DATA_TOKEN"),
        (Reply(b"", 400, content_type="text/plain"), "answers 400"),
        (Reply(b"name,price\nbread,3\n", content_type="text/csv"), "no column dot_number"),
        (Reply(bytes(range(256)) * 50 + b"\n", content_type="text/csv"), "no column dot_number"),
    ],
)
def test_something_other_than_the_file_is_refused_at_once(
    server: OpenDataServer, tmp_path: Path, reply: Reply, words: str
) -> None:
    server.next(reply)
    with pytest.raises(DownloadRefused, match=words):
        portal(server).fetch(DATASET, into=tmp_path)
    assert len(server.downloads) == 1
    assert not (tmp_path / f"{DATASET}.csv").exists()


@pytest.mark.parametrize("kept", [0, 10, 60, 3000, -1, -4])
def test_a_file_cut_where_no_length_was_given_is_noticed(server: OpenDataServer, tmp_path: Path, kept: int) -> None:
    server.rows = None
    short = server.content[:kept]
    server.next(*[Reply(short, 200, {}, "text/csv", says_length=False)] * 4)
    if kept == -1:  # only the last line break is missing: nothing is lost
        assert portal(server).fetch(DATASET, into=tmp_path).shape.rows == 200
        return
    with pytest.raises(DownloadFailed, match="not whole"):
        portal(server).fetch(DATASET, into=tmp_path)


def test_rows_that_are_missing_are_noticed_by_the_portals_own_count(server: OpenDataServer, tmp_path: Path) -> None:
    server.content = census(150)
    with pytest.raises(DownloadFailed, match="150 of 200 rows"):
        portal(server).fetch(DATASET, into=tmp_path)


def test_a_failed_download_leaves_the_last_good_file(server: OpenDataServer, tmp_path: Path) -> None:
    good = portal(server).fetch(DATASET, into=tmp_path).path
    server.next(Reply(b"<html></html>", content_type="text/html"))
    with pytest.raises(DownloadRefused):
        portal(server).fetch(DATASET, into=tmp_path)
    assert good.read_bytes() == server.content


def test_two_downloads_of_one_file_do_not_mix(server: OpenDataServer, tmp_path: Path) -> None:
    with claimed(tmp_path / f"{DATASET}.csv.part"), pytest.raises(Conflict, match="being downloaded"):
        portal(server).fetch(DATASET, into=tmp_path)


def test_a_redirect_is_followed_without_giving_the_token_to_another_host(
    server: OpenDataServer, tmp_path: Path
) -> None:
    other = server.url.replace("127.0.0.1", "localhost")
    server.next(Reply(b"", 302, {"Location": f"{other}/api/views/{DATASET}/rows.csv?accessType=DOWNLOAD"}))
    assert portal(server, app_token="t0ken").fetch(DATASET, into=tmp_path).shape.rows == 200
    first, second = server.downloads
    assert ("X-App-Token" in first.headers, "X-App-Token" in second.headers) == (True, False)


def test_redirects_in_a_circle_end(server: OpenDataServer, tmp_path: Path) -> None:
    server.next(*[Reply(b"", 302, {"Location": f"/api/views/{DATASET}/rows.csv"})] * 9)
    with pytest.raises(DownloadRefused, match="302"):
        portal(server).fetch(DATASET, into=tmp_path)


def test_a_place_that_cannot_be_written_is_told(server: OpenDataServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadFailed, match="cannot be kept"):
        portal(server).fetch(DATASET, into=tmp_path / "file")


@pytest.mark.parametrize("dataset", ["", "az4n", "../../etc", "AZ4N-8MR2", "az4n-8mr2/../x"])
def test_a_dataset_is_named_by_its_id_only(server: OpenDataServer, tmp_path: Path, dataset: str) -> None:
    with pytest.raises(InvalidData, match="no dataset id"):
        portal(server).fetch(dataset, into=tmp_path)
    assert server.seen == []


def test_notes_that_were_damaged_only_cost_the_resuming(server: OpenDataServer, tmp_path: Path) -> None:
    (tmp_path / f"{DATASET}.csv.part").write_bytes(b"half")
    (tmp_path / f"{DATASET}.csv.part.json").write_text(json.dumps(["odd"]))
    assert portal(server).fetch(DATASET, into=tmp_path).path.read_bytes() == server.content
