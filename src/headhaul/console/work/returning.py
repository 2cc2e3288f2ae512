"""Where somebody goes on after a form: back to where they came from, never to another site."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest, otherwise: str) -> str:
    """`next` of the form or the address, else the page before, else the page named."""
    for asked in (request.POST.get("next"), request.GET.get("next"), request.headers.get("Referer")):
        if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}):
            return asked
    return reverse(otherwise)
