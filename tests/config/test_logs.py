"""What the log writes, on a terminal and for machines."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest

from headhaul.config.logs import logging_settings

SECRETS = (
    "Authorization: Bearer abc.DEF-123",
    "https://mobile.fmcsa.dot.gov/qc/services/carriers/1?webKey=abc.DEF-123",
    "postgresql://headhaul:abc.DEF-123@db/headhaul",
    "hh_abc.DEF-123-".replace(".", "_") + "x" * 28,
)


@pytest.fixture(params=["console", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What a logger of its own, set up like the product's, has written."""
    given: dict[str, Any] = logging_settings(form=request.param, level="INFO")
    formatter = logging.config.DictConfigurator(given).configure_formatter(given["formatters"]["structured"])  # type: ignore[attr-defined]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.getLogger("tests.logs")
    log.addHandler(handler)
    yield out
    log.removeHandler(handler)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_in_the_message_and_in_the_traceback(written: io.StringIO, secret: str) -> None:
    try:
        raise ValueError(f"asked {secret} and failed")
    except ValueError:
        logging.getLogger("tests.logs").exception("asking %s", secret)
    text = written.getvalue()
    assert "DEF-123" not in text
    assert "ValueError: asked " in text.replace("\\n", "\n")
    assert text.count("***") >= 2


def test_a_line_for_machines_is_json() -> None:
    given = logging_settings(form="json", level="INFO")
    formatter = logging.config.DictConfigurator(given).configure_formatter(given["formatters"]["structured"])  # type: ignore[attr-defined]
    record = logging.LogRecord("tests.logs", logging.INFO, __file__, 1, "one %s", ("thing",), None)
    line = json.loads(formatter.format(record))
    assert (line["event"], line["level"], line["logger"]) == ("one thing", "info", "tests.logs")
