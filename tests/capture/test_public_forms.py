"""The public form: people get through, machines cost a count and make no account, and what was held can be let go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from headhaul.accounts.models import Account, Contact
from headhaul.actions.models import AuditEntry
from headhaul.capture.errors import FormIsClosed, LeadState
from headhaul.capture.models import FormUse, Lead, LeadTouch
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import public, tickets
from headhaul.capture.services.suspicion import reasons
from headhaul.capture.services.tickets import Ticket
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor, Forbidden, InvalidData, TooManyRequests
from tests.capture.doing import do
from tests.factories.market import NOON

PERSON = {
    "name": "Pat Diaz",
    "company": "Bluebonnet Transport",
    "state": "TX",
    "email": "pat@bluebonnet.example",
    "message": "We need twelve reefer drivers around Dallas.",
    "agrees_email": True,
}
LATER = NOON + timedelta(seconds=30)


@pytest.fixture
def key(max_: Actor, fair: Any) -> Iterator[str]:
    opened = do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, formIsOpen=True)
    return opened.public_key


def send(key: str, *, at: Any = LATER, address: str = "192.0.2.7", opened_at: Any = NOON, **more: Any) -> Any:
    ticket = more.pop("ticket", None)
    if ticket is None:
        ticket = public.page(public_key=key, at=opened_at).ticket
    return public.submit(public_key=key, sent=PublicLead(**PERSON | more, ticket=ticket), address=address, at=at)


@pytest.mark.django_db
def test_somebody_who_fills_it_in_is_a_lead_with_consent_and_its_proof(key: str, max_: Actor) -> None:
    done = send(key)
    assert (done.status, done.thanks) == ("taken", public.THANKS)
    lead = Lead.objects.get(pk=done.lead_id)
    assert (lead.door, lead.captured_by_id, lead.owner_id) == ("form", None, max_.user_id)
    assert Account.objects.get().source == "capture"
    touch = LeadTouch.objects.get()
    assert (touch.kind, touch.channel) == ("form", "event")
    consent = ConsentEvent.objects.get()
    assert consent.source.startswith("web form")
    assert "by themselves" in consent.evidence
    assert "192.0.2.7" not in consent.evidence


@pytest.mark.django_db
def test_the_audit_shows_what_was_sent_and_by_which_door_but_not_its_values(key: str) -> None:
    taken, held = send(key), send(key, message="http://a.example http://b.example", company="Other")
    entries = list(AuditEntry.objects.filter(action="submitLeadForm").order_by("pk"))
    assert [(each.outcome, each.actor_kind, each.actor, each.door) for each in entries] == [
        ("done", "system", "Public form", "public")
    ] * 2
    junk = Lead.objects.get(is_spam=True)
    assert [(each.target_type, each.target_id) for each in entries] == [
        ("lead", str(taken.lead_id)),
        ("lead", str(junk.pk)),
    ]
    assert held.lead_id is None, "nobody outside is told"
    assert {"name", "email", "publicKey"} <= set(entries[0].data_keys)
    assert "title" not in entries[0].data_keys


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["vera", "ada"])
def test_nobody_of_ours_can_send_the_form_in_somebody_elses_name(key: str, role: str, request: Any) -> None:
    with pytest.raises(Forbidden):
        do("submitLeadForm", request.getfixturevalue(role), publicKey=key, name="Pat", email="p@p.example")
    assert not Lead.objects.exists()


@pytest.mark.django_db
def test_a_double_click_is_one_lead(key: str) -> None:
    ticket = public.page(public_key=key, at=NOON).ticket
    one, two = send(key, ticket=ticket), send(key, ticket=ticket)
    assert one.lead_id == two.lead_id
    assert Lead.objects.count() == 1


@pytest.mark.django_db
def test_a_reps_own_code_gives_the_lead_to_the_rep(key: str, rosa: Actor) -> None:
    assert rosa.user_id is not None
    done = send(key, rep=tickets.code_of_rep(rosa.user_id))
    assert Lead.objects.get(pk=done.lead_id).owner_id == rosa.user_id
    assert tickets.rep_of(f"{rosa.user_id}-0000000000") is None


@pytest.mark.django_db
def test_a_closed_form_takes_nothing(fair: Any, key: str, max_: Actor) -> None:
    with pytest.raises(FormIsClosed):
        public.page(public_key="nothing", at=NOON)
    do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version + 1, formIsOpen=False)
    with pytest.raises(FormIsClosed):
        public.submit(public_key=key, sent=PublicLead(**PERSON), address="192.0.2.7", at=NOON)


@pytest.mark.django_db
def test_what_a_person_got_wrong_is_said_with_its_field(key: str) -> None:
    for more, field in (
        ({"email": "pat@"}, "emails.0"),
        ({"email": "", "phone": ""}, "email"),
        ({"opened_at": NOON - timedelta(days=3)}, "ticket"),
    ):
        with pytest.raises(InvalidData) as refusal:
            send(key, **more)
        assert field in refusal.value.fields
    assert not Lead.objects.exists()


SPAM: list[dict[str, Any]] = [
    {"website": "http://spam.example"},
    {"at": NOON + timedelta(seconds=1)},
    {"ticket": "forged"},
    {"ticket": ""},
    {"name": "<script>alert(1)</script>"},
    {"message": "Buy <a href='http://x.example'>here</a>"},
    {"name": "www.cheap.example"},
    {"message": "see http://a.example and http://b.example"},
    {"message": "Best SEO service, rank on Google"},
    {"name": "X" * 60},
    {"name": "test", "company": "test", "message": "test"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("more", SPAM, ids=lambda more: next(iter(more)) + str(next(iter(more.values())))[:12])
def test_what_looks_like_junk_is_held_and_thanked_for_all_the_same(key: str, more: dict[str, Any]) -> None:
    done = send(key, **more)
    assert (done.status, done.lead_id, done.thanks) == ("held", None, public.THANKS)
    held = Lead.objects.get()
    assert held.is_spam
    assert held.spam_reasons
    assert held.account_id is None
    assert (Account.objects.count(), Contact.objects.count(), ConsentEvent.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_the_same_text_again_and_again_is_junk(key: str) -> None:
    states = [send(key, address=f"192.0.2.{number}").status for number in range(5)]
    assert states == ["taken", "taken", "taken", "held", "held"]
    assert Lead.objects.counted().count() == 1


@pytest.mark.django_db
def test_one_address_sends_so_many_an_hour_and_is_told_when_to_come_back(key: str) -> None:
    for number in range(12):
        send(key, name=f"Person {number}", email=f"p{number}@x{number}.example", company=f"Firm {number}")
    with pytest.raises(TooManyRequests) as refusal:
        send(key, name="One more", email="more@more.example")
    assert 0 < refusal.value.retry_after <= 3600
    assert send(key, address="198.51.100.9", name="Other", email="o@other.example", company="Other").status == "taken"
    assert send(key, name="Later", email="l@later.example", company="Later", at=LATER + timedelta(hours=1)).lead_id


@pytest.mark.django_db
def test_what_is_dropped_costs_a_few_statements_and_no_row(key: str, max_: Actor, ada: Actor) -> None:
    do("saveSettings", ada, section="public_forms", expectedVersion=0, values={"suspiciousAnHour": 1})
    send(key, website="x")
    rows = Lead.objects.count(), AuditEntry.objects.count(), FormUse.objects.count()
    send(key, website="x", name="Again")  # the first that is dropped: it begins its count
    with CaptureQueriesContext(connection) as queries:
        send(key, website="x", name="And again")
    assert len(queries) <= 14
    assert (Lead.objects.count(), AuditEntry.objects.count(), FormUse.objects.count()) == (*rows[:2], rows[2] + 1)
    assert do("getCaptureEvents", max_).items[0].dropped == 2


@pytest.mark.django_db
def test_junk_sent_again_by_the_same_page_is_counted_and_uses_up_no_room(key: str, max_: Actor, ada: Actor) -> None:
    do("saveSettings", ada, section="public_forms", expectedVersion=0, values={"suspiciousAnHour": 2})
    ticket = public.page(public_key=key, at=NOON).ticket
    for _ in range(3):
        send(key, ticket=ticket, message="http://a.example http://b.example")
    send(key, website="x")
    row = do("getCaptureEvents", max_).items[0]
    assert (row.held, row.dropped) == (2, 2)


@pytest.mark.django_db
def test_one_network_of_ipv6_counts_as_one_address(key: str) -> None:
    for number in range(12):
        send(key, name=f"Person {number}", company=f"Firm {number}", address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyRequests):
        send(key, name="One more", address="2001:db8:1:2:ffff::1")
    assert send(key, name="Other", company="Other", address="2001:db8:1:3::1").status == "taken"


@pytest.mark.django_db
def test_the_addresses_are_kept_as_hashes_and_forgotten(key: str) -> None:
    from headhaul.capture.services import forms

    send(key)
    assert not FormUse.objects.filter(key__contains="192.0.2.7").exists()
    forms.use([f"{forms.DROPPED}1"], at=LATER)
    assert forms.prune(at=LATER + timedelta(days=2)) > 0
    assert set(FormUse.objects.values_list("key", flat=True)) == {f"{forms.DROPPED}1"}
    assert forms.prune(at=LATER + timedelta(days=9)) == 1


@pytest.mark.django_db
def test_what_was_held_is_looked_through_and_let_go(key: str, rosa: Actor) -> None:
    send(key, message="Two of our pages: http://a.example http://b.example")
    held = do("getLeadQueue", rosa, isSpam=True).items[0]
    assert do("getLeadQueue", rosa, status="all").items == []
    done = do("releaseLead", rosa, leadId=held.id, at=LATER + timedelta(hours=2))
    assert (done.id, done.is_spam, done.captured_at) == (held.id, False, LATER)
    assert done.account_id is not None
    assert ConsentEvent.objects.get().source.startswith("web form")
    with pytest.raises(LeadState):
        do("releaseLead", rosa, leadId=held.id)


@pytest.mark.django_db
def test_one_let_go_who_was_taken_down_meanwhile_is_joined(key: str, rosa: Actor) -> None:
    send(key, message="http://a.example http://b.example")
    taken = send(key)
    held = do("getLeadQueue", rosa, isSpam=True).items[0]
    done = do("releaseLead", rosa, leadId=held.id)
    assert done.id == taken.lead_id
    assert Lead.objects.counted().count() == 1


@given(text=st.text(max_size=300))
def test_any_text_at_all_is_judged(text: str) -> None:
    sent = PublicLead.model_construct(**PERSON | {"message": text, "website": "", "title": "", "ticket": ""})
    ticket = Ticket(1, NOON, "n")
    found = reasons(sent, ticket=ticket, event_id=1, fewest_seconds=3, most_links=1, at=LATER)
    assert isinstance(found, list)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "We run 40 trucks, mostly flatbed, out of Amarillo & Lubbock. Call me after 3 p.m.!",
        "Our site is https://bluebonnet.example — please look.",
        "Necesitamos conductores con CDL-A, gracias.",
        "5 < 6 drivers, salary > $80k; see you at booth #42 :-)",
    ],
)
def test_what_people_write_is_no_junk(message: str) -> None:
    sent = PublicLead(**PERSON | {"message": message})
    assert reasons(sent, ticket=Ticket(1, NOON, "n"), event_id=1, fewest_seconds=3, most_links=1, at=LATER) == []
