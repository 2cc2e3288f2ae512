"""One structured log for ours and the libraries' messages: readable on a terminal, JSON for machines."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = re.compile(r"(?i)(bearer\s+|password=|api[_-]?key=|webkey=|://[^:/@\s]+:|\bhh_(?=[\w-]{20}))[^\s&@,;'\"]+")


def mask_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What looks like a password or key never reaches a log."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRETS.sub(r"\1***", value)
    return event


def logging_settings(*, form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING, with structlog configured beside it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if form == "json":
        last: Any = structlog.processors.JSONRenderer()
    else:
        plain = structlog.dev.plain_traceback  # a rich one shows the values of variables, and with them people
        last = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    render = [structlog.processors.format_exc_info, mask_secrets, last]  # tracebacks are written before the masking
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "procrastinate": {"level": logging.WARNING},
            "uvicorn": {"level": logging.WARNING},
            "mcp": {"level": logging.WARNING},
            "httpx": {"level": logging.WARNING},
        },
    }
