"""What is done by name: denials, stops, bans, the national list, limits and rules; and where a contact stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.compliance.models import DncScrub, Instance, Receipt, SendingHold, Suppression
from headhaul.compliance.selectors import facts
from headhaul.compliance.services import instance
from headhaul.kernel import Actor, ComplianceRefused, Forbidden, InvalidData, NotFound

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)


def do(name: str, actor: Actor, /, at: datetime = NOON, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door="http").payload


@pytest.fixture
def joe(rosa: Actor) -> Any:
    account = do("createAccount", rosa, name="Lone Star Reefer", state="TX", zip="75201", dotNumber="158121")
    emails, phones = [{"address": "joe@lone-star.com"}], [{"number": "214-555-0100"}]
    return do("createContact", rosa, accountId=account.id, name="Joe Miller", emails=emails, phones=phones)


def standing(joe: Any, actor: Actor, at: datetime = NOON) -> dict[str, str]:
    return {each.channel: each.standing for each in do("getContactStanding", actor, at, contactId=joe.id).channels}


def test_a_contacts_standing_says_why_not_and_from_when(joe: Any, rosa: Actor) -> None:
    assert standing(joe, rosa) == {"email": "allow", "sms": "deny", "call": "deny"}
    night = NOON + timedelta(hours=10)
    mail = do("getContactStanding", rosa, night, contactId=joe.id).channels[0]
    assert (mail.standing, mail.zones, mail.states) == ("defer", ["America/Chicago"], ["TX"])
    assert mail.next_allowed_at > night
    assert mail.reasons[0].sentence
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("scope", "key"), [("account", ""), ("dot", "158121"), ("domain", "lone-star.com"), ("contact", "")]
)
def test_a_denial_stops_every_way_of_writing(joe: Any, rosa: Actor, scope: str, key: str) -> None:
    of = {"account": str(joe.account_id), "contact": str(joe.id)}
    do("addSuppression", rosa, scope=scope, key=key or of[scope], channel="email", source="their letter")
    assert standing(joe, rosa)["email"] == "deny"
    with pytest.raises(ComplianceRefused) as refusal:
        do("quickAction", rosa, kind="email", accountId=joe.account_id, contactId=joe.id)
    assert refusal.value.fields["rule"] == "suppressed"
    kept = Receipt.objects.get()
    assert (kept.outcome, kept.action, kept.contact_id) == ("deny", "quickAction", joe.id)
    assert AuditEntry.objects.filter(action="quickAction", outcome="refused").count() == 1


def test_whoever_joins_a_denied_account_is_denied_too(joe: Any, rosa: Actor) -> None:
    do("addSuppression", rosa, scope="account", key=str(joe.account_id), channel="all", source="their letter")
    later = do("createContact", rosa, accountId=joe.account_id, name="Ann", emails=[{"address": "ann@elsewhere.com"}])
    assert standing(later, rosa)["email"] == "deny"


def test_a_merge_carries_denials_on(joe: Any, rosa: Actor, max_: Actor) -> None:
    other = do("createAccount", rosa, name="Lone Star Reefer Inc", state="TX")
    do("addSuppression", rosa, scope="dot", key="158121", channel="email", source="their letter")
    do("addSuppression", rosa, scope="contact", key=str(joe.id), channel="email", source="their letter")
    twin = do("createContact", rosa, accountId=joe.account_id, name="J. Miller", emails=[{"address": "jm@x-y.com"}])
    do("mergeContacts", max_, winnerId=twin.id, loserIds=[joe.id])
    do("mergeAccounts", max_, winnerId=other.id, loserIds=[joe.account_id])
    listed = {(each.scope, each.key) for each in do("listSuppressions", rosa).items}
    assert {("dot", "158121"), ("contact", str(joe.id)), ("contact", str(twin.id))} <= listed
    assert standing(twin, rosa)["email"] == "deny"


def test_an_administrator_lifts_a_denial_and_can_take_that_back(joe: Any, rosa: Actor, max_: Actor, ada: Actor) -> None:
    row = do("addSuppression", rosa, scope="contact", key=str(joe.id), source="a call").suppression_id
    with pytest.raises(Forbidden):
        do("removeSuppression", max_, suppressionId=row, why="asked", evidence="letter")
    reply = dispatch(
        "removeSuppression", {"suppressionId": row, "why": "asked", "evidence": "letter"}, actor=ada, at=NOON,
        door="console",
    )  # fmt: skip
    assert reply.payload.ends_at == NOON + timedelta(days=1)
    (listed,) = do("listSuppressions", rosa).items
    assert listed.lifted_at == reply.payload.ends_at
    dispatch("undoAction", {"undoId": reply.undo_id}, actor=ada, at=NOON, door="console")
    assert standing(joe, rosa, NOON + timedelta(days=2))["email"] == "deny"


def test_what_a_rep_notes_is_a_denial_and_their_mistake_can_be_taken_back(joe: Any, rosa: Actor) -> None:
    said = {"contactId": joe.id, "channel": "email", "status": "opted_out", "source": "call"}
    reply = dispatch("setConsent", said, actor=rosa, at=NOON - timedelta(minutes=9), door="console")
    scopes = {each.scope: each.reason for each in do("listSuppressions", rosa).items}
    assert scopes == {"address": "opt_out", "contact": "opt_out"}
    dispatch("undoAction", {"undoId": reply.undo_id}, actor=rosa, at=NOON, door="console")
    assert do("listSuppressions", rosa).items == []
    assert standing(joe, rosa)["email"] == "allow"
    dispatch("setConsent", said, actor=rosa, at=NOON, door="console")
    do("setConsent", rosa, contactId=joe.id, channel="email", status="opted_in", source="call")
    assert standing(joe, rosa)["email"] == "deny"


def test_managers_stop_everything_and_administrators_let_it_go_on(
    joe: Any, rosa: Actor, max_: Actor, ada: Actor
) -> None:
    with pytest.raises(Forbidden):
        do("setSendingHold", rosa, reason="x")
    held = do("setSendingHold", max_, reason="A complaint")
    assert standing(joe, rosa)["email"] == "defer"
    assert [each.reason for each in do("getThrottleStatus", rosa).holds] == ["A complaint"]
    opened = SendingHold.objects.get()
    opened.by_id = ada.user_id
    opened.save()
    with pytest.raises(Forbidden):
        dispatch("liftSendingHold", {"holdId": held.hold_id}, actor=max_, at=NOON, door="console")
    dispatch("liftSendingHold", {"holdId": held.hold_id}, actor=ada, at=NOON, door="console")
    assert standing(joe, rosa)["email"] == "allow"
    with pytest.raises(InvalidData):
        do("setSendingHold", max_, scope="channel", key="fax", reason="x")
    with pytest.raises(NotFound):
        dispatch("liftSendingHold", {"holdId": 99_999}, actor=ada, at=NOON, door="console")


def test_limits_are_told_live(joe: Any, rosa: Actor) -> None:
    before = do("getThrottleStatus", rosa)
    assert before.remaining == {"email": 200, "sms": 100, "call": 50}
    do("quickAction", rosa, kind="email", accountId=joe.account_id, contactId=joe.id)
    after = do("getThrottleStatus", rosa)
    assert after.remaining["email"] == 199
    assert {(each.of, each.used) for each in after.limits if each.channel == "email"} == {("firm", 1), ("user", 1)}
    firm = next(each for each in after.limits if (each.of, each.channel) == ("firm", "email"))
    assert (firm.limit, firm.used, firm.remaining) == (None, 1, None)
    assert after.limits[0].resets_at == datetime(2026, 11, 19, tzinfo=UTC)


def test_a_ban_is_entered_with_its_source_and_shown_with_the_rules(ada: Actor, max_: Actor) -> None:
    ban = {"state": "FL", "channels": ["sms", "call"], "beginsAt": NOON.isoformat(), "cite": "Order 26-1",
           "endsAt": (NOON + timedelta(days=7)).isoformat()}  # fmt: skip
    with pytest.raises(Forbidden):
        do("saveEmergencyBan", max_, **ban)
    with pytest.raises(InvalidData):
        do("saveEmergencyBan", ada, **{**ban, "endsAt": NOON.isoformat()})
    number = do("saveEmergencyBan", ada, **ban).ban_id
    shown = do("getComplianceRules", max_)
    assert [(each.state, each.cite) for each in shown.bans] == [("FL", "Order 26-1")]
    assert len({each.code for each in shown.states}) > 20
    assert all(each.origin.cite and each.origin.source for each in shown.states)
    do("endEmergencyBan", ada, banId=number)
    assert do("getComplianceRules", max_).bans[0].ended_early_at == NOON


def test_the_national_list_is_taken_in_line_by_line(max_: Actor) -> None:
    text = "number,listed\n214-555-0100,yes\n+12145550101,\nnobody,no\n2145550102,perhaps\n\n"
    done = do("importDncScrub", max_, listVersion="2026-11", csv=text)
    assert (done.kept, done.listed) == (2, 1)
    assert [said.split(":")[0] for said in done.rejected] == ["line 4", "line 5"]
    assert DncScrub.objects.get(number="+12145550100").is_listed
    with pytest.raises(InvalidData):
        do("importDncScrub", max_, listVersion="x", csv=text, scrubbedAt=(NOON + timedelta(days=1)).isoformat())


def test_numbers_that_are_somebody_elses_get_no_texts_and_the_others_may_have_them_again(max_: Actor) -> None:
    text = "number,answer\n214-555-0100,yes\n+12145550101,No\n2145550102,no data\n2145550103,perhaps\n"
    done = do("importReassignedNumbers", max_, version="2026-12", csv=text)
    assert (done.kept, done.reassigned, done.unknown) == (2, 1, 1)
    assert [said.split(":")[0] for said in done.rejected] == ["line 5"]
    denied = Suppression.objects.filter(reason="reassigned")
    assert sorted(denied.values_list("key", "channel")) == [("+12145550100", "call"), ("+12145550100", "sms")]
    assert facts.still_theirs("+12145550101", at=NOON) == NOON
    for number in ("+12145550100", "+12145550102", "+12145550103"):
        assert facts.still_theirs(number, at=NOON) is None
    assert facts.scrub("+12145550101", at=NOON)["scrubbed_at"] is None, "another list has not been asked"
    with pytest.raises(InvalidData):
        do("importReassignedNumbers", max_, version="x", csv=text, scrubbedAt=(NOON + timedelta(days=1)).isoformat())


def test_a_first_start_marks_and_a_second_one_finds_itself_again(tmp_path: Path) -> None:
    assert instance.check(home=tmp_path, at=NOON) == ""
    assert instance.check(home=tmp_path, at=NOON) == ""
    assert instance.check(home=tmp_path / "another machine", at=NOON) == ""
    assert not SendingHold.objects.exists()


def _another_server(home: Path) -> None:
    Instance.objects.update(server="elsewhere/1/1")


def _another_key(home: Path) -> None:
    Instance.objects.update(key_print="another")


def _another_home(home: Path) -> None:
    (home / instance.FILE).write_text('{"mark": "another", "receipts": 0}')


def _back_in_time(home: Path) -> None:
    noted = (home / instance.FILE).read_text()
    (home / instance.FILE).write_text(noted.replace('"receipts": ', '"receipts": 9'))


@pytest.mark.parametrize("happens", [_another_server, _another_key, _another_home, _back_in_time])
def test_a_copy_or_a_restored_database_starts_with_sending_held(
    tmp_path: Path, happens: Any, joe: Any, rosa: Actor
) -> None:
    instance.check(home=tmp_path, at=NOON)
    happens(tmp_path)
    why = instance.check(home=tmp_path, at=NOON)
    assert why
    assert SendingHold.objects.get().reason.startswith(why)
    assert standing(joe, rosa)["email"] == "defer"
    assert instance.check(home=tmp_path, at=NOON) == ""  # told once; the stop stays until it is lifted
    assert SendingHold.objects.get().lifted_at is None


def test_a_key_that_was_replaced_and_is_still_known_holds_nothing(tmp_path: Path, settings: Any) -> None:
    instance.check(home=tmp_path, at=NOON)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of some length", [settings.SECRET_KEY]
    assert instance.check(home=tmp_path, at=NOON) == ""


def test_a_restore_holds_sending() -> None:
    instance.hold_restored(source="night.dump", at=NOON)
    assert "night.dump" in SendingHold.objects.get().reason
