"""The real server as a test needs it: the hybrid under uvicorn, in a thread, on a free port."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.core.asgi import get_asgi_application

from headhaul.config.serving.hybrid import Hybrid


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a server that answers inside the block."""
    application = Hybrid(django_async=get_asgi_application())
    config = uvicorn.Config(application, host="127.0.0.1", port=0, lifespan="on", log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
