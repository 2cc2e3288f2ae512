"""What was chosen in a list, and where to go back to."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from headhaul.kernel import InvalidData


def back_of(request: HttpRequest, usual: str) -> str:
    """The list that somebody came from, if it is ours."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if is_ours else usual


def which(request: HttpRequest, *, ids: str, filters: str = "filters", counts: bool = True) -> dict[str, Any]:
    """The chosen rows under the name `ids`, or what their list was filtered by under the name `filters`, with how many
    they were if it `counts`. Raises InvalidData when nothing was chosen.
    """
    given = request.POST
    if given.get("all") != "1":
        chosen = given.getlist("id")
        if not chosen:
            raise InvalidData("Choose at least one row.", fields={"id": "none chosen"})
        return {ids: chosen}
    try:
        filtered = json.loads(given.get("filters", ""))
    except ValueError:
        raise InvalidData("The list did not come along. Reload the page and try again.") from None
    expected = given.get("expected", "")
    return {filters: filtered} | ({"expectedCount": expected} if counts and expected.isdigit() else {})
