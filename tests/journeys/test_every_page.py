"""Every page, at every size and colour scheme: usable with assistive technology, silent, and steady."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, EVERY_LOOK, LOOKS, SIZES, Look
from tests.journeys.owed import check, check_in_the_dark
from tests.journeys.watch import Watch, settle

PAGES = {
    "dashboard": "/",
    "dashboard, filtered": "/?state=TX&range=30",
    "signals": "/signals/",
    "signals, nothing found": "/signals/?state=HI&min_score=100",
    "what-if": "/what-if/",
    "accounts": "/accounts/",
    "accounts, grouped": "/accounts/?group=state",
    "accounts, nothing found": "/accounts/?state=HI&minScore=100",
    "contacts": "/contacts/",
    "new account": "/accounts/new",
    "opportunities": "/pipeline/",
    "opportunities, listed": "/pipeline/list",
    "opportunities at risk": "/pipeline/risks",
    "forecast": "/pipeline/forecast/",
    "movement": "/pipeline/movement/",
    "conversions": "/pipeline/conversions/",
    "forecast accuracy": "/pipeline/accuracy/",
    "outreach": "/outreach/",
    "new sequence": "/outreach/sequences/new",
    "people in sequences": "/outreach/enrolments/",
    "outbox": "/outreach/outbox/",
    "outbox, in trouble": "/outreach/outbox/?which=trouble",
    "replies": "/outreach/replies/",
    "templates": "/outreach/templates/",
    "new template": "/outreach/templates/new",
    "calls": "/calls/",
    "call campaigns": "/calls/campaigns/",
    "new call campaign": "/calls/campaigns/new",
    "calls made": "/calls/made",
    "campaigns": "/campaigns/",
    "sequences, compared": "/campaigns/sequences/",
    "channels, compared": "/campaigns/channels/",
    "reps, compared": "/campaigns/reps/",
    "messages behind a number": "/campaigns/messages?measure=sent",
    "carriers behind a step": "/campaigns/carriers?stage=sent",
    "sources": "/analytics/money/",
    "sources, by month": "/analytics/money/?by=month",
    "leads behind a number": "/analytics/money/rows?measure=leads",
    "costs": "/analytics/money/costs/",
    "spend": "/analytics/money/spend/",
    "attribution": "/analytics/attribution/",
    "attribution by channel": "/analytics/attribution/?by=channel&model=decay",
    "deals behind a share": "/analytics/attribution/deals",
    "competitors": "/analytics/competitors/",
    "new note about a competitor": "/analytics/competitors/new",
    "analytics": "/analytics/",
    "analytics, chosen days": "/analytics/?period=custom&from=-29d&owner=me",
    "deals behind a figure": "/analytics/rows?metric=newDeals",
    "activities behind a figure": "/analytics/rows?metric=touches",
    "accounts behind a figure": "/analytics/rows?metric=newAccounts",
    "snapshots of figures": "/analytics/snapshots/",
    "figures by mail": "/analytics/mail",
    "lead score": "/analytics/lead-score/",
    "capture": "/capture/",
    "events": "/capture/events/",
    "new event": "/capture/events/new",
    "sources of leads": "/capture/sources/",
    "routing of leads": "/capture/routing/",
    "leads": "/leads/",
    "leads that are late": "/leads/?which=late",
    "leads held back": "/leads/?which=held",
    "out of office": "/leads/away",
    "imports": "/imports/",
    "tasks": "/tasks",
    "new task": "/tasks/new?q=a",
    "notifications": "/notifications",
    "duplicates": "/accounts/duplicates",
    "duplicate contacts": "/accounts/duplicates?entity=contact",
    "new opportunity": "/pipeline/new",
    "forecast by AI": "/pipeline/forecast/?probability=ai&period=year",
    "profile": "/profile/",
    "search": "/search?q=truck",
    "gallery": "/gallery/",
    "jobs": "/admin/jobs/",
    "people": "/admin/people/",
    "tokens": "/admin/tokens/",
    "permissions": "/admin/permissions/",
    "audit": "/admin/audit/",
    "sending": "/admin/sending/",
    "do not contact": "/admin/sending/denials/",
    "proofs of sending": "/admin/sending/proofs/",
    "sending under other rules": "/admin/sending/replay/",
    "rules of sending": "/admin/sending/rules/",
    "settings": "/admin/settings/",
    "stages": "/admin/settings/lists/stages/",
    "new stage": "/admin/settings/lists/stages/new",
    "pipelines": "/admin/settings/lists/pipelines/",
    "new pipeline": "/admin/settings/lists/pipelines/new",
    "rules": "/admin/settings/rules/",
    "new rule": "/admin/settings/rules/new",
    "what rules did": "/admin/settings/rules/firings/",
    "mailboxes and numbers": "/admin/settings/senders/",
    "kinds of mailboxes": "/admin/settings/senders/new",
    "new mailbox": "/admin/settings/senders/new?preset=google",
    "new number": "/admin/settings/senders/new?preset=texts",
}


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_accessible_silent_and_steady(open_as: OpenAs, path: str, look: Look) -> None:
    page = open_as("admin", path, look=look)
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_a_carrier_page_is_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as("rep", "/signals/", look=look)
    page.get_by_role("main").locator("a[href^='/carriers/']").first.click()
    settle(page)
    check(page)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_account_and_its_forms_are_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as("admin", "/accounts/", look=look)
    page.get_by_role("main").locator("a[data-open]").first.click()
    settle(page)
    check(page)
    page.locator("#fact-city a.fact-edit").click()
    expect(page.get_by_role("textbox", name="City")).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("link", name="Add a contact").first.click()
    settle(page)
    page.get_by_role("button", name="Another one").first.click()
    check(page)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_writing_to_a_person_and_noting_it_are_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as("rep", "/contacts/", look=look)
    link = page.get_by_role("main").locator("a[href*='#contact-']").first.get_attribute("href") or ""
    page.goto(f"/outreach/write/{link.rpartition('#contact-')[2]}")
    check(page)
    page.get_by_role("link", name="I send it myself: note it").click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Note what you do yourself")
    check(page)
    page.get_by_role("link", name="Call", exact=True).click()
    settle(page)
    expect(page.get_by_label("How it ended")).to_be_visible()
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_sequence_and_its_forms_are_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/outreach/", look=look)
    page.get_by_role("main").get_by_role("link", name="Reefer fleets, first contact").first.click()
    settle(page)
    check(page)
    there = page.url.rstrip("/")
    for form in ("edit", "enrolment"):
        page.goto(f"{there}/{form}")
        check(page)
        if look is DESKTOP:
            check_in_the_dark(page)


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_the_sign_in_page_is_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as(None, "/", look=look)
    settle(page)
    check(page)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_address_that_is_none_of_ours_says_so(open_as: OpenAs, watch: Watch, look: Look) -> None:
    with watch.expecting(404):
        page = open_as("viewer", "/no-such-page", look=look)
        settle(page)
        check(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
