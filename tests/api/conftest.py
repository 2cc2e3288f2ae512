"""The product's own server, in this process, on the database of the test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from headhaul.actions.services import limits
from headhaul.preferences.services import values
from tests.server import running_server


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the server listens. It runs until the last test of the session has ended."""
    with running_server() as found:
        yield found


@pytest.fixture
def http(address: str, transactional_db: None) -> Iterator[httpx.Client]:
    """A client of nobody: tests add a token or a session."""
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client
    limits.forget()
    values.forget()
