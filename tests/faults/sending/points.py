"""Where a worker is killed: at six points of every message, by chance, with SIGKILL. Nothing is told beforehand."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.outreach.gateways.base import Gateway, Outgoing, Sent
from headhaul.outreach.services import admitting, delivering

POINTS = ("claimed", "written", "committed", "calling", "answered", "result")


class Points:
    """The worker that sets this up kills itself now and then, or stops itself until somebody wakes it."""

    def __init__(self, *, seed: int, kills: float, freezes: float, log: str) -> None:
        self._dice, self._kills, self._freezes = random.Random(seed), kills, freezes
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def install(self) -> None:
        """Around the product's own steps; none of them is replaced."""
        begin, gateway_of = admitting.begin, delivering.gateway_of

        def begun(**given: Any) -> Outgoing | str:
            self.reach("claimed")
            answer = begin(**given)
            if isinstance(answer, Outgoing):
                self.reach("committed")
                if self._dice.random() < self._freezes:
                    self._note("frozen")
                    os.kill(os.getpid(), signal.SIGSTOP)
            return answer

        admitting.begin = begun
        delivering.gateway_of = lambda sender: _Watched(gateway_of(sender), self)
        connection.execute_wrappers.append(self._around)

    def reach(self, point: str) -> None:
        """Perhaps this is the end."""
        if self._dice.random() < self._kills:
            self.end(point)

    def soon(self, point: str) -> Callable[[], None] | None:
        """Perhaps the end comes within the next milliseconds; what is returned brings it at once."""
        if self._dice.random() >= self._kills:
            return None
        timer = threading.Timer(self._dice.uniform(0, 0.02), self.end, [point])
        timer.daemon = True
        timer.start()
        return lambda: self.end(point)

    def end(self, point: str) -> None:
        """kill -9"""
        self._note(point)
        os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, what: str) -> None:
        os.write(self._log, f"{what}\n".encode())

    def _around(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if "set state = 'dispatching'" in sql:
            self.reach("written")
        elif sql.startswith('UPDATE "outreach_message" SET "state"'):
            self.reach("result")
        return answer


class _Watched:
    """A gateway during whose call the worker may die."""

    def __init__(self, gateway: Gateway, points: Points) -> None:
        self._gateway, self._points = gateway, points

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        end = self._points.soon("calling")
        try:
            return self._gateway.send(outgoing, deadline=deadline)
        finally:
            if end:
                end()
            self._points.reach("answered")

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Any:
        return self._gateway.look_up(outgoing, at=at)

    def close(self) -> None:
        self._gateway.close()
