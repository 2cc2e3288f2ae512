"""Notifications and entries of the timeline open the page of what they are about."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import headhaul
from headhaul.accounts.models import ImportRun
from headhaul.actions import dispatch
from headhaul.activities.choices import NotificationKind
from headhaul.activities.models import Notification
from headhaul.activities.schemas.timeline import Target
from headhaul.activities.selectors.timeline.activities import WRITTEN_ABOUT
from headhaul.activities.services.notifying import notify
from headhaul.analytics.models import CompetitorSighting
from headhaul.capture.models import Lead
from headhaul.console.work.links import LISTS, PAGES, page_of
from headhaul.kernel import Actor
from headhaul.outreach.choices import MessageState
from headhaul.outreach.models import InboundMessage
from tests.accounts.people import account, contact
from tests.capture.doing import captured
from tests.cast import actor_named, user_named
from tests.console.conftest import SignedIn
from tests.factories import market, outreach
from tests.pipeline.rules.doing import rule

pytestmark = pytest.mark.django_db
HAVE_NO_PAGE = {"audit"}
"""Entries of the audit say all there is to say where they stand."""


def do(name: str, by: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=by, at=timezone.now(), door="console").payload


def _named(tree: ast.AST, path: Path) -> Iterator[str]:
    """The kinds of target that a module writes down."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for given in node.keywords:
                if called == "notify" and given.arg == "target":
                    yield from (
                        each.elts[0].value
                        for each in ast.walk(given.value)
                        if isinstance(each, ast.Tuple) and isinstance(each.elts[0], ast.Constant)
                    )
                if called == "Notification" and given.arg == "target_type" and isinstance(given.value, ast.Constant):
                    yield given.value.value
        if isinstance(node, ast.Dict) and "timeline" in str(path):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            if keys == ["type", "id"] and isinstance(node.values[0], ast.Constant):
                yield node.values[0].value


def kinds_in_use() -> set[str]:
    root = Path(inspect.getfile(headhaul)).parent
    return {
        kind
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        for kind in _named(ast.parse(path.read_text()), path)
    }


def _account(rosa: Actor) -> Any:
    return account("Ace Trucking", owner_id=rosa.user_id).pk


def _contact(rosa: Actor) -> Any:
    return contact(account("Ace Trucking", owner_id=rosa.user_id), "Dana Reyes").pk


def _opportunity(rosa: Actor) -> Any:
    return do("createOpportunity", rosa, accountId=_account(rosa), name="Ten drivers").id


def _carrier(rosa: Actor) -> Any:
    return market.carrier(101).dot_number


def _activity(rosa: Actor) -> Any:
    return do("logActivity", rosa, accountId=_account(rosa), type="note", body="x").activity.id


def _import(rosa: Actor) -> Any:
    now, file = timezone.now(), {"entity": "accounts", "source": "file", "file_name": "accounts.csv"}
    return ImportRun.objects.create(state="done", by_id=rosa.user_id, created_at=now, finished_at=now, **file).pk


def _competitors(rosa: Actor) -> Any:
    deal, now = _opportunity(rosa), timezone.now()
    do("updateOpportunity", rosa, opportunityId=deal, version=1, competitor="Rival Recruiting")
    kept = {"kind": "region", "name_key": "rival recruiting", "region": "TX", "opportunity_id": deal}
    return CompetitorSighting.objects.create(seen_at=now, noted_at=now, **kept).pk


def _lead(rosa: Actor) -> Any:
    return captured(rosa, at=timezone.now()).lead_id


def _inbound(rosa: Actor) -> Any:
    at, person = timezone.now(), outreach.contact(outreach.account(owner=rosa))
    values = {"channel": "email", "source": "webhook:test", "key": "1", "kind": "reply", "text": "Send me three."}
    whose = {"contact": person, "account_id": person.account_id, "is_certain": True, "from_address": "d@ace.example"}
    return InboundMessage.objects.create(received_at=at, stored_at=at, **values, **whose).pk


def _message(rosa: Actor) -> Any:
    return str(outreach.message(outreach.contact(outreach.account(owner=rosa)), by=rosa).pk)


def _enrolment(rosa: Actor) -> Any:
    person = outreach.contact(outreach.account(owner=rosa))
    return outreach.enrolment(outreach.sequence(), person, owner=rosa).pk


def _rule(rosa: Actor) -> Any:
    return rule(actor_named("max")).id


MADE = {
    "account": _account, "contact": _contact, "opportunity": _opportunity, "carrier": _carrier, "activity": _activity,
    "import": _import, "competitors": _competitors, "lead": _lead, "inbound": _inbound, "message": _message,
    "enrolment": _enrolment, "rule": _rule, "rules": lambda rosa: 0, "risks": lambda rosa: rosa.user_id,
}  # fmt: skip
OF_MANAGERS = {"rule", "rules", "import"}


def test_every_kind_of_target_has_a_page() -> None:
    used = kinds_in_use() | set(WRITTEN_ABOUT)
    assert {
        "lead",
        "inbound",
        "risks",
        "rules",
        "rule",
        "import",
        "message",
        "carrier",
        "audit",
    } <= used  # all is found
    assert used - HAVE_NO_PAGE <= PAGES.keys() | LISTS.keys() == MADE.keys()


@pytest.mark.parametrize("kind", sorted(PAGES.keys() | LISTS.keys()))
def test_the_page_of_a_target_opens_for_who_may_see_it(signed_in: SignedIn, rosa: Actor, kind: str) -> None:
    page = page_of(Target(type=kind, id=MADE[kind](rosa)))
    opened = signed_in("max" if kind in OF_MANAGERS else "rosa").get(page, follow=True)
    assert (page != "", opened.status_code) == (True, 200)


@pytest.mark.parametrize("kind", sorted(MADE.keys() - {"message", "enrolment"}))  # nobody is told of these
def test_a_notification_opens_what_it_is_about(signed_in: SignedIn, rosa: Actor, kind: str) -> None:
    whom, key = "max" if kind in OF_MANAGERS else "rosa", MADE[kind](rosa)
    notify(
        user_ids=[user_named(whom).pk], kind=NotificationKind.RULE, text="x", at=timezone.now(), target=(kind, key),
        account_id=account("Elsewhere").pk,
    )  # fmt: skip
    client = signed_in(whom)
    leads_to = client.get(f"/notifications/{Notification.objects.latest('pk').pk}")["Location"]
    assert leads_to == page_of(Target(type=kind, id=key))
    assert client.get(leads_to, follow=True).status_code == 200


def test_hot_leads_risks_and_rules_lead_where_one_acts_on_them(rosa: Actor) -> None:
    led = {kind: page_of(Target(type=kind, id=7)) for kind in ("lead", "inbound", "risks", "rule", "rules")}
    assert led == {
        "lead": "/leads/7/",
        "inbound": "/outreach/replies/7/",
        "risks": "/pipeline/risks?owner=me",
        "rule": "/admin/settings/rules/firings/?rule_id=7",
        "rules": "/admin/settings/rules/firings/",
    }
    assert page_of(None) == page_of(Target(type="audit", id=7)) == page_of(Target(type="lead", id="x")) == ""


def links_of(client: Client, path: str) -> dict[str, str]:
    page = client.get(path, headers={"HX-Request": "true"}).content.decode()
    found = re.findall(r'<p class="entry-title"><a class="plain-link" href="([^"]+)"><bdi>(.*?)</bdi></a>', page)
    return {title: where for where, title in found}


def test_entries_of_the_timeline_open_the_message_the_lead_and_the_deal(signed_in: SignedIn, rosa: Actor) -> None:
    lead = Lead.objects.get(pk=captured(rosa, at=timezone.now() - timedelta(hours=2)).lead_id)
    deal = do("createOpportunity", rosa, accountId=lead.account_id, name="Ten drivers")
    do("moveStage", rosa, opportunityId=deal.id, version=deal.version, toStage="discovery")
    do("logActivity", rosa, accountId=lead.account_id, type="note", subject="By hand")
    mail = outreach.message(lead.contact, by=rosa, state=MessageState.ACCEPTED, subject="Drivers", at=timezone.now())
    client = signed_in("rosa")
    led = links_of(client, f"/timeline?account={lead.account_id}")
    assert {f"/leads/{lead.pk}/", f"/outreach/outbox/{mail.pk}/"} <= set(led.values())
    assert f"/pipeline/opportunities/{deal.id}/" in led.values()
    assert "By hand" not in led
    assert all(client.get(where, follow=True).status_code == 200 for where in led.values())
    of_deal = links_of(client, f"/timeline?opportunity={deal.id}")
    assert f"/pipeline/opportunities/{deal.id}/" not in of_deal.values()
