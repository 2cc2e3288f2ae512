"""A web process that can be killed, again and again: Django is loaded once, each line on stdin forks a server."""

from __future__ import annotations

import importlib
import os
import socket
import sys


def serve(listener: socket.socket) -> None:
    import uvicorn
    from django.core.asgi import get_asgi_application

    from headhaul.config.serving.hybrid import Hybrid

    config = uvicorn.Config(Hybrid(django_async=get_asgi_application()), log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    import django

    django.setup()
    for module in ("headhaul.config.serving.hybrid", "headhaul.config.urls", "headhaul.api.mcp.tools"):
        importlib.import_module(module)  # so that a child is there at once
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), reuse_port=True)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            serve(listener)
            os._exit(0)
        os.write(1, f"{pid}\n".encode())
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
