"""Whom to contact next and why; what was snoozed, skipped and taken stays away until it is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account, AccountPulse, AccountScore
from headhaul.accounts.services.reaching import recipient_at
from headhaul.actions import dispatch
from headhaul.activities.choices import ActivityType, Direction
from headhaul.advisor.models import ProposedAction
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Outcome, Scope, SuppressionReason
from headhaul.compliance.services import consent, preflight, suppression
from headhaul.kernel import SYSTEM, Actor, InvalidData, NotFound
from headhaul.pipeline.models import Stage
from tests.accounts.people import account, contact
from tests.accounts.test_merging import activity, opportunity
from tests.factories.market import NOON, TODAY

pytestmark = pytest.mark.django_db


def ask(name: str, actor: Actor, /, at: Any = NOON, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door="http")


def queue(actor: Actor, /, **data: Any) -> list[Any]:
    return list(ask("getNextActions", actor, **data).payload.items)


def mine(rosa: Actor, name: str, *, touched: int | None = 1, **values: Any) -> Account:
    """An old account of Rosa's, last touched so many days ago."""
    values.setdefault("created_at", NOON - timedelta(days=400))
    made = account(name, owner_id=rosa.user_id, **values)
    touch = None if touched is None else NOON - timedelta(days=touched)
    AccountPulse.objects.filter(account=made).update(last_touch_at=touch)
    return made


def task(rosa: Actor, of: Account, subject: str, due: timedelta) -> Any:
    return activity(of, subject, type=ActivityType.TASK, owner_id=rosa.user_id, due_at=NOON + due)


def test_every_reason_is_found_and_said_in_words(rosa: Actor) -> None:
    stage = Stage.objects.get(key="proposal")
    by = {"owner_id": rosa.user_id, "stage": stage, "amount_cents": 4_000_000}
    task(rosa, mine(rosa, "Overdue"), "Call back", timedelta(days=-3))
    task(rosa, mine(rosa, "Due"), "Send terms", timedelta(hours=20))
    activity(
        mine(rosa, "Replied"), type=ActivityType.EMAIL, direction=Direction.IN, happened_at=NOON - timedelta(days=1)
    )
    mine(rosa, "New", touched=None, created_at=NOON - timedelta(days=2))
    spiking, hot = mine(rosa, "Spiking"), mine(rosa, "Hot", touched=20)
    AccountScore.objects.filter(account=spiking).update(is_spike=True, day=TODAY, score_hundredths=6000)
    AccountScore.objects.filter(account=hot).update(day=TODAY, score_hundredths=8800)
    decider = contact(mine(rosa, "Deals"), "Dana Reyes")
    opportunity(
        decider.account, **by, decision_maker=decider, next_step="Send agreement", next_step_on=date(2026, 11, 17),
        close_on=date(2026, 11, 23),
    )  # fmt: skip
    opportunity(mine(rosa, "Slipped"), **by, close_on=date(2026, 11, 18), next_step_on=TODAY)
    said = {line.account.name: [why.text for why in line.reasons] for line in queue(rosa, limit=50)}
    assert said == {
        "Overdue": ["Task “Call back” was due 3 days ago"],
        "Due": ["Task “Send terms” is due tomorrow"],
        "Replied": ["They wrote yesterday and wait for an answer"],
        "New": ["New 2 days ago, nobody has been in touch"],
        "Spiking": ["Their need rose sharply: score 60"],
        "Hot": ["Score 88, last touch 20 days ago"],
        "Deals": [
            "Next step “Send agreement” was due 3 days ago, $40,000",
            "“Ten drivers” is to close in 3 days, $40,000",
        ],
        "Slipped": [
            "“Ten drivers” was to close 2 days ago, $40,000",
            "Next step “Ten drivers” is due today, $40,000",
            "Nobody is named who decides on “Ten drivers”, $40,000",
        ],
    }


def day_task(rosa: Actor, of: Account, subject: str, days: int) -> Any:
    due_on = TODAY + timedelta(days=days)
    return activity(of, subject, type=ActivityType.TASK, owner_id=rosa.user_id, due_on=due_on)


def test_a_task_that_is_due_on_a_day_is_found_as_one_that_is_due_at_a_time(rosa: Actor) -> None:
    for days in (-3, -1, 0, 1, 2):
        day_task(rosa, mine(rosa, f"Ace {days}"), "Call back", days)
    lines = queue(rosa, limit=50)
    assert {line.account.name: (line.kind, line.reasons[0].text, line.due_at, line.due_on) for line in lines} == {
        "Ace -3": ("task_overdue", "Task “Call back” was due 3 days ago", None, TODAY - timedelta(days=3)),
        "Ace -1": ("task_overdue", "Task “Call back” was due yesterday", None, TODAY - timedelta(days=1)),
        "Ace 0": ("task_due", "Task “Call back” is due today", None, TODAY),
        "Ace 1": ("task_due", "Task “Call back” is due tomorrow", None, TODAY + timedelta(days=1)),
    }
    assert [line.account.name for line in lines][:2] == ["Ace -3", "Ace -1"]


@pytest.mark.parametrize(
    ("hours", "zone", "days", "said"),
    [
        (11, "America/Los_Angeles", 0, "is due today"),  # 23:00 UTC, 15:00 there
        (12.5, "America/Los_Angeles", 0, "is due today"),  # the next day in UTC, 16:30 there
        (12.5, "America/Los_Angeles", 1, "is due tomorrow"),
        (12.5, "", 0, "was due yesterday"),  # whoever reads by no other clock than UTC
        (11, "Asia/Tokyo", 0, "was due yesterday"),  # 08:00 of the next day there
        (11, "Asia/Tokyo", 2, "is due tomorrow"),
    ],
)
def test_the_day_of_a_task_is_its_readers(rosa: Actor, hours: float, zone: str, days: int, said: str) -> None:
    late, at = day_task(rosa, mine(rosa, "Ace"), "Call", days), NOON + timedelta(hours=hours)
    line = ask("getNextActions", rosa, at=at, timezone=zone).payload.items[0]
    assert line.reasons[0].text == f"Task “Call” {said}"
    listed = ask("getTasks", rosa, at=at, timezone=zone).payload.items[0]
    assert (listed.where == "overdue") == (line.kind == "task_overdue")
    ask("skipAction", rosa, at=at, timezone=zone, key=f"task:{late.pk}")
    assert ask("getNextActions", rosa, at=at, timezone=zone).payload.items == []


def test_a_task_at_a_time_is_said_in_the_readers_days(rosa: Actor) -> None:
    task(rosa, mine(rosa, "Ace"), "Call", timedelta(hours=15))  # 03:00 UTC of the next day
    for zone, said in (("America/Los_Angeles", "today"), ("", "tomorrow")):
        line = ask("getNextActions", rosa, timezone=zone).payload.items[0]
        assert line.reasons[0].text == f"Task “Call” is due {said}"


@pytest.mark.parametrize(("hours", "said"), [(11, "is due today"), (17, "is due today"), (19, "was due yesterday")])
def test_a_deal_counts_in_the_days_of_the_firm_as_its_risks_do(rosa: Actor, hours: int, said: str) -> None:
    """The firm is in Chicago, six hours behind UTC: its day ends at 06:00 UTC."""
    stage, at = Stage.objects.get(key="prospecting"), NOON + timedelta(hours=hours)
    opportunity(
        mine(rosa, "Ace"), owner_id=rosa.user_id, stage=stage, next_step="Call", next_step_on=TODAY, close_on=None
    )
    line = ask("getNextActions", rosa, at=at, timezone="Asia/Tokyo").payload.items[0]
    assert line.reasons[0].text.startswith(f"Next step “Call” {said}")
    flagged = ask("getRisks", rosa, at=at, risk="next_step_overdue").payload.items
    assert len(flagged) == (line.kind == "next_step_overdue")


def test_who_decides_is_asked_from_the_stage_that_the_settings_name(rosa: Actor) -> None:
    from headhaul.pipeline.preferences import RiskLimits
    from headhaul.preferences.services import values

    stage = Stage.objects.get(key="proposal")
    opportunity(mine(rosa, "Ace"), owner_id=rosa.user_id, stage=stage, close_on=None)
    assert [line.kind for line in queue(rosa)] == ["no_decision_maker"]
    above = stage.probability + 1
    values.save(section=RiskLimits, values={"neededFrom": above}, expected_version=0, by=SYSTEM, at=NOON)
    assert queue(rosa) == []


def test_what_is_done_closed_answered_or_others_is_left_out(rosa: Actor, max_: Actor) -> None:
    done = task(rosa, mine(rosa, "Done"), "Done", timedelta(days=-3))
    done.completed_at = NOON
    done.save()
    answered = mine(rosa, "Answered")
    activity(answered, type=ActivityType.EMAIL, direction=Direction.IN, happened_at=NOON - timedelta(days=1))
    activity(answered, type=ActivityType.CALL, direction=Direction.OUT, happened_at=NOON - timedelta(hours=1))
    lost = Stage.objects.get(key="closed_lost")
    opportunity(
        mine(rosa, "Lost"), owner_id=rosa.user_id, stage=lost, kind="lost", lost_reason="price", closed_at=NOON,
        close_on=date(2026, 11, 18),
    )  # fmt: skip
    mine(rosa, "Client", touched=None, created_at=NOON - timedelta(days=2), status="client")
    account("Nobody's", created_at=NOON - timedelta(days=2))
    mine(max_, "Max's", touched=None, created_at=NOON - timedelta(days=2))
    assert queue(rosa) == []
    assert [line.account.name for line in queue(rosa, owner=max_.user_id)] == ["Max's"]


def test_the_most_pressing_comes_first_and_reasons_add_up(rosa: Actor) -> None:
    one, two = mine(rosa, "One"), mine(rosa, "Two")
    task(rosa, one, "Call", timedelta(days=-1))
    task(rosa, two, "Call", timedelta(days=-1))
    activity(two, type=ActivityType.EMAIL, direction=Direction.IN, happened_at=NOON - timedelta(hours=3))
    new = mine(rosa, "New", touched=None, created_at=NOON - timedelta(days=2))
    lines = queue(rosa)
    assert [line.account.id for line in lines] == [two.pk, one.pk, new.pk]
    assert [line.rank for line in lines] == [1, 2, 3]
    assert lines[0].priority > lines[1].priority > lines[2].priority


def says(address: str, channel: ConsentChannel, status: ConsentStatus, **more: Any) -> None:
    """They said it on a form of ours."""
    written = {"basis": "express_written"} if status is ConsentStatus.OPTED_IN else {}
    word = consent.Word(address, channel, status, source="web form", evidence="“Yes.”", **written | more)
    consent.record(words=[word], at=NOON, by=SYSTEM)


def judged(person: Any, channel: str, address: str, *, by: Actor) -> Any:
    """What compliance decides when it is really tried."""
    whom = recipient_at(account_id=person.account_id, contact_id=person.pk, channel=channel, address=address)
    return preflight.judge(whom, at=NOON, user_id=by.user_id)


NUMBER, MAIL = "+12145550111", "dana@ace.example"
YES, NO = ConsentStatus.OPTED_IN, ConsentStatus.REVOKED


def test_the_person_the_channel_and_their_time_of_day_are_named(rosa: Actor) -> None:
    of = mine(rosa, "Ace", timezone="America/Denver", timezone_source="zip", timezone_confidence="high", state="CO")
    contact(of, "Lee Ortiz", phones=("+12145550100",))
    decider = contact(of, "Dana Reyes", emails=(MAIL,), phones=(NUMBER,), is_decision_maker=True)
    task(rosa, of, "", timedelta(days=-1))
    says(NUMBER, ConsentChannel.CALL, YES)
    line = queue(rosa)[0]
    assert (line.contact.id, line.channel, line.address) == (decider.pk, "call", NUMBER)
    assert (line.local_time, line.is_open_now) == ("05:00", False)
    at = judged(decider, "call", NUMBER, by=rosa).until
    assert at > NOON
    assert (line.possible_at, bool(line.wait)) == (at, True)
    line = ask("getNextActions", rosa, at=at).payload.items[0]
    assert (line.channel, line.possible_at, line.wait) == ("call", None, "")
    says(NUMBER, ConsentChannel.CALL, NO)
    assert (queue(rosa)[0].channel, queue(rosa)[0].address) == ("email", MAIL)
    says(MAIL, ConsentChannel.ALL, NO)
    line = queue(rosa)[0]
    assert line.channel is None
    assert f"This address opted out ({NUMBER}" in line.refusal
    assert f"This address opted out ({MAIL}" in line.refusal


def test_a_text_is_proposed_only_to_who_asked_for_texts(rosa: Actor) -> None:
    of = mine(rosa, "Ace", state="TX")
    contact(of, "Dana Reyes", phones=(NUMBER,), preferred_channel="sms")
    task(rosa, of, "Tell them", timedelta(days=-1))
    says(NUMBER, ConsentChannel.CALL, YES)
    assert queue(rosa)[0].channel == "call"
    says(NUMBER, ConsentChannel.SMS, YES)
    assert queue(rosa)[0].channel == "sms"


def test_a_call_is_proposed_only_to_who_agreed_to_calls(rosa: Actor) -> None:
    of = mine(rosa, "Ace", state="TX")
    contact(of, "Dana Reyes", phones=(NUMBER,))
    task(rosa, of, "", timedelta(days=-1))
    line = queue(rosa)[0]
    assert line.channel is None
    assert "They have not agreed" in line.refusal


def test_a_yes_that_a_colleague_notes_after_a_no_does_not_count(rosa: Actor) -> None:
    """The last word is a yes, and yet the call would be refused."""
    of = mine(rosa, "Ace", state="TX")
    contact(of, "Dana Reyes", emails=(MAIL,), phones=(NUMBER,))
    task(rosa, of, "", timedelta(days=-1))
    says(NUMBER, ConsentChannel.CALL, NO, captured_at=NOON - timedelta(hours=2))
    word = consent.Word(NUMBER, ConsentChannel.CALL, YES, source="phone call", evidence="heard it")
    consent.record(words=[word], at=NOON, by=rosa)
    assert queue(rosa)[0].channel == "email"


@pytest.mark.parametrize("scope", [Scope.ADDRESS, Scope.CONTACT, Scope.ACCOUNT, Scope.DOMAIN])
def test_a_denial_counts_whatever_was_said(rosa: Actor, scope: Scope) -> None:
    of = mine(rosa, "Ace", state="TX")
    dana = contact(of, "Dana Reyes", emails=(MAIL,))
    task(rosa, of, "", timedelta(days=-1))
    key = {Scope.ADDRESS: MAIL, Scope.CONTACT: dana.pk, Scope.ACCOUNT: of.pk, Scope.DOMAIN: "ace.example"}[scope]
    assert queue(rosa)[0].channel == "email"
    suppression.add(
        scope=scope, key=str(key), channel=ConsentChannel.EMAIL, reason=SuppressionReason.COMPLAINT, source="provider",
        at=NOON, by=SYSTEM,
    )  # fmt: skip
    assert queue(rosa)[0].channel is None


SAYINGS = st.lists(
    st.tuples(
        st.sampled_from([NUMBER, MAIL]),
        st.sampled_from([ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL, ConsentChannel.ALL]),
        st.sampled_from([YES, NO, ConsentStatus.OPTED_OUT]),
        st.integers(0, 5),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAYINGS, preferred=st.sampled_from(["", "sms", "email", "call"]))
def test_the_queue_never_says_something_else_than_the_judge(rosa: Actor, said: Any, preferred: str) -> None:
    with transaction.atomic():
        of = mine(rosa, "Ace", state="TX")
        dana = contact(of, "Dana Reyes", emails=(MAIL,), phones=(NUMBER,), preferred_channel=preferred)
        task(rosa, of, "", timedelta(days=-1))
        for address, channel, status, hours in said:
            says(address, channel, status, captured_at=NOON - timedelta(hours=hours))
        line = queue(rosa)[0]
        order = sorted(("call", "email", "sms"), key=lambda channel: channel != preferred)
        found = [each for each in order if not _denied(dana, each, by=rosa)]
        assert line.channel == (found[0] if found else None)
        verdict = judged(dana, found[0], MAIL if found[0] == "email" else NUMBER, by=rosa) if found else None
        waits = verdict is not None and verdict.outcome is Outcome.DEFER
        assert (bool(line.wait), line.possible_at) == (waits, verdict.until if waits else None)
        transaction.set_rollback(True)


def _denied(person: Any, channel: str, *, by: Actor) -> bool:
    return bool(judged(person, channel, MAIL if channel == "email" else NUMBER, by=by).outcome is Outcome.DENY)


def test_a_snoozed_account_comes_back_when_its_time_is_over(rosa: Actor) -> None:
    of = mine(rosa, "Ace", touched=None, created_at=NOON - timedelta(days=2))
    task(rosa, of, "Call", timedelta(days=-1))
    key = queue(rosa)[0].key
    until = NOON + timedelta(days=1)
    said = ask("snoozeAction", rosa, key=key, until=until.isoformat())
    assert queue(rosa) == []
    assert [line.key for line in ask("getNextActions", rosa, at=until + timedelta(minutes=1)).payload.items] == [key]
    ask("undoAction", rosa, undoId=said.undo_id)
    assert [line.key for line in queue(rosa)] == [key]
    for bad in (NOON - timedelta(days=1), NOON + timedelta(days=400)):
        with pytest.raises(InvalidData):
            ask("snoozeAction", rosa, key=key, until=bad.isoformat())


def test_a_skipped_line_stays_away_and_the_next_reason_takes_its_place(rosa: Actor) -> None:
    of = mine(rosa, "Ace", touched=None, created_at=NOON - timedelta(days=2))
    late = task(rosa, of, "Call", timedelta(days=-1))
    assert queue(rosa)[0].key == f"task:{late.pk}"
    said = ask("skipAction", rosa, key=f"task:{late.pk}")
    assert [line.key for line in queue(rosa)] == [f"new_account:{of.pk}"]
    ask("undoAction", rosa, undoId=said.undo_id)
    assert queue(rosa)[0].key == f"task:{late.pk}"


def test_what_was_taken_and_came_of_it_is_kept_with_where_it_stood(rosa: Actor) -> None:
    for name in ("One", "Two"):
        mine(rosa, name, touched=None, created_at=NOON - timedelta(days=2))
    key = queue(rosa)[1].key
    ask("recordActionTaken", rosa, key=key)
    said = ask("recordActionOutcome", rosa, key=key, outcome="meeting")
    kept = ProposedAction.objects.get()
    assert (kept.rank, kept.of, kept.kind, kept.reasons) == (2, 2, "new_account", ["new_account"])
    assert (kept.taken_at, kept.outcome, kept.outcome_at) == (NOON, "meeting", NOON)
    assert len(queue(rosa)) == 1
    undone = ask("undoAction", rosa, undoId=said.undo_id)
    kept.refresh_from_db()
    assert (kept.taken_at, kept.outcome) == (NOON, "")
    ask("undoAction", rosa, undoId=undone.undo_id)
    kept.refresh_from_db()
    assert kept.outcome == "meeting"


def test_a_line_that_is_not_on_the_own_queue_is_not_found(rosa: Actor, max_: Actor) -> None:
    late = task(rosa, mine(rosa, "Ace"), "Call", timedelta(days=-1))
    for key in (f"task:{late.pk}", "task:987654", "x"):
        with pytest.raises(NotFound):
            ask("skipAction", max_, key=key)


def test_a_queue_shows_nothing_of_accounts_its_reader_does_not_see(rosa: Actor) -> None:
    from headhaul.accounts.preferences import Visibility
    from headhaul.kernel import Role
    from headhaul.preferences.services import values
    from tests.factories.market import person

    rick = person("Rick", Role.REP)
    task(rosa, mine(rosa, "Ace"), "Call", timedelta(days=-1))
    assert len(queue(rick, owner=rosa.user_id)) == 1
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    assert queue(rick, owner=rosa.user_id) == []
    assert len(queue(rosa)) == 1


def test_a_merge_takes_the_queue_along(rosa: Actor, max_: Actor) -> None:
    one, two = mine(rosa, "Ace"), mine(rosa, "Ace LLC")
    late = task(rosa, two, "Call", timedelta(days=-1))
    ask("skipAction", rosa, key=f"task:{late.pk}")
    ask("mergeAccounts", max_, winnerId=one.pk, loserIds=[two.pk])
    assert ProposedAction.objects.get().account_id == one.pk
    assert queue(rosa) == []


def test_fifty_lines_ask_no_more_often_than_the_people_in_them_need(rosa: Actor) -> None:
    """A query for where each may be, and a handful for what holds of all of them."""
    counts = []
    for number in range(20):
        of = mine(rosa, f"Ace {number}", state="TX")
        contact(of, f"Dana {number}", emails=(f"dana{number}@ace.example",), phones=(f"+1214555{number:04}",))
        task(rosa, of, "", timedelta(days=-1))
        day_task(rosa, of, "", 0)
        if number in (0, 19):
            with CaptureQueriesContext(connection) as asked:
                assert len(queue(rosa, limit=50)) == number + 1
            counts.append(len(asked))
    assert counts[1] - counts[0] <= 19 * 2 + 4
