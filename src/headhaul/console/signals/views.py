"""All."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def export(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def carrier(request: HttpRequest, dot_number: int) -> HttpResponse:
    return HttpResponse()


def override(request: HttpRequest, dot_number: int) -> HttpResponse:
    return HttpResponse()


def enrich(request: HttpRequest, dot_number: int) -> HttpResponse:
    return HttpResponse()


def what_if(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
