"""A fuzzer that knows only the OpenAPI description finds no server error and no answer that was not described.

More examples: HEADHAUL_FUZZ_EXAMPLES=200 make test.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from headhaul.actions.preferences import Limits
from headhaul.kernel import SYSTEM
from headhaul.preferences.services import values
from headhaul.security.models import ApiToken
from tests.api.people import as_token

EXAMPLES = os.environ.get("HEADHAUL_FUZZ_EXAMPLES", "8")
CHECKS = ",".join(
    (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
        "allow_header_conformance",
        "ignored_auth",
    )
)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that the fuzzer makes up have no address, as on a machine without a network."""

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in ("127.0.0.1", "localhost"):
            return known(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    known = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_a_fuzzer_finds_nothing(http: httpx.Client, address: str, tmp_path: Path) -> None:
    unlimited = {"tokenActionsPerMinute": 0}
    values.save(section=Limits, values=unlimited, expected_version=0, by=SYSTEM, at=datetime.now(UTC))
    authorization = as_token("ada")["Authorization"]
    ApiToken.objects.update(id=987_654_321_012_345)  # out of the way of a fuzzer that revokes token 1, 2, 3
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/openapi.json"]
    command += ["-H", f"Authorization: {authorization}", "--checks", CHECKS, "--max-examples", EXAMPLES]
    command += ["--phases", "examples,coverage,fuzzing", "--seed", "20261122", "--generation-database", "none"]
    command += ["--continue-on-failure", "--output-truncate", "true", "--warnings", "off"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-5_000:]
