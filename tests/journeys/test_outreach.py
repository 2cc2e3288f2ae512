"""A sequence from its first word to who is in it: written, seen as somebody would get it, switched on, enrolled for."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, SIZES, Look
from tests.journeys.owed import GOOD_SHIFT, check
from tests.journeys.served import Served
from tests.journeys.watch import Watch, settle, shifts

VERDICT = re.compile(r"May leave now|May leave later|Must not be sent")


def card(page: Page, number: int) -> Locator:
    """The card of a step."""
    return page.locator("[data-step-card]").nth(number - 1)


def add(page: Page, kind: str) -> Locator:
    """Add a step of a kind; its card."""
    before = page.locator("[data-step-card]").count()
    assert sum(much for much, _ in shifts(page)) < GOOD_SHIFT
    page.locator(".add-steps").get_by_role("button", name=kind).click()
    expect(page.locator("[data-step-card]")).to_have_count(before + 1)
    settle(page)
    page.evaluate("window.__shifts = []")  # the card that was asked for pushes down what is below, when it comes
    return card(page, before + 1)


def write_a_sequence(page: Page, name: str) -> None:
    """All five kinds of steps, in an order that is put right by keys."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Campaign").fill("Journeys")
    card(page, 1).get_by_label("Subject").fill("Drivers for {account.name|your fleet}")
    text = card(page, 1).get_by_label("Text", exact=True)
    text.fill("Hi , we have drivers near you.")
    text.evaluate("text => text.setSelectionRange(3, 3)")
    card(page, 1).get_by_text("Variable").click()
    card(page, 1).get_by_role("button", name="What the contact is called").click()
    page.keyboard.type("friend")
    expect(text).to_have_value("Hi {contact.first_name|friend}, we have drivers near you.")
    expect(page.locator("#preview")).to_contain_text(VERDICT)
    expect(page.locator("#preview .letter-text")).to_contain_text(re.compile(r"Hi \w+, we have drivers"))
    add(page, "Text message").get_by_label("Text", exact=True).fill("Did you see my e-mail? Reply STOP to opt out.")
    add(page, "Wait")
    add(page, "Condition").get_by_label("Then go to").select_option("the end")
    add(page, "Call").get_by_label("What to say").fill("Ask how many seats are empty.")
    card(page, 3).locator("[data-grip]").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(card(page, 2).locator(".step-name")).to_have_text("2. Wait")
    expect(card(page, 2).locator("[data-grip]")).to_be_focused()


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_sequence_is_written_seen_switched_on_and_enrolled_for(open_as: OpenAs, watch: Watch, look: Look) -> None:
    page, name = open_as("manager", "/outreach/", look=look), f"First touch {uuid.uuid4().hex[:6]}"
    check(page)
    page.get_by_role("link", name="New sequence").click()
    check(page)
    write_a_sequence(page, name)
    check(page)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".step-line")).to_have_count(5)
    page.get_by_role("button", name="Switch on").click()
    check(page)
    page.get_by_role("link", name="Enrol people").click()
    check(page)
    for box in page.locator(".whom-list input").all()[:3]:
        box.check()
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("status", name="Outcome")).to_contain_text("would be enrolled")
    check(page)
    page.get_by_role("button", name=re.compile(r"^Enrol \d")).click()
    expect(page.get_by_role("status", name="Outcome")).to_contain_text(re.compile(r"\d (person|people) enrolled"))
    page.get_by_role("link", name="See them").click()
    check(page)
    page.locator("[data-row] [data-open]").first.click()
    check(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".toast", has_text="held where")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()


def test_a_fault_is_told_at_its_step_and_steps_are_dragged(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("manager", "/outreach/sequences/new")
    page.get_by_label("Name", exact=True).fill("Not yet")
    add(page, "Text message")
    with watch.expecting(422):
        page.get_by_role("button", name="Save").last.click()
        expect(page.locator("[data-step-card]").nth(1)).to_contain_text("what it says")
    settle(page)
    grip, first = card(page, 2).locator("[data-grip]"), card(page, 1).locator("[data-grip]")
    start, end = grip.bounding_box(), first.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] - 40, steps=4)
    page.mouse.move(end["x"] + 8, end["y"] - 8, steps=8)
    for trembling in range(50):
        if "Text message" in card(page, 1).locator(".step-name").inner_text():
            break
        page.wait_for_timeout(100)
        page.mouse.move(end["x"] + 8 + trembling % 2, end["y"] - 8)
    page.mouse.up()
    expect(card(page, 1).locator(".step-name")).to_have_text("1. Text message")
    expect(card(page, 2).locator(".step-name")).to_have_text("2. E-mail")


def test_a_step_that_moves_takes_what_is_typed_in_it_along(open_as: OpenAs) -> None:
    page = open_as("manager", "/outreach/sequences/new")
    for _ in range(2):
        add(page, "Wait")

    def amount(number: int) -> Locator:
        return card(page, number).locator("input[name$=_amount]")

    usual = amount(2).input_value()
    expect(amount(3)).to_have_value(usual)
    amount(3).fill("9")
    card(page, 3).locator("[data-grip]").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(card(page, 2).locator("[data-grip]")).to_be_focused()
    expect(page.locator("[data-moved]")).to_have_text("")  # drawn anew
    expect(amount(2)).to_have_value("9")
    expect(amount(3)).to_have_value(usual)
    card(page, 3).get_by_role("button", name="Remove step 3").click()
    expect(page.locator("[data-step-card]")).to_have_count(2)
    card(page, 2).get_by_role("button", name="Copy step 2").click()
    expect(page.locator("[data-step-card]")).to_have_count(3)
    expect(amount(2)).to_have_value("9")
    expect(amount(3)).to_have_value("9")
    amount(2).fill("4")
    card(page, 1).get_by_role("button", name="Remove step 1").click()
    expect(page.locator("[data-step-card]")).to_have_count(2)
    expect(amount(1)).to_have_value("4")
    expect(amount(2)).to_have_value("9")


def test_a_refusal_says_its_rule(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/contacts/")
    number = page.locator("main a[href*='/contacts/']").evaluate_all(
        "links => links.map(link => /contacts\\/(\\d+)/.exec(link.getAttribute('href'))?.[1]).filter(Boolean)"
    )[0]
    page.goto(f"/outreach/write/{number}?channel=sms")
    page.get_by_label("Text", exact=True).fill("Hi, shall we talk about drivers?")
    with watch.expecting(451):
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_contain_text("agreed")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Hi, shall we talk about drivers?")
    check(page)


def test_sending_is_stopped_and_goes_on(open_as: OpenAs) -> None:
    page = open_as("manager", "/outreach/", look=DESKTOP)
    page.get_by_text("Stop sending").click()
    page.get_by_label("What", exact=True).select_option("Calls")
    why = f"A wrong list {uuid.uuid4().hex[:6]} was imported."
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator("#limits")).to_contain_text(why)
    check(page)
    page.locator("#limits .banner", has_text=why).get_by_role("button", name="Let it go on").click()
    expect(page.locator("#limits")).not_to_contain_text(why)


RECEIVE = """
from datetime import UTC, datetime
from headhaul.accounts.models import ContactEmail
from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.services.receiving import receive
address = ContactEmail.objects.filter(contact_id={contact}).first().address
at = datetime.now(UTC)
said = "Send me three profiles, please. {word}"
receive(
    Incoming(
        channel=Channel.EMAIL, source="webhook:journey", key="{word}", from_address=address, received_at=at,
        subject="Re: Drivers", text=said, fresh=said, rfc_id="<{word}@journey.example>",
    ),
    at=at,
)
"""


def with_an_address(page: Page) -> str:
    """The number of the first of those who can be enrolled who has an e-mail address."""
    line = page.locator(".whom-list li").filter(has=page.get_by_label("has an e-mail address")).first
    number = line.locator("input").get_attribute("value")
    assert number is not None
    return number


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_reply_is_read_answered_and_done_with_and_the_report_is_there(
    open_as: OpenAs, headhaul: Served, look: Look
) -> None:
    page, word = open_as("manager", "/outreach/", look=look), uuid.uuid4().hex[:8]
    page.goto("/outreach/sequences/new")
    page.get_by_label("Name", exact=True).fill(f"Replies {word}")
    card(page, 1).get_by_label("Subject").fill("Drivers")
    card(page, 1).get_by_label("Text", exact=True).fill("Shall we talk?")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("link", name="Enrol people").click()
    contact = with_an_address(page)
    headhaul.scripts.told(RECEIVE.format(contact=contact, word=word))
    page.goto("/outreach/replies/")
    check(page)
    page.locator(".inbox-item", has_text=word).click()
    expect(page.locator(".letter-text")).to_contain_text(word)
    check(page)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".toast", has_text="Done.")).to_be_visible()
    expect(page.locator(".inbox-item", has_text=word)).to_have_count(0)
    page.goto("/campaigns/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(page)
