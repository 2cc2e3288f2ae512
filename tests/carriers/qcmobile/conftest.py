"""A QCMobile server on this machine, and clients that do not wait long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from headhaul.carriers.gateways.qcmobile import QcMobile
from headhaul.carriers.gateways.qcmobile_wire import QcMobileSettings
from tests.fakes.qcmobile_server import WEB_KEY, QcMobileServer

MakeClient = Callable[..., QcMobile]


@pytest.fixture
def server() -> Iterator[QcMobileServer]:
    with QcMobileServer() as running:
        yield running


@pytest.fixture
def make_client(server: QcMobileServer) -> Iterator[MakeClient]:
    made: list[QcMobile] = []

    def make(*, cache: Any = None, **changes: Any) -> QcMobile:
        quick: dict[str, Any] = {
            "web_key": WEB_KEY,
            "base_url": server.base_url,
            "first_wait": 0.001,
            "longest_wait": 0.01,
            "requests_per_second": 10_000,
        }
        made.append(QcMobile(QcMobileSettings(**(quick | changes)), cache=cache))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> QcMobile:
    return make_client()
