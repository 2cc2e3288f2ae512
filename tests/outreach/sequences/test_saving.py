"""Sequences are saved as versions; what does not fit is refused by step and field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from headhaul.kernel import Actor, AppError, Conflict, InvalidData, StaleVersion
from headhaul.outreach.models import Sequence, SequenceVersion
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.sequences.doing import ASK, CALL, EMAIL, SMS, WAIT, do, enrolled, running, told, undo


def test_a_sequence_with_all_five_kinds_is_saved_and_read(max_: Actor) -> None:
    saved = do("saveSequence", max_, name="All five", steps=[EMAIL, WAIT, ASK, SMS, CALL])["sequence"]
    assert [step["key"] for step in saved["steps"]] == ["hello", "pause", "asked", "nudge", "ring"]
    assert saved["state"] == "draft"
    assert saved["steps"][1]["says"] == "Wait 2 business days"
    assert saved["steps"][2]["says"] == "If they clicked a link: ring, otherwise the next step"


@pytest.mark.parametrize(
    ("steps", "field", "said"),
    [
        ([EMAIL | {"body": "Hi {contact.firstname|x}"}], "steps.0.body", "{contact.first_name|…}"),
        ([EMAIL | {"body": "Hi {contact.first_name}"}], "steps.0.body", "Say what stands there"),
        ([EMAIL | {"body": "Hi {contact.first_name|there"}], "steps.0.body", "Every { needs its }"),
        ([EMAIL | {"subject": ""}], "steps.0.subject", "needs a subject"),
        ([EMAIL, SMS | {"subject": "Hi"}], "steps.1.subject", "does not belong"),
        ([SMS | {"body": None}], "steps.0.body", "what it says"),
        ([EMAIL | {"asReply": True, "subject": None}], "steps.0.asReply", "no e-mail before"),
        ([EMAIL, WAIT], "steps.1.kind", "at the end"),
        ([EMAIL, WAIT | {"delay": {"amount": 0, "unit": "days"}}, SMS], "steps.1.delay.amount", "how long"),
        ([EMAIL, EMAIL], "steps.1.key", "another step hello"),
        ([WAIT], "steps", "at least one"),
        ([EMAIL, ASK | {"test": "opened"}, CALL], "steps.1.test", "machines open mails"),
        ([EMAIL, ASK | {"then": "hello"}, CALL], "steps.1.then", "a step after it"),
        ([EMAIL, ASK | {"then": "ring", "otherwise": "ring"}, CALL], "steps.1.otherwise", "decides nothing"),
        ([EMAIL, ASK | {"test": "field", "op": "is"}, CALL], "steps.1.field", "needed"),
        ([EMAIL, ASK | {"test": "field", "field": "account.segmnt", "op": "is", "value": "x"}, CALL], "steps.1.field",
         "account.segment"),
        ([EMAIL, ASK | {"test": "field", "field": "account.segment", "op": "is", "value": "huge"}, CALL],
         "steps.1.value", "huge is none of"),
        ([EMAIL, ASK | {"test": "field", "field": "account.score", "op": "has", "value": 3}, CALL],
         "steps.1.op", "one of"),
        ([EMAIL | {"window": {"opens": "17:00", "closes": "09:00"}}], "steps.0.window.closes", "later than 17:00"),
        ([EMAIL | {"templateId": 999}], "steps.0.templateId", "listTemplates"),
        ([EMAIL | {"kind": "fax"}], "steps.0.kind", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_step_and_field(
    max_: Actor, steps: list[dict[str, Any]], field: str, said: str
) -> None:
    with pytest.raises(InvalidData) as refused:
        do("saveSequence", max_, name="Wrong", steps=steps)
    assert said in refused.value.fields[field]
    assert not Sequence.objects.exists()


def test_saving_other_steps_makes_a_version_and_leaves_those_half_way(max_: Actor, rosa: Actor) -> None:
    made = running(max_, EMAIL, SMS)
    person = outreach.contact(owner=rosa)
    enrolled(rosa, made["id"], person.pk)
    changed = do(
        "saveSequence", max_, sequenceId=made["id"], version=made["version"], steps=[EMAIL | {"body": "New"}, SMS]
    )
    assert changed["isNewVersion"]
    assert changed["moved"] == 0
    rows = do("getEnrollments", rosa, sequenceId=made["id"])["items"]
    assert (rows[0]["number"], changed["sequence"]["current"]) == (1, 2)
    assert do("getSequence", rosa, sequenceId=made["id"], number=1)["steps"][0]["body"] == EMAIL["body"]


def test_whoever_is_half_way_goes_over_only_when_asked(max_: Actor, rosa: Actor) -> None:
    made = running(max_, EMAIL, SMS)
    enrolled(rosa, made["id"], outreach.contact(owner=rosa).pk)
    changed = do("saveSequence", max_, sequenceId=made["id"], steps=[EMAIL | {"body": "New"}], moveEnrolments=True)
    assert (changed["moved"], changed["notMoved"]) == (1, 0)
    gone = do("saveSequence", max_, sequenceId=made["id"], steps=[SMS], moveEnrolments=True)
    assert (gone["moved"], gone["notMoved"]) == (0, 1)


def test_a_new_name_is_no_new_version(max_: Actor) -> None:
    made = do("saveSequence", max_, name="Old", steps=[EMAIL])["sequence"]
    renamed = do("saveSequence", max_, sequenceId=made["id"], name="New")
    assert not renamed["isNewVersion"]
    assert SequenceVersion.objects.count() == 1


def test_a_version_is_never_changed(max_: Actor, rosa: Actor) -> None:
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], outreach.contact(owner=rosa).pk)
    with pytest.raises(ProgrammingError), transaction.atomic():
        SequenceVersion.objects.update(steps=[])
    with pytest.raises(ProgrammingError), transaction.atomic():
        SequenceVersion.objects.all()._raw_delete("default")


def test_somebody_elses_change_is_not_overwritten(max_: Actor) -> None:
    made = do("saveSequence", max_, name="One", steps=[EMAIL])["sequence"]
    do("saveSequence", max_, sequenceId=made["id"], version=1, steps=[SMS])
    with pytest.raises(StaleVersion):
        do("saveSequence", max_, sequenceId=made["id"], version=1, steps=[CALL])


def test_a_change_is_taken_back_as_another_version(max_: Actor) -> None:
    made = do("saveSequence", max_, name="One", steps=[EMAIL])["sequence"]
    changed = told("saveSequence", max_, sequenceId=made["id"], name="Two", steps=[SMS])
    undo(changed, max_)
    now = do("getSequence", max_, sequenceId=made["id"])
    assert (now["name"], now["current"], now["steps"][0]["kind"]) == ("One", 3, "email")


def test_a_new_sequence_is_taken_back(max_: Actor) -> None:
    undo(told("saveSequence", max_, name="One", steps=[EMAIL]), max_)
    assert not Sequence.objects.exists()


def test_a_template_is_taken_over_as_it_is(max_: Actor) -> None:
    template = do(
        "saveTemplate", max_, name="Hello", channel="email", subject="Hi", body="Hi {contact.first_name|there}"
    )
    step = {"kind": "email", "templateId": template["id"]}
    made = do("saveSequence", max_, name="One", steps=[step])["sequence"]
    do("saveTemplate", max_, at=NOON + timedelta(hours=1), templateId=template["id"], body="Other")
    now = do("getSequence", max_, sequenceId=made["id"])
    assert now["steps"][0]["body"] == "Hi {contact.first_name|there}"
    assert "Hello was changed since" in " ".join(now["warnings"])
    assert do("listTemplates", max_)["items"][0]["usedIn"] == 1


def test_words_that_no_rule_lets_out_are_told_when_they_are_saved(max_: Actor) -> None:
    fake = EMAIL | {"subject": "Re: drivers for {account.name|your fleet}"}
    short = SMS | {"body": "Drivers: bit.ly/abc. Reply STOP to opt out."}
    told = do("saveSequence", max_, name="One", steps=[EMAIL, fake | {"key": "again"}, short])["warnings"]
    held = [each for each in told if "will be held" in each]
    assert [each.split(":")[0] for each in held] == ["Step 2 will be held", "Step 3 will be held"]
    assert "begins like an answer" in held[0]
    assert "bit.ly" in held[1]


def test_a_template_with_an_unknown_variable_is_refused(max_: Actor) -> None:
    with pytest.raises(InvalidData) as refused:
        do("saveTemplate", max_, name="Hello", channel="sms", body="Hi {account.citty|there}")
    assert "{account.city|…}" in refused.value.fields["body"]


def test_states_move_as_they_may(max_: Actor, rosa: Actor) -> None:
    made = running(max_, EMAIL)
    enrolled(rosa, made["id"], outreach.contact(owner=rosa).pk)
    with pytest.raises(Conflict, match="1 person is still in"):
        do("setSequenceStatus", max_, sequenceId=made["id"], state="archived")
    with pytest.raises(AppError):
        do("setSequenceStatus", max_, sequenceId=made["id"], state="draft")
    with pytest.raises(Conflict, match="has been used"):
        do("removeSequence", max_, sequenceId=made["id"])
