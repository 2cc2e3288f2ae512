"""The server, over real HTTP: Django on threads behind an event loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from django.test import override_settings

from headhaul.config.asgi import application
from tests.config import hybrid_urls
from tests.config.postgres_users import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A served application with small views of our own, and small limits."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(application, http="httptools", ws="none", log_config=None, proxy_headers=False)
        )
        with override_settings(
            ROOT_URLCONF="tests.config.hybrid_urls",
            MAX_REQUEST_BYTES=1_000_000,
            MAIL_MAX_BYTES=2_000_000,
            UPLOAD_MAX_BYTES=5_000_000,
        ):
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            assert eventually(lambda: server.started)
            yield listener.getsockname()[1]
            server.should_exit = True
            thread.join()


@pytest.fixture
def web(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def test_a_body_within_the_limit_arrives_whole(web: httpx.Client) -> None:
    assert web.post("/echo", content=b"x" * 1_000_000).json()["length"] == 1_000_000


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_beyond_the_limit_is_refused_declared_or_not(web: httpx.Client, streamed: bool) -> None:
    content = (b"x" * 100_000 for _ in range(11)) if streamed else b"x" * 1_000_001
    assert web.post("/echo", content=content).status_code == 413


def test_a_mail_may_be_larger_than_a_page(web: httpx.Client) -> None:
    where = "/webhooks/email/1-x/inbound/mime"  # of which the views here know nothing
    assert [web.post(where, content=b"x" * size).status_code for size in (1_000_001, 2_000_001)] == [404, 413]


def test_paths_and_queries_keep_their_characters(web: httpx.Client) -> None:
    found = web.get("/echo/Größe/%2Fa%20b?q=ü%26v").json()
    assert (found["path"], found["query"]) == ("/echo/Größe//a b", {"q": "ü&v"})


def test_a_header_spelt_with_underscores_does_not_pass_for_another(web: httpx.Client) -> None:
    found = web.get("/echo", headers={"X_Forwarded_For": "9.9.9.9"}).json()
    assert (found["forwarded"], found["address"]) == ("", "127.0.0.1")


def test_every_cookie_is_set(web: httpx.Client) -> None:
    assert len(web.get("/cookie").headers.get_list("set-cookie")) == 2


def test_an_error_in_a_view_is_a_500_and_the_next_request_is_answered(web: httpx.Client) -> None:
    assert web.get("/breaks").status_code == 500
    assert web.get("/echo").status_code == 200


def test_a_download_is_made_on_one_thread_and_arrives_whole(web: httpx.Client) -> None:
    lines = web.get("/rows", params={"rows": 500}).text.splitlines()
    assert (len(lines), len(set(lines))) == (50_000, 1)


def test_a_download_that_nobody_reads_any_more_ends(web: httpx.Client) -> None:
    with web.stream("GET", "/rows", params={"rows": 10_000_000}) as response:
        next(response.iter_bytes())
    assert eventually(hybrid_urls.closed.is_set)


def test_one_who_left_while_waiting_costs_no_work(port: int, web: httpx.Client) -> None:
    hybrid_urls.started.clear()
    busy = [_send(port, f"/slow?name=busy{number}") for number in range(2)]
    assert eventually(lambda: len(hybrid_urls.started) == 2)
    _send(port, "/slow?name=gone").close()
    assert web.get("/slow", params={"name": "last"}).text == "done"
    assert sorted(hybrid_urls.started) == ["busy0", "busy1", "last"]
    for each in busy:
        each.close()


def _send(port: int, path: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def test_an_upload_is_read_as_it_comes(web: httpx.Client) -> None:
    answer = web.post("/api/uploads", content=b"x" * 3_000_000, headers={"X-Key": "mine"})
    assert answer.json() == {"size": 3_000_000}


def test_an_upload_by_a_stranger_is_refused_before_it_is_read(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /api/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\nfirst")
        assert connection.recv(100).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(("length", "status"), [(6_000_000, 413), (None, 411)])
def test_an_upload_says_how_long_it_is_and_is_not_too_long(web: httpx.Client, length: int | None, status: int) -> None:
    content = b"x" * length if length else iter([b"x"])
    answer = web.post("/api/uploads", content=content, headers={"X-Key": "mine"})
    assert (answer.status_code, answer.json()["action"]) == (status, "actionError")


def test_health_is_answered_while_every_page_thread_is_busy(port: int, web: httpx.Client) -> None:
    hybrid_urls.started.clear()
    busy = [_send(port, f"/slow?name=busy{number}") for number in range(2)]
    assert eventually(lambda: len(hybrid_urls.started) == 2)
    assert web.get("/healthz").text == "alive\n"
    for each in busy:
        each.close()


def test_ready_means_that_database_and_schema_are(web: httpx.Client) -> None:
    assert (web.get("/readyz").status_code, web.get("/readyz").text) == (200, "ready\n")


def test_metrics_count_requests_for_this_machine(web: httpx.Client) -> None:
    web.get("/echo")
    assert 'headhaul_http_requests_total{method="GET",status="200"}' in web.get("/metrics").text


def test_metrics_are_refused_to_those_a_proxy_speaks_for_and_open_to_the_token(web: httpx.Client) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    assert web.get("/metrics", headers=forwarded).status_code == 403
    with override_settings(METRICS_TOKEN="secret"):
        bearer = {"Authorization": "Bearer secret"}
        assert web.get("/metrics", headers=forwarded | bearer).status_code == 200


def test_every_answer_carries_a_request_id_and_keeps_a_given_one(web: httpx.Client) -> None:
    assert len(web.get("/echo").headers["X-Request-ID"]) == 32
    assert web.get("/echo", headers={"X-Request-ID": "from-a-proxy-1"}).headers["X-Request-ID"] == "from-a-proxy-1"


def test_every_answer_carries_the_strict_policies(web: httpx.Client) -> None:
    headers = web.get("/echo").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
