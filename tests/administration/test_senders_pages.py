"""The pages of mailboxes and numbers: the form says what there is, the check says what to put where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from headhaul.console.admin import sender_form
from headhaul.outreach.models import Message, Sender
from headhaul.outreach.services import senders
from tests.administration.forms import form_on
from tests.administration.test_pages import browser
from tests.cast import NOON
from tests.fakes.dns_server import Zone, dns_server
from tests.fakes.smtp_sink import smtp_sink

pytestmark = pytest.mark.django_db
HOME = "/admin/settings/senders/"


@pytest.fixture
def zone(settings: Settings) -> Iterator[Zone]:
    with dns_server() as running:
        settings.NAMESERVERS = [running.address]
        yield running


def typed(**more: str) -> dict[str, str]:
    given = {"address": "rosa@acme.example", "smtp.host": "127.0.0.1", "smtp.port": "2525", "smtp.security": "none"}
    return given | {"spacingSeconds": "30"} | more


@pytest.mark.parametrize("key", sender_form.PRESETS)
def test_every_kind_has_its_form(key: str) -> None:
    page = browser("ada").get(HOME + "new", {"preset": key})
    assert page.status_code == 200
    fields = form_on(page.content.decode())
    assert ("secret" in fields) is (key != "sandbox")
    assert ("smtp.host" in fields) is (sender_form.PRESETS[key].gateway == "smtp")


def test_a_mailbox_is_set_up_and_its_form_sent_untouched_changes_nothing() -> None:
    ada = browser("ada")
    made = ada.post(
        HOME + "new?preset=server",
        typed(secret="sesame", dailyCap="40", dkimSelectors="s1, s2", warmUpFrom="2026-11-01", isDefault="1"),
    )
    assert made.status_code == 302
    before = Sender.objects.get()
    assert senders.options_of(before).secret == "sesame"
    page = ada.get(made.headers["Location"])
    assert "sesame" not in page.content.decode()
    ada.post(made.headers["Location"], form_on(page.content.decode()))
    after = Sender.objects.get()
    assert after.version == before.version + 1
    assert {name: getattr(after, name) for name in senders.SAID} == {
        name: getattr(before, name) for name in senders.SAID
    }
    assert senders.options_of(after).secret == "sesame"


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed() -> None:
    page = browser("ada").post(HOME + "new?preset=server", typed(address="nobody", name="Rosa"))
    assert page.status_code == 422
    assert form_on(page.content.decode())["name"] == "Rosa"
    assert "is not an e-mail address" in page.content.decode()


def test_the_check_says_what_to_put_where(zone: Zone) -> None:
    with smtp_sink() as sink:
        ada = browser("ada")
        where = ada.post(HOME + "new?preset=server", typed(**{"smtp.port": str(sink.port)})).headers["Location"]
        assert "not been checked" in ada.get(where).content.decode()
        ada.post(where + "check")
        page = ada.get(where).content.decode()
    assert 'value="_dmarc.acme.example"' in page
    assert 'value="v=spf1 mx ~all"' in page
    assert "Keeps it from sending" in page


def test_a_test_goes_to_whoever_asks_and_a_pause_holds() -> None:
    ada = browser("ada")
    where = ada.post(HOME + "new?preset=sandbox", {"address": "rosa@acme.example"}).headers["Location"]
    ada.post(where + "test")
    assert Message.objects.get().address == "ada@example.com"
    ada.post(where + "state", {"is_active": ""})
    assert not Sender.objects.get().is_active
    assert "Paused" in ada.get(HOME).content.decode()
    Message.objects.update(state="cancelled")
    ada.post(where + "removal")
    assert not Sender.objects.exists()


def test_only_administrators_are_offered_to_change_anything() -> None:
    Sender.objects.create(channel="email", address="hello@acme.example", created_at=NOON, updated_at=NOON)
    page = browser("max").get(HOME)
    assert "hello@acme.example" in page.content.decode()
    assert "Set one up" not in page.content.decode()
    assert browser("max").post(HOME + "new?preset=sandbox", {"address": "x@acme.example"}).status_code == 403


def test_settings_lead_to_it() -> None:
    assert f'href="{HOME}"' in browser("ada").get("/admin/settings/").content.decode()
