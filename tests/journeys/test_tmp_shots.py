import pytest

from tests.journeys.looks import DESKTOP, PHONE
from tests.journeys.watch import settle


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=["d", "p"])
@pytest.mark.parametrize(
    "name,path",
    [
        ("jobs", "/admin/jobs/"),
        ("people", "/admin/people/"),
        ("newp", "/admin/people/new"),
        ("tokens", "/admin/tokens/"),
        ("newt", "/admin/tokens/new"),
        ("perm", "/admin/permissions/"),
        ("audit", "/admin/audit/"),
        ("settings", "/admin/settings/"),
        ("section", "/admin/settings/limits/"),
    ],
)
def test_shot(open_as, look, name, path):
    page = open_as("admin", path, look=look)
    settle(page)
    page.screenshot(path=f"/tmp/b/shot-{name}-{look.name}.png", full_page=False)
