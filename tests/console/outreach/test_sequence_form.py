"""What is typed into the form of a sequence, and what the actions are given for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from headhaul.console.outreach import sequence_form

FACTS = {
    "account.fleetSize": SimpleNamespace(kind="number", ops=["is", "at_least"]),
    "account.segment": SimpleNamespace(kind="choice", ops=["is", "in"]),
}


def posted(*order: int, **fields: Any) -> QueryDict:
    form = QueryDict(mutable=True)
    form.setlist("order", [str(number) for number in order])
    for name, value in fields.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return form


def given(*order: int, **fields: Any) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = sequence_form.draft(sequence_form.of_post(posted(*order, **fields)), FACTS)["steps"]
    return steps


def test_cards_are_steps_in_the_order_in_which_they_lie() -> None:
    steps = given(1, 0, s0_kind="wait", s0_key="rest", s0_amount="3", s1_kind="sms", s1_key="hi", s1_body="Hello")
    assert [step["key"] for step in steps] == ["hi", "rest"]
    assert steps[1]["delay"] == {"amount": "3", "unit": "business_days"}


def test_a_step_is_given_only_what_belongs_to_its_kind() -> None:
    fields = {"s0_subject": "A", "s0_body": "B", "s0_test": "replied", "s0_then": "end", "s0_opens": "09:00"}
    (mail,) = given(0, s0_kind="email", **fields)
    assert set(mail) == {"kind", "delay", "subject", "body", "window"}
    (pause,) = given(0, s0_kind="wait", **fields)
    assert set(pause) == {"kind", "delay"}
    (question,) = given(0, s0_kind="condition", **fields)
    assert set(question) == {"kind", "delay", "test", "then"}


def test_a_reply_leaves_its_subject_to_the_thread() -> None:
    steps = sequence_form.of_post(
        posted(0, 1, s0_kind="email", s0_subject="Drivers", s1_kind="email", s1_subject="Old", s1_asReply="1")
    )["steps"]
    assert "subject" not in sequence_form.step_given(steps[1], FACTS)
    assert sequence_form.thread_of(steps, 1) == "Drivers"


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("account.fleetSize", "at_least", ["20"], 20),
        ("account.fleetSize", "at_least", ["many"], "many"),
        ("account.segment", "in", ["small", "mid"], ["small", "mid"]),
        ("account.segment", "is", ["small"], "small"),
    ],
)
def test_a_value_is_given_in_the_kind_of_its_fact(field: str, op: str, value: list[str], expected: Any) -> None:
    (step,) = given(0, s0_kind="condition", s0_test="field", s0_field=field, s0_op=op, s0_value=value)
    assert step["value"] == expected


def test_whether_a_fact_is_known_needs_no_value() -> None:
    (step,) = given(
        0, s0_kind="condition", s0_test="field", s0_field="account.segment", s0_op="is_set", s0_value=["small"]
    )
    assert "value" not in step


def test_a_copy_has_a_key_of_its_own_and_moving_keeps_keys() -> None:
    typed = sequence_form.blank()
    sequence_form.changed(typed, "add:sms", "sms")
    sequence_form.changed(typed, "copy:0", "0")
    assert [step["key"] for step in typed["steps"]] == ["email_1", "email_2", "sms_1"]
    sequence_form.changed(typed, "up:2", "2")
    sequence_form.changed(typed, "down:0", "0")
    sequence_form.changed(typed, "drop:2", "2")
    assert [step["key"] for step in typed["steps"]] == ["sms_1", "email_1"]


def test_what_is_left_as_it_is_is_not_said() -> None:
    draft = sequence_form.draft(sequence_form.of_post(posted(0, s0_kind="wait", skipHolidays="no", opens="08:00")), {})
    assert draft["options"] == {"skipHolidays": False, "window": {"opens": "08:00", "closes": ""}}
