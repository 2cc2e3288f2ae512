"""Scripts inside a Headhaul, by one process that stays: to start it costs more than most scripts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

_LISTEN = """
import contextlib, io, json, sys, traceback
from django.db import connections
from headhaul.preferences.services import values
for line in sys.stdin:
    out, failed = io.StringIO(), ""
    values.forget()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(json.loads(line), "<script>", "exec"), {})
    except Exception:
        failed = traceback.format_exc()
    connections.close_all()
    print(json.dumps([out.getvalue(), failed]), flush=True)
"""


class Scripts:
    """Takes one script after the other."""

    def __init__(self, command: Callable[..., list[str]], environment: dict[str, str]) -> None:
        self._command, self._environment = command("shell", "--no-imports", "-v0", "-c", _LISTEN), environment
        self._process: subprocess.Popen[str] | None = None

    def told(self, script: str) -> str:
        """What this one prints; AssertionError with the traceback when it fails."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(script) + "\n")
        self._process.stdin.flush()
        said, failed = json.loads(self._process.stdout.readline())
        assert not failed, failed
        return str(said)

    def close(self) -> None:
        """No more scripts."""
        if self._process is not None:
            self._process.communicate()
