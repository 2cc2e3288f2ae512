"""Small views for the tests of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

started: list[str] = []
closed = threading.Event()


@csrf_exempt
def echo(request: HttpRequest, _rest: str = "") -> HttpResponse:
    """What arrived."""
    return JsonResponse(
        {
            "length": len(request.body),
            "address": request.META["REMOTE_ADDR"],
            "forwarded": request.headers.get("X-Forwarded-For", ""),
            "path": request.path,
            "query": request.GET.dict(),
        }
    )


def cookie(request: HttpRequest) -> HttpResponse:
    """Two of them."""
    response = HttpResponse("set")
    response.set_cookie("one", "1")
    response.set_cookie("two", "2")
    return response


def slow(request: HttpRequest) -> HttpResponse:
    """Keeps its thread for a moment."""
    started.append(request.GET["name"])
    time.sleep(1)
    return HttpResponse("done")


def rows(request: HttpRequest) -> StreamingHttpResponse:
    """A download that says on which threads it was made, and when it was closed."""

    def lines() -> Iterator[str]:
        closed.clear()
        try:
            for _ in range(int(request.GET["rows"])):
                yield f"{threading.current_thread().name}\n" * 100
        finally:
            closed.set()

    return StreamingHttpResponse(lines())


def breaks(_request: HttpRequest) -> HttpResponse:
    """Raises."""
    raise ZeroDivisionError


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    """Refuses unread without a key; counts otherwise."""
    if request.headers.get("X-Key") != "mine":
        return HttpResponse("no", status=401)
    size = 0
    while piece := request.read(65_536):
        size += len(piece)
    return JsonResponse({"size": size})


urlpatterns = [
    path("echo/<path:_rest>", echo),
    path("echo", echo),
    path("cookie", cookie),
    path("slow", slow),
    path("rows", rows),
    path("breaks", breaks),
    path("api/uploads", upload),
]
