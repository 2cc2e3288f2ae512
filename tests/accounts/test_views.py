"""Lists as people like them: private and shared, each with what its list can do, and still there when things go."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.models import CustomField, SavedView
from headhaul.accounts.services.views import StaleView, ViewExists
from headhaul.actions import dispatch
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound
from headhaul.security.models import User
from tests.accounts.test_lists import custom_field, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db

HOT = {
    "entity": "accounts", "name": "Hot ones", "filters": {"tagsAny": ["hot"], "minScore": 60.5},
    "sort": "lastActivity", "direction": "asc", "columns": ["name", "owner", "score"], "groupBy": "status",
}  # fmt: skip


def saved(actor: Actor, **changes: Any) -> Any:
    return do("saveView", actor, **HOT | changes)


def undo_last(actor: Actor, name: str, /, **data: Any) -> Any:
    """Do it, take it back, and give what the taking back said."""
    reply = dispatch(name, data, actor=actor, at=NOON, door="http")
    return do("undoAction", actor, undoId=reply.undo_id)


def names(actor: Actor) -> list[str]:
    return [view.name for view in do("getViews", actor, entity="accounts").views]


def test_a_view_keeps_the_list_by_wire_name(rosa: Actor) -> None:
    view = saved(rosa)
    assert view.filters == {"tagsAny": ["hot"], "minScore": 60.5}
    assert (view.sort, view.direction, view.columns, view.group_by) == (
        "lastActivity",
        "asc",
        ["name", "owner", "score"],
        "status",
    )
    assert do("listAccounts", rosa, **view.filters, sort=view.sort, direction=view.direction).items == []


def test_private_views_are_ones_own_and_shared_ones_everybodys(rosa: Actor, rick: Actor, vera: Actor) -> None:
    saved(rosa, name="Mine")
    saved(rosa, name="Ours", isShared=True)
    assert (names(rosa), names(rick), names(vera)) == (["Mine", "Ours"], ["Ours"], ["Ours"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"filters": {"minScore": 500}}, "filters.minScore"),
        ({"filters": {"colour": "red"}}, "filters.colour"),
        ({"columns": ["name", "shoeSize"]}, "columns"),
        ({"sort": "colour"}, "sort"),
        ({"groupBy": "name"}, "groupBy"),
        ({"entity": "wishes"}, "entity"),
        ({"name": None}, "name"),
    ],
)
def test_what_the_list_cannot_do_is_refused_at_saving(rosa: Actor, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        saved(rosa, **changes)
    assert field in refusal.value.fields


def test_two_views_of_ones_own_have_two_names(rosa: Actor, rick: Actor) -> None:
    saved(rosa)
    saved(rick)
    with pytest.raises(ViewExists):
        saved(rosa, name="HOT ONES")


def test_only_its_owner_or_a_manager_changes_a_shared_view(rosa: Actor, rick: Actor, max_: Actor, vera: Actor) -> None:
    view = saved(rosa, isShared=True)
    with pytest.raises(Forbidden):
        do("saveView", rick, viewId=view.id, version=1, name="Rick's")
    assert do("saveView", max_, viewId=view.id, version=1, name="The team's").name == "The team's"
    private = saved(rosa, name="Private")
    for somebody in (rick, max_):
        with pytest.raises(NotFound):
            do("saveView", somebody, viewId=private.id, version=1, name="Theirs")
    with pytest.raises(Forbidden):
        saved(vera, isShared=True)


def test_a_second_change_from_the_same_reading_is_refused(rosa: Actor) -> None:
    view = saved(rosa)
    do("saveView", rosa, viewId=view.id, version=1, columns=["name"])
    with pytest.raises(StaleView):
        do("saveView", rosa, viewId=view.id, version=1, columns=["score"])


def test_saving_changing_and_removing_can_be_taken_back(rosa: Actor) -> None:
    undo_last(rosa, "saveView", **HOT)
    assert names(rosa) == []
    view = saved(rosa)
    undo_last(rosa, "saveView", viewId=view.id, version=1, name="Other", sort="name", direction=None, filters={})
    now = do("getViews", rosa, entity="accounts").views[0]
    assert (now.name, now.sort, now.direction, now.filters) == (view.name, view.sort, view.direction, view.filters)
    undo_last(rosa, "removeView", viewId=view.id)
    assert names(rosa) == ["Hot ones"]


def test_a_viewer_may_take_back_their_own(vera: Actor) -> None:
    undo_last(vera, "saveView", **HOT)
    assert names(vera) == []


def test_everybody_chooses_their_own_first_view(rosa: Actor, rick: Actor) -> None:
    view = saved(rosa, isShared=True)
    do("setDefaultView", rick, entity="accounts", viewId=view.id)
    assert do("getViews", rick, entity="accounts").default_view_id == view.id
    assert do("getViews", rosa, entity="accounts").default_view_id is None
    undo_last(rick, "setDefaultView", entity="accounts", viewId=None)
    assert do("getViews", rick, entity="accounts").views[0].is_default
    do("removeView", rosa, viewId=view.id)
    assert do("getViews", rick, entity="accounts").default_view_id is None


def test_a_view_that_names_what_is_gone_still_opens_and_says_so(rosa: Actor, rick: Actor) -> None:
    custom_field("tier", "choice", choices=("gold",))
    view = saved(
        rosa,
        filters={"custom": [{"key": "tier", "value": "gold"}], "owner": ["me", rick.user_id], "state": ["TX"]},
        columns=["name", "custom.tier"],
        groupBy="custom.tier",
        isShared=True,
    )
    CustomField.objects.all().delete()
    User.objects.filter(pk=rick.user_id).delete()
    SavedView.objects.filter(pk=view.id).update(sort="shoeSize")
    now = do("getViews", rosa, entity="accounts").views[0]
    assert now.filters == {"owner": ["me"], "state": ["TX"]}
    assert (now.columns, now.group_by, now.sort, now.direction) == (["name"], "", "score", None)
    assert len(now.ignored) == 5
    assert do("listAccounts", rosa, **now.filters, sort=now.sort).items == []


def test_stored_filters_of_another_age_are_left_out_one_by_one(rosa: Actor) -> None:
    view = saved(rosa)
    SavedView.objects.filter(pk=view.id).update(filters={"minScore": 900, "colour": "red", "tag": "hot"})
    now = do("getViews", rosa, entity="accounts").views[0]
    assert now.filters == {"tag": "hot"}
    assert len(now.ignored) == 2


def test_the_page_learns_which_columns_and_groupings_there_are(rosa: Actor) -> None:
    custom_field("tier", "choice", choices=("gold",))
    views = do("getViews", rosa, entity="accounts")
    columns = {column.key: column for column in views.columns}
    assert (columns["fleetSize"].sort, columns["custom.tier"].choices) == ("fleetSize", [("gold", "gold")])
    assert ("custom.tier", "Tier") in [(grouping.key, grouping.label) for grouping in views.groupings]
