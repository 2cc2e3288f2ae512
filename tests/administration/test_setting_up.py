"""Forms of the lists that a firm sets up, and that a page is only offered when what it needs is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict

from headhaul.console.admin.catalogues import CATALOGUES, data_of, typed_of_post, typed_of_row
from headhaul.console.admin.settings_home import PLACES, groups, is_open
from headhaul.kernel import Role
from headhaul.kernel.actions import find
from headhaul.pipeline.models import Quota
from tests.administration.forms import form_on
from tests.administration.test_pages import browser
from tests.cast import user_named

ROWS: dict[str, dict[str, Any]] = {
    "stages": {
        "id": 3, "version": 2, "label": "Proposal", "key": "proposal", "kind": "open", "probability": 50,
        "slaDays": None, "category": "best_case", "required": ["amountCents", "closeOn"], "exitCriteria": "In writing.",
        "position": 2, "pipelineId": "1",
    },
    "pipelines": {
        "id": 2, "version": 3, "name": "Renewals", "copyFrom": None, "stages": 6, "isDefault": False, "isActive": True,
        "position": 1,
    },
    "fields": {
        "id": 4, "version": 1, "label": "Lane", "entity": "account", "key": "lane", "kind": "choice",
        "choices": ["East", "West"], "help": "", "isRequired": True, "isActive": False, "position": 0,
    },
    "playbooks": {
        "id": 5, "version": 7, "name": "First call", "description": "", "stageKey": "", "segment": "regional",
        "steps": [
            {"key": "k1", "title": "Ask who signs", "help": "Name | title"},
            {"key": "k2", "title": "Book", "help": ""},
        ],
        "isActive": True,
    },
    "value-props": {
        "id": 6, "version": 1, "name": "Speed", "segment": "", "region": "", "message": "Drivers in days.",
        "supportingData": {"Days to first driver": "9"}, "isActive": True,
    },
}  # fmt: skip


def posted(typed: dict[str, Any]) -> QueryDict:
    """As a browser sends it: an empty box is not sent at all."""
    sent = QueryDict(mutable=True)
    for name, value in typed.items():
        if value or not isinstance(value, str):
            sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


@pytest.mark.parametrize("key", CATALOGUES)
def test_a_form_that_is_sent_as_it_was_shown_says_what_there_was(key: str) -> None:
    catalogue, row = CATALOGUES[key], ROWS[key]
    typed = typed_of_post(catalogue, posted(typed_of_row(catalogue, row)))
    data = data_of(catalogue, typed, row)
    fixed = {entry.name for entry in catalogue.entries if entry.once}
    assert data.pop(catalogue.id_name) == row["id"]
    assert data == {name: value for name, value in row.items() if name not in fixed | {"id"}}


def test_a_new_thing_leaves_out_what_was_not_filled_in_and_a_new_step_gets_no_key() -> None:
    typed = typed_of_post(
        CATALOGUES["playbooks"], posted({"name": "New", "steps": "Call | Early\n\nMeet", "isActive": "1"})
    )
    assert data_of(CATALOGUES["playbooks"], typed, None) == {
        "name": "New", "steps": [{"title": "Call", "help": "Early"}, {"title": "Meet", "help": ""}], "isActive": True,
    }  # fmt: skip


def test_a_place_is_offered_once_its_action_is_there_and_to_whom_it_is_open() -> None:
    places = [place for group in PLACES.values() for place in group]
    for role in (Role.MANAGER, Role.ADMIN):
        offered = [place for group in groups(role, []) for place in group.places]
        assert offered == [place for place in places if is_open(place, role)]
    assert all(not is_open(place, Role.ADMIN) for place in places if find(place.action) is None)


@pytest.mark.django_db
def test_every_offered_place_opens_and_no_other() -> None:
    from headhaul.console.ui.templating import address

    ada = browser("ada")
    page = ada.get("/admin/settings/").content.decode()
    for place in (place for group in PLACES.values() for place in group):
        path = address(place.url_name, *place.arguments)
        assert (f'href="{path}"' in page.split("<main", 1)[1]) == is_open(place, Role.ADMIN)
        assert ada.get(path).status_code == (200 if is_open(place, Role.ADMIN) else 404)


NEW: dict[str, dict[str, Any]] = {
    "stages": {"label": "Trial run", "kind": "open", "probability": "60", "category": "best_case", "position": "3"},
    "pipelines": {"name": "Renewals", "position": "1"},
    "fields": {
        "label": "Dock days", "entity": "account", "key": "dock_days", "kind": "choice", "choices": "Mon\nTue",
        "isActive": "1",
    },
    "playbooks": {"name": "First call", "steps": "Ask who signs | Name\nBook", "isActive": "1"},
    "value-props": {
        "name": "Speed", "message": "Drivers in days.", "supportingData": "Days to first driver: 9", "isActive": "1",
    },
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("key", CATALOGUES)
def test_a_line_is_added_and_a_form_sent_as_shown_keeps_it(key: str) -> None:
    ada, home = browser("ada"), f"/admin/settings/lists/{key}/"
    made = ada.post(home + "new", NEW[key])
    assert made.status_code == 302, re.findall(r"field-error.*?</span>", made.content.decode())
    name = NEW[key].get("label") or NEW[key]["name"]
    before = ada.get(home).content.decode()
    found = re.search(rf'href="({home}\d+/)"[^>]*>{name}<', before)
    assert found is not None
    shown = form_on(ada.get(found[1]).content.decode())
    again = ada.post(found[1], shown)
    assert again.status_code == 302
    after = shown | form_on(ada.get(found[1]).content.decode())
    assert {k: v for k, v in after.items() if k in NEW[key]} == {k: v for k, v in shown.items() if k in NEW[key]}


@pytest.mark.django_db
def test_a_team_gets_its_people_and_loses_them() -> None:
    ada, rosa = browser("ada"), user_named("rosa")
    made = ada.post("/admin/settings/teams/new", {"name": "South", "leadId": "", "members": [str(rosa.pk)]})
    assert made.status_code == 302
    rosa.refresh_from_db()
    team = rosa.team
    assert team is not None
    assert "Rosa" in ada.get("/admin/settings/teams/").content.decode()
    typed = {"name": "South-east", "leadId": str(rosa.pk), "isActive": "1"}
    assert ada.post(f"/admin/settings/teams/{team.pk}/", typed).status_code == 302
    rosa.refresh_from_db()
    team.refresh_from_db()
    assert (rosa.team_id, team.name, team.lead_id) == (None, "South-east", rosa.pk)


@pytest.mark.django_db
def test_a_quota_is_set_changed_and_taken_away() -> None:
    ada, rosa = browser("ada"), user_named("rosa")
    page = "/admin/settings/quotas/?period=quarter&starts_on=2026-10-01"
    field = f"quota-user-{rosa.pk}"
    for typed, cents in (("$12,500.50", 1_250_050), ("9000", 900_000), ("", None)):
        shown = form_on(ada.get(page).content.decode())
        assert ada.post(page, shown | {field: typed}).status_code == 302
        kept = Quota.objects.filter(user=rosa, starts_on="2026-10-01").values_list("amount_cents", flat=True)
        assert list(kept) in ([cents], [] if cents is None else [cents])
    refused = ada.post(page, {field: "a lot"})
    assert refused.status_code == 422
    assert "is no amount" in refused.content.decode()
