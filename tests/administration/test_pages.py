"""The administration's pages: shown to whom they should be, and doing what their forms say."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pydantic.alias_generators import to_camel

from headhaul import preferences
from headhaul.actions.models import AuditEntry
from headhaul.actions.preferences import Limits
from headhaul.actions.services.sealing import seal_pending
from headhaul.kernel.actions import registry
from headhaul.preferences.services import values
from headhaul.security.models import ApiToken, User
from tests.administration.forms import form_on
from tests.cast import NOON, PASSWORD, token_of, user_named

pytestmark = pytest.mark.django_db

MANAGERS = ["/admin/jobs/", "/admin/permissions/", "/admin/settings/"]
ADMINS = ["/admin/people/", "/admin/people/new", "/admin/tokens/", "/admin/tokens/new", "/admin/audit/"]
ADMINS += ["/admin/settings/limits/"]


def browser(name: str) -> Client:
    client = Client()
    client.force_login(user_named(name))
    return client


@pytest.fixture
def admin() -> Client:
    return browser("ada")


@pytest.mark.parametrize("path", MANAGERS + ADMINS)
def test_administrators_see_every_page(admin: Client, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("path", [path for path in ADMINS if not path.endswith(("people/new", "permissions/"))])
def test_managers_do_not_see_what_is_for_administrators(path: str) -> None:
    assert browser("max").get(path).status_code == 403


@pytest.mark.parametrize("path", MANAGERS + ADMINS)
def test_strangers_are_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/auth/login/")


def test_every_section_of_settings_has_a_form(admin: Client) -> None:
    for key in preferences.sections():
        assert admin.get(f"/admin/settings/{key}/").status_code == 200


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(admin: Client) -> None:
    for key, section in preferences.sections().items():
        page = admin.get(f"/admin/settings/{key}/").content.decode()
        typed = form_on(page)
        assert "version" in typed, key
        assert all(f'name="{to_camel(name)}"' in page for name in section.model_fields), key
        assert admin.post(f"/admin/settings/{key}/", typed).status_code == 302, key
        stored = values.get_stored(section, fresh=True)
        assert (stored.version, stored.values) == (1, section()), key


def test_settings_are_saved_and_their_history_is_shown(admin: Client) -> None:
    typed = {"version": "0", "tokenActionsPerMinute": "77", "userActionsPerMinute": "6000", "uploadDays": "7"}
    assert admin.post("/admin/settings/limits/", typed).status_code == 302
    assert preferences.get(Limits).token_actions_per_minute == 77
    page = admin.get("/admin/settings/limits/").content.decode()
    assert "ada@example.com" in page
    assert "1200" in page


def test_a_wrong_setting_is_refused_beside_its_field_and_keeps_what_was_typed(admin: Client) -> None:
    typed = {"version": "0", "tokenActionsPerMinute": "-5", "userActionsPerMinute": "6000", "uploadDays": "7"}
    answer = admin.post("/admin/settings/limits/", typed)
    assert answer.status_code == 422
    assert 'value="-5"' in answer.content.decode()
    assert 'id="tokenActionsPerMinute-error"' in answer.content.decode()


def test_a_setting_somebody_else_changed_is_not_overwritten(admin: Client) -> None:
    typed = {"version": "0", "tokenActionsPerMinute": "77", "userActionsPerMinute": "6000", "uploadDays": "7"}
    admin.post("/admin/settings/limits/", typed)
    assert admin.post("/admin/settings/limits/", typed | {"tokenActionsPerMinute": "88"}).status_code == 409
    assert preferences.get(Limits).token_actions_per_minute == 77


def test_a_new_person_gets_a_link_that_works_once(admin: Client) -> None:
    answer = admin.post("/admin/people/new", {"email": "new@example.com", "role": "rep"})
    link = re.search(r"http://testserver(/auth/password/reset/key/[^<]+)<", answer.content.decode())
    assert link is not None
    visitor = Client()
    form = visitor.get(link[1], follow=True)
    visitor.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get(email="new@example.com").check_password(PASSWORD)
    again = Client().get(link[1], follow=True)
    assert b"password1" not in again.content


def test_a_taken_address_is_refused_beside_its_field(admin: Client) -> None:
    answer = admin.post("/admin/people/new", {"email": "ADA@example.com"})
    assert answer.status_code == 409
    assert 'id="email-error"' in answer.content.decode()


def test_roles_and_access_are_changed(admin: Client) -> None:
    rosa = user_named("rosa")
    admin.post(f"/admin/people/{rosa.pk}/role", {"role": "manager"})
    admin.post(f"/admin/people/{rosa.pk}/access", {"access": "shut"})
    rosa.refresh_from_db()
    assert (rosa.role, rosa.is_active) == ("manager", False)
    admin.post(f"/admin/people/{rosa.pk}/role", {"role": ""})
    admin.post(f"/admin/people/{rosa.pk}/access", {"access": "open"})
    rosa.refresh_from_db()
    assert (rosa.role, rosa.is_active) == (None, True)


def test_a_token_is_shown_once(admin: Client) -> None:
    answer = admin.post("/admin/tokens/new", {"name": "Report", "days": "30", "scopes": ["listUsers"]})
    secret = re.search(r"hh_[\w-]{43}", answer.content.decode())
    assert secret is not None
    page = admin.get("/admin/tokens/").content.decode()
    assert "Report" in page
    assert secret[0] not in page
    admin.post(f"/admin/tokens/{ApiToken.objects.get().pk}/revocation")
    assert ApiToken.objects.get().revoked_at is not None


def test_the_permissions_page_names_every_action(admin: Client) -> None:
    page = admin.get("/admin/permissions/").content.decode()
    assert all(f"<code>{name}</code>" in page for name in registry())


def test_the_audit_shows_entries_filters_and_the_verdict(admin: Client) -> None:
    token_of(user_named("rosa"))
    admin.post(f"/admin/people/{user_named('rosa').pk}/role", {"role": "manager"})
    admin.post(f"/admin/people/{user_named('ada').pk}/role", {"role": "viewer"})
    seal_pending(at=NOON)
    page = admin.get("/admin/audit/").content.decode()
    assert page.count("<code>setRole</code>") == 2
    assert admin.get("/admin/audit/?outcome=refused").content.decode().count("<code>setRole</code>") == 1
    assert AuditEntry.objects.filter(outcome="refused").get().code == "own_access"
    verdict = admin.post("/admin/audit/verification", headers={"HX-Request": "true"}).content.decode()
    assert "Intact: 2 sealed entries checked" in verdict


def test_long_lists_go_on_where_they_stopped(admin: Client) -> None:
    for number in range(120):
        User.objects.create(email=f"user{number:03}@example.com", password="!")
    seen: list[str] = []
    address = "/admin/people/"
    while address:
        page = admin.get(address, headers={"HX-Request": "true"} if seen else {}).content.decode()
        seen += re.findall(r'class="who-place">([^<]+@example.com)<', page)
        following = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 121
