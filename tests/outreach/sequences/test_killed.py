"""Random sequences, and a worker killed anywhere in them: nothing is sent twice, out of order, or not at all."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.kernel import Actor
from headhaul.outreach.models import Enrolment, EnrolmentChange, Message, Sender
from headhaul.outreach.services import engine
from tests.factories import outreach
from tests.outreach.sequences.doing import enrolled, running
from tests.outreach.sequences.travelling import turn

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
Told = list[tuple[str, str, datetime]]


class Killed(BaseException):
    """The process is gone: nothing that was not committed is there."""


def sequence_of(dice: random.Random) -> list[dict[str, Any]]:
    """Three to seven steps of any kind; conditions lead onward, to a later step or to the end."""
    kinds = [dice.choice(["email", "sms", "wait", "condition", "call"]) for _ in range(dice.randint(2, 6))] + ["email"]
    keys = [f"s{number}" for number in range(len(kinds))]
    return [_step(kind, number, keys, dice) for number, kind in enumerate(kinds)]


def _step(kind: str, number: int, keys: list[str], dice: random.Random) -> dict[str, Any]:
    delay = {"amount": dice.randint(1 if kind == "wait" else 0, 2), "unit": dice.choice(["hours", "days"])}
    step: dict[str, Any] = {"kind": kind, "key": keys[number], "delay": delay}
    if kind == "email":
        step |= {"subject": f"Subject {number}", "body": f"Text {number}"}
    elif kind == "sms":
        step |= {"body": f"Text {number}. Reply STOP to end."}
    elif kind == "call":
        step |= {"patience": {"amount": 3, "unit": "hours"}}
    elif kind == "condition":
        later = [*keys[number + 1 :], "end"]
        step |= {"test": "field", "field": "account.state", "op": "is", "value": dice.choice(["TX", "OH"])}
        step |= {"then": dice.choice(later)}
    return step


@pytest.mark.usefixtures("senders")
@pytest.mark.parametrize("seed", range(5))
def test_a_worker_killed_anywhere_changes_nothing(
    seed: int, max_: Actor, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sender.objects.update(spacing_seconds=0)  # or the second run would wait for the first
    steps = sequence_of(random.Random(seed))
    calm = _run(steps, "calm", max_, rosa)
    dice, saved = random.Random(seed), EnrolmentChange.objects.create

    def killed_now_and_then(**values: Any) -> EnrolmentChange:
        made = saved(**values)
        if dice.random() < 0.4:
            raise Killed
        return made

    monkeypatch.setattr(EnrolmentChange.objects, "create", killed_now_and_then)
    assert _run(steps, "killed", max_, rosa) == calm
    order = [step["key"] for step in steps]
    assert [order.index(key) for key, _, _ in calm] == sorted({order.index(key) for key, _, _ in calm})


def _run(steps: list[dict[str, Any]], name: str, max_: Actor, rosa: Actor) -> Told:
    """What somebody got, step by step, and when."""
    home = outreach.account(owner=rosa, state="TX", zip="75201")
    person = outreach.contact(home)
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - timedelta(days=1))
    made = running(max_, *steps, name=name, at=MONDAY)
    enrolled(rosa, made["id"], person.pk, at=MONDAY)
    at = MONDAY
    while at < MONDAY + timedelta(days=14):
        for _ in range(40):  # a killed worker is started again, at the same moment
            try:
                engine.advance_due(at=at)
                break
            except Killed:
                continue
        turn_quietly(at)
        at += timedelta(hours=6)
    assert Enrolment.objects.get(contact=person).state == "finished"
    sent = Message.objects.filter(contact=person).order_by("sent_at", "pk")
    assert {each.state for each in sent} <= {"accepted"}
    return [(each.step_key, each.channel, each.sent_at) for each in sent if each.sent_at]


def turn_quietly(at: datetime) -> None:
    """A turn of engine and delivery, in which the engine may be killed too."""
    for _ in range(40):
        try:
            turn(at)
            return
        except Killed:
            continue
