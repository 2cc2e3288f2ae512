"""/metrics for Prometheus: requests of all web processes, and the queue as the database knows it.

Shown to this machine, or to whoever brings HEADHAUL_METRICS_TOKEN.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from prometheus_client import REGISTRY as THIS_PROCESS
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from headhaul.config.serving.asgi_types import Message, Scope, Send, plain

PATH = "/metrics"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

requests = Counter("headhaul_http_requests_total", "Requests answered", ["method", "status"])
seconds = Histogram(
    "headhaul_http_request_seconds",
    "Time from the request's arrival to the end of its answer",
    ["method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Measure:
    """Sees the status go by."""

    def __init__(self) -> None:
        self.status = 0

    def watching(self, send: Send) -> Send:
        """`send`, observed."""

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            await send(message)

        return observed


@contextmanager
def measured(method: str) -> Iterator[Measure]:
    """Count a request and time it."""
    begun, measure = time.perf_counter(), Measure()
    label = method if method in _METHODS else "other"
    try:
        yield measure
    finally:
        requests.labels(label, str(measure.status or "gone")).inc()
        seconds.labels(label).observe(time.perf_counter() - begun)


async def answer(scope: Scope, send: Send) -> None:
    """The metrics, or 403."""
    if not may_read(scope):
        await plain(send, 403, "Metrics are for this machine, or for the bearer of HEADHAUL_METRICS_TOKEN.\n")
        return
    text = await asyncio.to_thread(rendered)
    await plain(send, 200, text, content_type="text/plain; version=0.0.4; charset=utf-8")


def may_read(scope: Scope) -> bool:
    """A proxy on this machine speaks for somebody elsewhere, so forwarded requests need the token."""
    headers = dict(scope["headers"])
    given, token = headers.get(b"authorization", b""), settings.METRICS_TOKEN
    if token and hmac.compare_digest(given, f"Bearer {token}".encode()):
        return True
    if any(name in headers for name in (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")):
        return False
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def rendered() -> str:
    """All processes' requests, and gauges read now."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = THIS_PROCESS
    return (generate_latest(registry) + generate_latest(_queue())).decode()


def _queue() -> CollectorRegistry:
    registry = CollectorRegistry()
    jobs = Gauge("headhaul_jobs", "Background jobs by state", ["status"], registry=registry)
    oldest = Gauge("headhaul_oldest_waiting_job_seconds", "Age of the oldest job that is due", registry=registry)
    heartbeat = Gauge("headhaul_worker_heartbeat_seconds", "Since a worker was last seen", registry=registry)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select status::text, count(*) from procrastinate_jobs group by 1")
            for status, count in cursor.fetchall():
                jobs.labels(status).set(count)
            cursor.execute(
                "select coalesce(extract(epoch from now() - min(coalesce(scheduled_at, now()))), 0)"
                " from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now()"
            )
            oldest.set(cursor.fetchone()[0])
            cursor.execute("select extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers")
            heartbeat.set(cursor.fetchone()[0] or float("nan"))
    finally:
        connection.close()
    return registry
