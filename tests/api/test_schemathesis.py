"""A fuzzer that knows only the OpenAPI description finds no server error and no answer that was not described.

More examples: HEADHAUL_FUZZ_EXAMPLES=200 make test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

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


@pytest.mark.slow
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
