"""The inbox: who sees what, and what people can do about it."""

from __future__ import annotations

import pytest

from headhaul.compliance.models import Suppression
from headhaul.kernel import Actor, ComplianceRefused, NotFound, StaleVersion
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import Enrolment, Message, MessageEvent, UnsubscribeLink
from headhaul.outreach.services import unsubscribing
from headhaul.outreach.services.inbox import CannotAnswer
from headhaul.outreach.services.receiving import receive
from tests.activities.conftest import do
from tests.factories import outreach as made
from tests.outreach.inbound.test_receiving import AT, Case, answer, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(rosa: Actor) -> Case:
    """Dana in a sequence of Rosa's."""
    return Case(rosa)


def test_the_inbox_lists_what_people_wrote_newest_first(case: Case) -> None:
    receive(answer("Yes, call me."), at=AT)
    receive(answer("I am out until Monday.", signs="A", key="7:2", rfc_id="<2@x>"), at=AT)
    receive(text("Call me", key="SM9"), at=AT)
    page = do("getReplies", case.rosa, at=AT)
    assert [row.channel for row in page.items] == ["sms", "email"]
    assert page.open == 2
    assert len(do("getReplies", case.rosa, at=AT, kind="any").items) == 3
    assert [row.kind for row in do("getReplies", case.rosa, at=AT, kind="auto_reply").items] == ["auto_reply"]
    first = do("getReplies", case.rosa, at=AT, limit=1)
    second = do("getReplies", case.rosa, at=AT, limit=1, cursor=first.next_cursor)
    assert [*first.items, *second.items] == page.items


def test_others_see_only_the_accounts_that_they_see(case: Case, vera: Actor, ada: Actor) -> None:
    row = receive(answer("Yes, call me."), at=AT)
    do("saveSettings", ada, section="visibility", expectedVersion=0, values={"viewers": "own"})
    assert do("getReplies", vera, at=AT).items == []
    with pytest.raises(NotFound):
        do("getReply", vera, at=AT, replyId=row.pk)


def test_a_reply_is_shown_with_what_it_answers_and_why(case: Case) -> None:
    row = receive(text("wrong number"), at=AT)
    shown = do("getReply", case.rosa, at=AT, replyId=row.pk)
    assert shown.row.is_guess
    assert shown.refusal
    assert shown.refused_channels == ["sms", "call"]
    assert shown.message_id == case.text.pk
    assert not shown.can_answer


def test_it_is_marked_as_done_and_open_again(case: Case) -> None:
    row = receive(answer("Yes."), at=AT)
    saved = do("handleReply", case.rosa, at=AT, replyId=row.pk, version=1)
    assert do("getReplies", case.rosa, at=AT).items == []
    assert do("getReplies", case.rosa, at=AT, which="handled").items[0].handled_by == "Rosa"
    with pytest.raises(StaleVersion):
        do("handleReply", case.rosa, at=AT, replyId=row.pk, version=1)
    do("handleReply", case.rosa, at=AT, replyId=row.pk, handled=False, version=saved.version)
    assert do("getReplies", case.rosa, at=AT).open == 1


def test_calling_a_refusal_a_reply_lifts_nothing_and_says_so(case: Case) -> None:
    row = receive(text("wrong number"), at=AT)
    saved = do("reclassifyReply", case.rosa, at=AT, replyId=row.pk, kind="reply")
    assert "stays in effect" in saved.said
    assert not Suppression.objects.filter(is_lift=True).exists()
    assert list(MessageEvent.objects.values_list("kind", flat=True)) == ["replied"]


def test_calling_a_reply_a_refusal_denies_at_once(case: Case) -> None:
    row = receive(answer("Yeah, whatever you say."), at=AT)
    assert row.kind == "reply"
    do("reclassifyReply", case.rosa, at=AT, replyId=row.pk, kind="opt_out")
    assert Suppression.objects.get(scope="address").key == "dana@bigrig.example"


def test_a_message_of_somebody_unknown_is_given_to_a_contact(case: Case) -> None:
    row = receive(answer("It's me, Dana.", form="none", from_address="dana.private@mail.example"), at=AT)
    assert row.contact_id is None
    saved = do("matchReply", case.rosa, at=AT, replyId=row.pk, contactId=case.dana.pk)
    assert saved.stopped == 1
    assert Enrolment.objects.get().state == EnrolmentState.REPLIED
    assert saved.reply.matched_by == "person"


def test_a_refusal_that_is_given_to_a_contact_is_theirs_whatever_address_they_have(case: Case) -> None:
    refusal = answer("Stop emailing me.", form="none", subject="Hello", from_address="dana.private@mail.example")
    row = receive(refusal, at=AT)
    assert Enrolment.objects.get().state == EnrolmentState.WAITING
    do("matchReply", case.rosa, at=AT, replyId=row.pk, contactId=case.dana.pk)
    assert Enrolment.objects.get().state == EnrolmentState.OPTED_OUT
    assert {(each.scope, each.key, each.channel) for each in Suppression.objects.all()} == {
        ("address", "dana.private@mail.example", "email"), ("contact", str(case.dana.pk), "email"),
    }  # fmt: skip


def test_a_refusal_in_a_thread_is_given_to_a_contact_with_the_address_of_the_thread(case: Case) -> None:
    pat = made.contact(case.dana.account, owner=case.rosa, email="pat@bigrig.example")
    row = receive(answer("Who is this?", from_address="pat.private@mail.example"), at=AT)
    do("reclassifyReply", case.rosa, at=AT, replyId=row.pk, kind="opt_out")
    do("matchReply", case.rosa, at=AT, replyId=row.pk, contactId=pat.pk)
    assert {(each.scope, each.key) for each in Suppression.objects.all()} == {
        ("address", "pat.private@mail.example"), ("address", "dana@bigrig.example"), ("contact", str(pat.pk)),
        ("contact", str(case.dana.pk)),
    }  # fmt: skip


def test_an_answer_goes_out_in_the_same_thread(case: Case) -> None:
    made.sender(user=case.rosa)
    row = receive(answer("Yes, call me."), at=AT)
    planned = do("answerReply", case.rosa, at=AT, replyId=row.pk, text="Thanks, I will call at two.")
    message = Message.objects.get(pk=planned.message.id)
    assert (message.purpose, message.subject, message.address) == ("reply", "Re: Drivers", "dana@bigrig.example")
    assert message.headers["In-Reply-To"] == row.rfc_id
    assert message.headers["References"].endswith(row.rfc_id)
    assert do("getReply", case.rosa, at=AT, replyId=row.pk).row.handled_at == AT


def test_nobody_is_answered_after_a_refusal_or_without_a_name(case: Case) -> None:
    made.sender(user=case.rosa)
    refused = receive(answer("Stop emailing me."), at=AT)
    with pytest.raises(ComplianceRefused):
        do("answerReply", case.rosa, at=AT, replyId=refused.pk, text="But why?")
    nobody = receive(answer("Hm", form="none", from_address="x@y.example", key="7:3", rfc_id="<3@x>"), at=AT)
    with pytest.raises(CannotAnswer):
        do("answerReply", case.rosa, at=AT, replyId=nobody.pk, text="Hello")


def test_whoever_asks_to_be_forgotten_is_and_the_way_out_still_works(case: Case, ada: Actor) -> None:
    token = unsubscribing.link_of(message=case.sent, at=AT).token
    row = receive(answer("My daughter is ill, write in March."), at=AT)
    shown = do("exportContactData", ada, at=AT, contactId=case.dana.pk)
    assert "My daughter is ill" in str(shown)
    do("eraseContact", ada, at=AT, contactId=case.dana.pk, reason="Asked by mail.")
    row.refresh_from_db()
    assert (row.text, row.from_address, row.raw) == ("", "", {})
    assert UnsubscribeLink.objects.get().address == ""
    unsubscribing.unsubscribe(token=token, at=AT)
    assert Suppression.objects.get(key="").channel == "email"
