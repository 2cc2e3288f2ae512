"""A person's own data, shown as a whole and forgotten everywhere; what a contact said about being reached."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from headhaul.accounts.choices import Channel
from headhaul.accounts.errors import IsErased
from headhaul.accounts.models import Contact, ImportedRecord, ImportRowError, ImportRun, MergeRecord
from headhaul.accounts.services.reaching import recipient_of
from headhaul.actions import dispatch
from headhaul.actions.services.undoing import UndoTooLate
from headhaul.activities.models import Activity, Notification
from headhaul.compliance import check_can_reach
from headhaul.compliance.services import preflight, verifying
from headhaul.compliance.services.consent import RefusalStands
from headhaul.kernel import Actor, ComplianceRefused, Forbidden, InvalidData, NotFound, Recipient
from tests.cast import NOON
from tests.leftovers import everything

pytestmark = pytest.mark.django_db

SECRETS = ("Joe Miller", "joe@lone-star.com", "+12145550100", "allergic to bees")


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


@pytest.fixture
def joe(rosa: Actor) -> Any:
    account = do("createAccount", rosa, name="Lone Star Reefer", zip="75201")
    return do(
        "createContact",
        rosa,
        accountId=account.id,
        name="Joe Miller",
        notes="allergic to bees",
        emails=[{"address": "joe@lone-star.com"}],
        phones=[{"number": "2145550100"}],
    )


def told(joe: Any, actor: Actor, channel: str, status: str, **more: Any) -> Any:
    return ask("setConsent", actor, contactId=joe.id, channel=channel, status=status, source="phone call", **more)


@pytest.mark.parametrize("source", ["retraction", " Retraction "])
def test_nobody_notes_a_retraction_by_hand(joe: Any, rosa: Actor, source: str) -> None:
    """It would reset what was said, without looking at what it takes back."""
    told(joe, rosa, "email", "opted_out")
    with pytest.raises(InvalidData, match="retractConsent"):
        ask("setConsent", rosa, contactId=joe.id, channel="email", status="unknown", source=source)


def test_consent_is_noted_for_the_addresses_of_the_channel(joe: Any, rosa: Actor) -> None:
    seen = told(joe, rosa, "sms", "opted_in", evidence="He said: text me").payload.contact
    assert seen.reach.sms == "unknown"  # as the judge has it: texts need it in writing
    written = {"evidence": "He wrote: text me", "basis": "express_written"}
    seen = told(joe, rosa, "sms", "opted_in", **written).payload.contact
    assert (seen.reach.email, seen.reach.sms, seen.reach.call) == ("allowed", "allowed", "unknown")
    assert (seen.phones[0].sms.status, seen.phones[0].sms.source) == ("opted_in", "phone call")
    seen = told(joe, rosa, "all", "opted_out").payload.contact
    assert (seen.reach.email, seen.reach.sms, seen.reach.call) == ("denied", "denied", "denied")


def test_a_yes_to_texts_needs_a_proof_and_an_address(joe: Any, rosa: Actor) -> None:
    with pytest.raises(InvalidData, match="provable"):
        told(joe, rosa, "sms", "opted_in")
    with pytest.raises(InvalidData, match="no such address"):
        told(joe, rosa, "sms", "opted_out", address="joe@lone-star.com")
    do("updateContact", rosa, contactId=joe.id, version=1, phones=[])
    with pytest.raises(InvalidData, match="no address for this channel"):
        told(joe, rosa, "call", "opted_out")


def test_a_wrong_click_is_taken_back_and_a_later_word_is_not_overridden(joe: Any, rosa: Actor) -> None:
    wrong = told(joe, rosa, "email", "opted_out")
    soon = NOON + timedelta(minutes=1)
    dispatch("undoAction", {"undoId": wrong.undo_id}, actor=rosa, at=soon, door="http")
    seen = dispatch("getContact", {"contactId": joe.id}, actor=rosa, at=soon, door="http").payload
    assert seen.reach.email == "allowed"
    yes = told(joe, rosa, "email", "opted_in")
    told(joe, rosa, "email", "opted_out")
    with pytest.raises(UndoTooLate):
        dispatch("undoAction", {"undoId": yes.undo_id}, actor=rosa, at=NOON, door="http")
    assert do("getContact", rosa, contactId=joe.id).reach.email == "denied"


def test_a_spoken_refusal_is_not_taken_back_by_a_colleague_nor_later(joe: Any, rosa: Actor, max_: Actor) -> None:
    said = told(joe, rosa, "email", "opted_out", evidence="Never mail me again")
    later = NOON + timedelta(hours=1)
    for by, at in ((max_, NOON), (rosa, later)):
        with pytest.raises(RefusalStands, match="removeSuppression"):
            dispatch("retractConsent", {"eventIds": said.payload.event_ids}, actor=by, at=at, door="http")
    with pytest.raises(UndoTooLate, match="removeSuppression"):
        dispatch("undoAction", {"undoId": said.undo_id}, actor=rosa, at=later, door="http")
    assert do("getContact", rosa, contactId=joe.id).reach.email == "denied"


def test_what_a_person_refused_holds_at_an_address_they_get_later(joe: Any, rosa: Actor) -> None:
    told(joe, rosa, "email", "opted_out")
    do("updateContact", rosa, contactId=joe.id, version=1, emails=[{"address": "joe@home.example"}])
    seen = do("getContact", rosa, contactId=joe.id)
    assert (seen.emails[0].address, seen.emails[0].email.is_allowed) == ("joe@home.example", False)
    assert seen.reach.email == "denied"
    with pytest.raises(ComplianceRefused, match="opted out"):
        check_can_reach(recipient_of(contact_id=joe.id, channel=Channel.EMAIL, by=rosa), at=NOON.replace(hour=18))


def test_what_is_said_of_one_address_is_of_that_one(joe: Any, rosa: Actor) -> None:
    told(joe, rosa, "email", "opted_out", address="joe@lone-star.com")
    both = [{"address": "joe@lone-star.com"}, {"address": "joe@home.example"}]
    do("updateContact", rosa, contactId=joe.id, version=1, emails=both)
    seen = {line.address: line.email.is_allowed for line in do("getContact", rosa, contactId=joe.id).emails}
    assert seen == {"joe@lone-star.com": False, "joe@home.example": True}


def test_consent_outlives_the_contact(joe: Any, rosa: Actor) -> None:
    told(joe, rosa, "email", "opted_out")
    do("removeContact", rosa, contactId=joe.id)
    again = do("createContact", rosa, accountId=joe.account_id, name="J", emails=[{"address": "Joe@Lone-Star.com"}])
    assert again.reach.email == "denied"


def test_a_recipient_carries_every_zone_they_may_be_in(joe: Any, rosa: Actor) -> None:
    do("updateContact", rosa, contactId=joe.id, version=1, phones=[{"number": "208-555-0100"}])
    recipient = recipient_of(contact_id=joe.id, channel=Channel.SMS, by=rosa)
    assert recipient.zones == ("America/Boise", "America/Los_Angeles", "America/Chicago")
    assert do("getContact", rosa, contactId=joe.id).timezone_confidence == "low"
    told(joe, rosa, "sms", "opted_in", evidence="form", basis="express_written")
    with pytest.raises(ComplianceRefused, match=r"in Los Angeles|in Boise"):
        check_can_reach(recipient, at=NOON.replace(hour=15))
    check_can_reach(recipient, at=NOON.replace(hour=18))
    with pytest.raises(InvalidData):
        recipient_of(contact_id=joe.id, channel=Channel.EMAIL, by=rosa, address="other@example.com")


def test_an_export_holds_everything_known(joe: Any, rosa: Actor, ada: Actor) -> None:
    Activity.objects.create(
        account_id=joe.account_id, contact_id=joe.id, type="note", body="Bees again", happened_at=NOON, created_at=NOON
    )
    told(joe, rosa, "sms", "opted_in", evidence="His words")
    parts = json.loads(json.dumps(do("exportContactData", ada, contactId=joe.id).parts))
    assert parts["contact"]["notes"] == "allergic to bees"
    assert parts["consent"][0]["evidence"] == "His words"
    assert parts["activities"][0]["body"] == "Bees again"
    assert {"setConsent", "createContact"} <= {row["action"] for row in parts["audit"]}
    assert {"history", "opportunities"} <= parts.keys()
    with pytest.raises(Forbidden):
        do("exportContactData", rosa, contactId=joe.id)


@pytest.mark.parametrize("removed", [False, True])
def test_who_is_forgotten_is_nowhere_and_their_refusal_stays(joe: Any, rosa: Actor, ada: Actor, removed: bool) -> None:
    Activity.objects.create(
        account_id=joe.account_id,
        contact_id=joe.id,
        type="note",
        subject="Joe Miller",
        body="allergic to bees",
        happened_at=NOON,
        created_at=NOON,
    )
    Notification.objects.create(
        user_id=rosa.user_id, kind="mention", text="Joe Miller called", account_id=joe.account_id, created_at=NOON
    )
    told(joe, rosa, "sms", "opted_in", evidence="Joe Miller said so")
    told(joe, rosa, "email", "opted_out", evidence="allergic to bees and mail")
    do("updateContact", rosa, contactId=joe.id, version=1, name="Joe Miller Jr")
    if removed:
        do("removeContact", rosa, contactId=joe.id)
    do("eraseContact", ada, contactId=joe.id, reason="Request of today")
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert do("getContact", ada, contactId=joe.id).is_erased
    with pytest.raises(IsErased):
        do("updateContact", rosa, contactId=joe.id, version=Contact.objects.get().version, title="Back")
    with pytest.raises(IsErased):
        do("eraseContact", ada, contactId=joe.id, reason="Request of today")


def test_only_administrators_forget(joe: Any, rosa: Actor, max_: Actor, ada: Actor) -> None:
    for actor in (rosa, max_):
        with pytest.raises(Forbidden):
            do("eraseContact", actor, contactId=joe.id, reason="because")
    with pytest.raises(NotFound):
        do("eraseContact", ada, contactId=joe.id + 1, reason="because")


def test_consent_can_be_said_to_have_been_given_earlier_and_to_end(joe: Any, rosa: Actor) -> None:
    ends = NOON + timedelta(days=1)
    told(joe, rosa, "call", "opted_in", evidence="form", expiresAt=ends.isoformat())
    later = dispatch("getContact", {"contactId": joe.id}, actor=rosa, at=ends, door="http").payload
    assert (later.reach.call, later.phones[0].call.status) == ("unknown", "unknown")


def test_what_merges_and_imports_keep_is_shown_and_forgotten_too(
    joe: Any, rosa: Actor, max_: Actor, ada: Actor
) -> None:
    double = do(
        "createContact",
        rosa,
        accountId=joe.account_id,
        name="Joe Miller",
        emails=[{"address": "joe.m@lone-star.com"}],
        allowDuplicate=True,
    )
    other = do("createContact", rosa, accountId=joe.account_id, name="Ann Lee")
    merged = do("mergeContacts", max_, winnerId=joe.id, loserIds=[double.id])
    run = ImportRun.objects.create(entity="contacts", source="file", file_name="people.csv", created_at=NOON)
    for key, name in ((joe.id, "Joe Miller"), (other.id, "Ann Lee")):
        ImportedRecord.objects.create(
            run=run, entity="contact", record_id=key, row=key, is_new=False, version=1, after={"name": name}
        )
    for row, cells in enumerate((["J", "JOE@lone-star.com"], ["J", "(214) 555-0100"], ["Ann", "ann@lone-star.com"])):
        ImportRowError.objects.create(run=run, row=row, line=row, reason="No account", cells=cells)
    copies = do("exportContactData", ada, contactId=joe.id).parts["copies"]
    assert [each["id"] for each in copies["merges"]] == [merged.merge_id]
    assert [each["after"] for each in copies["imports"]] == [{"name": "Joe Miller"}]
    do("eraseContact", ada, contactId=joe.id, reason="Request of today")
    assert not MergeRecord.objects.exists()
    assert list(ImportedRecord.objects.values_list("record_id", flat=True)) == [other.id]
    assert list(ImportRowError.objects.order_by("row").values_list("cells", flat=True)) == [
        [], [], ["Ann", "ann@lone-star.com"],
    ]  # fmt: skip
    left = everything()
    assert not [word for word in ("Joe Miller", "joe.m@lone-star.com", "555-0100") if word in left]


def judged(address: str, channel: str, contact_id: int) -> list[str]:
    """The rules that speak against it, an hour later."""
    asked = Recipient(channel=channel, address=address, contact_id=contact_id, zones=("America/Chicago",), country="US")
    return [reason.rule for reason in preflight.judge(asked, at=NOON.replace(hour=18)).reasons]


def test_who_is_forgotten_is_denied_at_every_address_of_theirs_and_the_proofs_hold(
    joe: Any, rosa: Actor, max_: Actor, ada: Actor
) -> None:
    told(joe, rosa, "email", "opted_out", evidence="Never again")
    both = [{"address": "joe@lone-star.com"}, {"address": "joe@home.example"}]
    do("updateContact", rosa, contactId=joe.id, version=1, emails=both)
    with pytest.raises(ComplianceRefused):
        check_can_reach(recipient_of(contact_id=joe.id, channel=Channel.EMAIL, by=rosa), at=NOON)
    do("importDncScrub", max_, listVersion="2026-11", csv="+12145550100,yes\n+12145550100,no\n")
    do("eraseContact", ada, contactId=joe.id, reason="Request of today")
    left = everything()
    assert [each for each in (*SECRETS, "joe@home.example", "Never again") if each in left] == []
    verified = verifying.verify()
    assert (verified.first_break, verified.not_yet_sealed) == (None, 0)
    again = {"accountId": joe.account_id, "allowDuplicate": True}
    new = do("createContact", rosa, **again, name="J", emails=both[1:], phones=[{"number": "2145550100"}])
    told(new, rosa, "call", "opted_in", evidence="He said: call me")
    assert judged("joe@home.example", "email", new.id) == ["suppressed"]
    assert set(judged("joe@lone-star.com", "email", new.id)) == {"suppressed", "consent"}
    assert judged("+12145550100", "call", new.id) == ["national_dnc"]


@pytest.mark.parametrize(
    "change",
    [
        "update compliance_consentevent set address = 'else@x.example', evidence = ''",
        "update compliance_consentevent set status = 'opted_in', evidence = ''",
        "delete from compliance_consentevent",
        "delete from compliance_dncscrub",
        "update compliance_dncscrub set number = '+12145550199'",
        "update compliance_suppression set key = '', evidence = '' where scope = 'contact'",
    ],
)
def test_not_even_whoever_erases_can_reword_or_remove_a_denial(joe: Any, rosa: Actor, max_: Actor, change: str) -> None:
    told(joe, rosa, "email", "opted_out")
    do("importDncScrub", max_, listVersion="2026-11", csv="+12145550100,yes\n")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local headhaul.erasing = 'on'; {change}")
