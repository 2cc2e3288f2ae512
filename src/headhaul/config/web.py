"""One web process: `python -m headhaul.config.web FD`, where FD is the listening socket it is handed."""

from __future__ import annotations

import os
import socket
import sys

import uvicorn


class Server(uvicorn.Server):
    """Ends the live streams of open pages first: they would hold the door until the grace is over."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from headhaul.console.session.events import ear

        ear.close()
        await super().shutdown(sockets)


def main() -> int:
    """Serve until told to stop; answers under way get a few seconds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headhaul.config.settings")
    listener = socket.socket(fileno=int(sys.argv[1]))
    from django.conf import settings

    from headhaul.config.asgi import application

    config = uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES or None,
        limit_concurrency=1000,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    server.run(sockets=[listener])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
