"""Every way the service fails, over a real connection: told apart, retried when that helps."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import pytest

from headhaul.carriers.gateways.faults import (
    FmcsaFault,
    FmcsaKeyRefused,
    FmcsaMaintenance,
    FmcsaMalformed,
    FmcsaRefused,
    FmcsaResting,
    FmcsaUnavailable,
)
from headhaul.carriers.gateways.qcmobile import QcMobile
from headhaul.carriers.gateways.qcmobile_wire import QcMobileSettings
from headhaul.kernel import Unavailable
from tests.carriers.qcmobile.conftest import MakeClient
from tests.fakes.loopback import Reply
from tests.fakes.qcmobile_server import (
    WEB_KEY,
    QcMobileServer,
    broken,
    captured,
    json_reply,
    maintenance,
    too_many,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = json.dumps(captured("carriers_158121")).encode()


@pytest.mark.parametrize(
    "fault",
    [
        too_many(),
        too_many("0"),
        too_many("nonsense"),
        too_many("Sun, 06 Nov 1994 08:49:37 GMT"),
        broken(500),
        broken(502),
        broken(503),
        Reply(WHOLE, cut_after=300),
        Reply(WHOLE, cut_after=0),
        Reply(b"\x1f\x8b not gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["429", "429-0s", "429-odd", "429-past", "500", "502", "503", "cut", "cut-at-once", "damaged"],
)
def test_a_passing_fault_is_retried(client: QcMobile, server: QcMobileServer, fault: Reply) -> None:
    server.next(fault, fault)
    assert client.carrier(158121, at=NOON).value.legal_name == "VERIHA TRUCKING INC"
    assert len(server.seen) == 3


def test_retries_end_and_the_error_says_what_to_do(client: QcMobile, server: QcMobileServer) -> None:
    server.next(*[broken(503)] * 9)
    with pytest.raises(FmcsaUnavailable) as caught:
        client.carrier(158121, at=NOON)
    assert len(server.seen) == 4
    assert isinstance(caught.value, Unavailable)
    assert "error of its own (503)" in caught.value.message
    assert "try again" in caught.value.message


def test_a_pause_longer_than_our_patience_ends_the_question_at_once(
    make_client: MakeClient, server: QcMobileServer
) -> None:
    server.next(too_many("120"))
    client = make_client(deadline=5)
    with pytest.raises(FmcsaUnavailable, match="2 minutes") as caught:
        client.carrier(158121, at=NOON)
    assert (caught.value.retry_after, len(server.seen)) == (120, 1)


def test_after_being_asked_to_pause_nobody_asks_until_it_is_over(client: QcMobile, server: QcMobileServer) -> None:
    server.next(too_many("120"))
    with pytest.raises(FmcsaUnavailable):
        client.carrier(158121, at=NOON)
    with pytest.raises(FmcsaResting):
        client.basics(44110, at=NOON)
    assert len(server.seen) == 1


def test_a_server_that_never_answers_is_left_after_the_timeout(make_client: MakeClient, server: QcMobileServer) -> None:
    server.next(*[Reply(WHOLE, wait=60)] * 2)
    with pytest.raises(FmcsaUnavailable, match="no answer in time"):
        make_client(timeout=0.1, attempts=2).carrier(158121, at=NOON)
    assert len(server.seen) == 2


def test_an_answer_that_trickles_in_is_left_at_the_deadline(make_client: MakeClient, server: QcMobileServer) -> None:
    server.next(Reply(WHOLE, drip=0.05))
    with pytest.raises(FmcsaUnavailable, match="took too long"):
        make_client(timeout=30, deadline=0.3).carrier(158121, at=NOON)


def test_nobody_at_the_address_is_unavailable(make_client: MakeClient) -> None:
    client = make_client(base_url="http://127.0.0.1:9/qc/services/", attempts=2)
    with pytest.raises(FmcsaUnavailable, match="no connection"):
        client.carrier(158121, at=NOON)


@pytest.mark.parametrize("status", [200, 503])
def test_the_maintenance_page_is_known_whatever_its_status_and_not_asked_again(
    client: QcMobile, server: QcMobileServer, status: int
) -> None:
    server.next(maintenance(status))
    with pytest.raises(FmcsaMaintenance, match="maintenance"):
        client.carrier(158121, at=NOON)
    assert len(server.seen) == 1


def test_a_wrong_key_says_which_setting_to_check(make_client: MakeClient, server: QcMobileServer) -> None:
    with pytest.raises(FmcsaKeyRefused, match="FMCSA_WEB_KEY"):
        make_client(web_key="f" * 40).carrier(158121, at=NOON)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_a_wrong_key_is_known_whatever_its_status(client: QcMobile, server: QcMobileServer, status: int) -> None:
    server.next(json_reply({"content": "Webkey not found"}, status))
    with pytest.raises(FmcsaKeyRefused):
        client.carrier(158121, at=NOON)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"Not Found", 404, content_type="text/plain"),
        Reply(b"", 403),
        Reply(b"", 302, {"Location": "/"}),
    ],
)
def test_a_refusal_is_neither_retried_nor_followed(client: QcMobile, server: QcMobileServer, reply: Reply) -> None:
    server.next(reply)
    with pytest.raises(FmcsaRefused, match=str(reply.status)):
        client.carrier(158121, at=NOON)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"42",
        b"{}",
        b'{"content": 7}',
        b'{"content": "something else"}',
        b'{"content": [1, 2]}',
        b'{"content": {"carrier": "x"}}',
        b'{"content": {"carrier": {"dotNumber": NaN}}}',
        b'{"content": {"carrier": {"dotNumber": 1' + b"0" * 5000 + b"}}}",
        b'{"content": ' + b"[" * 50_000,
        b'{"content": {"carrier": {"legalName": "cut her',
        b"<html><head><title>Access denied</title></head></html>",
        b"\xff\xfe\x00garbage",
        b'{"content": {"carrier": {}}, "retrievalDate": "yesterday"}',
        b"x" * 5_000_000,
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_nonsense_is_malformed_and_not_asked_again(client: QcMobile, server: QcMobileServer, body: bytes) -> None:
    server.next(Reply(body))
    with pytest.raises(FmcsaMalformed) as caught:
        client.carrier(158121, at=NOON)
    assert (caught.value.status, len(server.seen)) == (502, 1)


def test_an_answer_cut_where_no_length_was_given_is_malformed(client: QcMobile, server: QcMobileServer) -> None:
    server.next(Reply(WHOLE, says_length=False, cut_after=300))
    with pytest.raises(FmcsaMalformed):
        client.carrier(158121, at=NOON)


def test_after_failures_in_a_row_the_service_is_left_alone_then_tried_once(
    make_client: MakeClient, server: QcMobileServer
) -> None:
    client = make_client(attempts=1, failures_before_rest=2, rest=0.2)
    server.next(broken(), broken())
    for _ in range(2):
        with pytest.raises(FmcsaUnavailable, match="500"):
            client.carrier(158121, at=NOON)
    with pytest.raises(FmcsaResting, match="left alone"):
        client.carrier(158121, at=NOON)
    assert len(server.seen) == 2
    while True:
        try:
            assert client.carrier(158121, at=NOON).value.dot_number == 158121
        except FmcsaResting:
            continue
        break
    assert len(server.seen) == 3


def test_a_queue_longer_than_the_deadline_is_refused_without_blaming_the_service(
    make_client: MakeClient, server: QcMobileServer
) -> None:
    client = make_client(requests_per_second=0.01, deadline=1, failures_before_rest=1)
    client.carrier(158121, at=NOON)
    for _ in range(3):
        with pytest.raises(FmcsaResting, match="too many questions"):
            client.basics(44110, at=NOON)
    assert len(server.seen) == 1


FAULTS: dict[str, tuple[dict[str, Any], list[Reply]]] = {
    "no connection": ({"base_url": "http://127.0.0.1:9/"}, []),
    "timeout": ({"timeout": 0.1}, [Reply(WHOLE, wait=60)] * 2),
    "cut": ({}, [Reply(WHOLE, cut_after=100)] * 2),
    "429": ({}, [too_many()] * 2),
    "500 that repeats the address": ({}, [broken()] * 2),
    "wrong key": ({}, [json_reply({"content": f"Webkey not found: {WEB_KEY}"}, 404)]),
    "redirect": ({}, [Reply(b"", 302, {"Location": f"https://example.org/?webKey={WEB_KEY}"})]),
    "nonsense": ({}, [Reply(WEB_KEY.encode())]),
    "wrong field": ({}, [json_reply({"content": {"carrier": {"dotNumber": WEB_KEY}}})]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_key_is_in_no_error_no_traceback_and_no_log(
    name: str, make_client: MakeClient, server: QcMobileServer, caplog: pytest.LogCaptureFixture
) -> None:
    changes, replies = FAULTS[name]
    server.next(*replies)
    client = make_client(attempts=2, **changes)
    with caplog.at_level(logging.DEBUG), pytest.raises(FmcsaFault) as caught:
        client.carrier(158121, at=NOON)
    error = caught.value
    told = [str(error), repr(error), "".join(traceback.format_exception(error)), caplog.text]
    seen: BaseException | None = error
    while seen is not None:
        told += [repr(seen), repr(vars(seen)), str(getattr(seen, "_request", ""))]
        told.append(str(getattr(getattr(seen, "_request", None), "url", "")))
        seen = seen.__cause__ or seen.__context__
    assert WEB_KEY not in "\n".join(told)


def test_a_question_that_succeeds_logs_no_key_and_shows_none(
    client: QcMobile, server: QcMobileServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.carrier(158121, at=NOON)
    assert server.seen[0].query == {"webKey": WEB_KEY}
    assert WEB_KEY not in caplog.text
    assert WEB_KEY not in repr(QcMobileSettings(web_key=WEB_KEY))
