"""One Headhaul per home, and a port that may be taken."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from headhaul.config.serving.instance import AlreadyRunning, Instance, PortTaken, listen


def test_a_second_one_is_told_where_the_first_is(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.note("http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunning, match=rf"http://127\.0\.0\.1:8000 \(process {os.getpid()}\)"):
        Instance(tmp_path)
    first.close()
    Instance(tmp_path).close()


def test_a_note_left_by_a_killed_one_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "serve.json").write_text('{"pid": 1, "address": "http://127.0.0.1:8000"}')
    Instance(tmp_path).close()


def test_a_taken_port_is_said_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken .*PORT={port + 1}"):
            listen("127.0.0.1", port, patience_seconds=0)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises((PortTaken, RuntimeError), match=r"Cannot listen on|network is off"):
        listen(host, 0, patience_seconds=0)
