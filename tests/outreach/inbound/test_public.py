"""Tracked links and the way out, over HTTP, as mail programs, scanners and people use them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from headhaul.accounts.choices import Channel
from headhaul.accounts.models import ContactEmail
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance import hashing
from headhaul.compliance.models import Suppression
from headhaul.compliance.services import preflight
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import EnrolmentState, Grade
from headhaul.outreach.models import Enrolment, LinkHit, Message, MessageEvent, TrackedLink, UnsubscribeLink
from headhaul.outreach.services import clicks, unsubscribing
from headhaul.outreach.services.tracking import may_lead_to, wrap_links
from tests.activities.conftest import do
from tests.factories import outreach as made

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
LATER = made.NOON + timedelta(hours=3)


@pytest.fixture
def sent(rosa: Actor) -> Message:
    """A mail that was delivered at noon."""
    person = made.contact(owner=rosa, email="dana@bigrig.example")
    enrolment = made.enrolment(made.sequence(owner=rosa), person, owner=rosa, state="waiting", next_at=LATER)
    return made.message(of=enrolment, sender=made.sender())


@pytest.fixture
def client() -> Client:
    """A browser that checks for forged forms, as the real one would."""
    return Client(enforce_csrf_checks=True)


HTML = '<p><a href="https://headhaul.example/a?x=1&amp;y=2">A</a> <a href="https://evil.example/">B</a></p></body>'


def links(message: Message) -> dict[str, str]:
    """Where the links of a mail lead, by token."""
    wrapped = wrap_links(message=message, html=HTML, at=made.NOON)
    assert wrapped == wrap_links(message=message, html=HTML, at=LATER)
    assert 'href="https://evil.example/"' in wrapped
    return {token: TrackedLink.objects.get(token=token).url for token in re.findall(r"/t/([\w-]+)", wrapped)}


def get(
    client: Client, path: str, *, at: Any = LATER, agent: str = BROWSER, method: str = "get", **headers: str
) -> Any:
    """A request at a moment."""
    with time_machine.travel(at, tick=False):
        return getattr(client, method)(path, headers={"User-Agent": agent} | headers)


def test_a_click_goes_on_and_counts_as_a_persons(client: Client, sent: Message) -> None:
    token = next(token for token, url in links(sent).items() if url.startswith("https"))
    answer = get(client, f"/t/{token}")
    assert (answer.status_code, answer["Location"]) == (302, "https://headhaul.example/a?x=1&y=2")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert MessageEvent.objects.get(message=sent, kind="clicked").grade == Grade.HUMAN
    assert LinkHit.objects.get().network == "127.0.0.0/24"


@pytest.mark.parametrize("token", ["nothing", "https%3A%2F%2Fevil.example", "..", "a" * 300])
def test_an_unknown_link_leads_nowhere(client: Client, token: str) -> None:
    answer = get(client, f"/t/{token}?url=https://evil.example")
    assert answer.status_code == 404
    assert "Location" not in answer


@pytest.mark.parametrize(
    ("circumstances", "why"),
    [
        ({"at": made.NOON + timedelta(seconds=20)}, "within 60 seconds of delivery"),
        ({"method": "head"}, "asked by HEAD"),
        ({"Sec-Purpose": "prefetch"}, "fetched ahead by a program"),
        ({"agent": "Mozilla/5.0"}, "program: a bare browser name"),
        ({"agent": "python-requests/2.32"}, "program: a command line tool"),
        ({"agent": "Mozilla/5.0 (compatible; BarracudaCentral)"}, "program: Barracuda"),
    ],
)
def test_machines_are_told_from_people(client: Client, sent: Message, circumstances: dict[str, Any], why: str) -> None:
    token = next(token for token, url in links(sent).items() if url.startswith("https"))
    get(client, f"/t/{token}", **circumstances)
    hit = LinkHit.objects.get()
    assert hit.grade == Grade.MACHINE
    assert why in hit.reasons


def test_whoever_opens_the_hidden_link_is_a_machine_and_so_was_its_other_click(client: Client, sent: Message) -> None:
    known = links(sent)
    real = next(token for token, url in known.items() if url.startswith("https"))
    trap = next(token for token, url in known.items() if not url.startswith("https"))
    get(client, f"/t/{real}")
    assert MessageEvent.objects.get(kind="clicked").grade == Grade.HUMAN
    assert get(client, f"/t/{trap}", at=LATER + timedelta(minutes=1)).status_code == 404
    assert MessageEvent.objects.get(kind="clicked").grade == Grade.MACHINE


def test_a_delivery_that_becomes_known_later_changes_the_grade(client: Client, sent: Message) -> None:
    Message.objects.filter(pk=sent.pk).update(delivered_at=None, sent_at=None)
    token = next(token for token, url in links(sent).items() if url.startswith("https"))
    get(client, f"/t/{token}")
    assert MessageEvent.objects.get(kind="clicked").grade == Grade.UNKNOWN
    Message.objects.filter(pk=sent.pk).update(delivered_at=LATER - timedelta(seconds=3))
    made.event(sent, "delivered", at=LATER)
    assert clicks.regrade_lately(at=LATER) == 1
    assert MessageEvent.objects.get(kind="clicked").grade == Grade.MACHINE


def refused(sent: Message, **changes: Any) -> Any:
    """What the judge says to a mail to whoever it went to, after they pressed unsubscribe at another address by now."""
    link = unsubscribing.link_of(message=sent, at=made.NOON)
    for name, value in changes.items():
        ContactEmail.objects.filter(contact_id=sent.contact_id).update(**{name: value})
    unsubscribing.unsubscribe(token=link.token, at=LATER)
    to = recipient_of(contact_id=sent.contact_id or 0, channel=Channel.EMAIL, by=SYSTEM)
    return preflight.judge(to, at=LATER)


def test_the_way_out_of_an_old_mail_is_of_the_person_it_went_to(sent: Message) -> None:
    """Though they have another address by now: their sequence ends, and the new address is denied as well."""
    verdict = refused(sent, address="dana@newjob.example")
    assert "This contact opted out" in verdict.reasons[0].sentence
    assert Enrolment.objects.get(contact_id=sent.contact_id).state == EnrolmentState.OPTED_OUT


def test_the_way_out_is_followed_to_whom_they_became_part_of(sent: Message, max_: Actor) -> None:
    link = unsubscribing.link_of(message=sent, at=made.NOON)
    assert sent.contact is not None
    other = made.contact(sent.contact.account, email="d@home.example")
    ContactEmail.objects.filter(contact=sent.contact).update(address="dana@newjob.example")
    do("mergeContacts", max_, winnerId=other.pk, loserIds=[sent.contact_id])
    UnsubscribeLink.objects.filter(token=link.token).update(contact_id=sent.contact_id)
    unsubscribing.unsubscribe(token=link.token, at=LATER)
    to = recipient_of(contact_id=other.pk, channel=Channel.EMAIL, by=SYSTEM)
    assert not preflight.judge(to, at=LATER).is_allowed
    assert set(Enrolment.objects.values_list("state", flat=True)) == {EnrolmentState.OPTED_OUT}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "//headhaul.example", "https://headhaul.example@evil.example/", "https://evil.example/",
        "https://headhaul.example.evil.example/", "http://headhaul.example\\@evil.example", "data:text/html,x",
        "https://headhaul.example/\r\nX: y", "https:///x", "https://[", "mailto:a@b",
    ],
)  # fmt: skip
def test_only_allowed_hosts_are_led_to(url: str) -> None:
    assert not may_lead_to(url, {"headhaul.example"})


def test_an_open_picture_is_off_and_unknown_ones_look_the_same(client: Client, sent: Message) -> None:
    assert "/o/" not in wrap_links(message=sent, html=HTML, at=made.NOON)
    assert get(client, "/o/unknown.gif")["Content-Type"] == "image/gif"
    assert not MessageEvent.objects.exists()


def test_looking_at_the_way_out_does_nothing(client: Client, sent: Message) -> None:
    token = unsubscribing.link_of(message=sent, at=made.NOON).token
    for method in ("get", "head"):
        assert get(client, f"/u/{token}", method=method).status_code == 200
    page = get(client, f"/u/{token}").content.decode()
    assert "d•••@bigrig.example" in page
    assert "dana@" not in page
    assert not Suppression.objects.exists()


def test_one_click_unsubscribes_without_cookie_page_or_sign_in(client: Client, sent: Message) -> None:
    token = unsubscribing.link_of(message=sent, at=made.NOON).token
    for _ in range(3):
        answer = client.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
    denied = {(each.key, each.channel) for each in Suppression.objects.all()}
    assert denied == {("dana@bigrig.example", "email"), (str(sent.contact_id), "email")}
    assert Enrolment.objects.get().state == EnrolmentState.OPTED_OUT
    assert MessageEvent.objects.get(message=sent).kind == "unsubscribed"


def test_all_can_be_chosen_instead(client: Client, sent: Message) -> None:
    token = unsubscribing.link_of(message=sent, at=made.NOON).token
    client.post(f"/u/{token}", {"what": "all"})
    assert {each.channel for each in Suppression.objects.all()} == {"all"}


def test_a_tracking_token_unsubscribes_nobody(client: Client, sent: Message) -> None:
    assert [client.post(f"/u/{token}").status_code for token in links(sent)] == [404, 404]
    assert not Suppression.objects.exists()


def test_the_way_out_outlives_the_message_and_the_person(client: Client, sent: Message) -> None:
    token = unsubscribing.link_of(message=sent, at=made.NOON).token
    hashed = hashing.hash_of("dana@bigrig.example")
    UnsubscribeLink.objects.update(address="", address_hash=hashed, contact_id=None, message=None)
    assert client.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Suppression.objects.get().key_hash == hashed
