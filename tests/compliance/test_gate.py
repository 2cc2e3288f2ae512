"""The gate fails closed: only a clear yes of installed rules is a yes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headhaul import compliance
from headhaul.compliance import Decision, check_can_reach
from headhaul.kernel import ComplianceRefused, Recipient
from tests.cast import NOON

SOMEBODY = Recipient(channel="sms", address="+12145550123")


class Rules:
    """Say what they were told to say."""

    def __init__(self, decision: object) -> None:
        self.decision = decision

    def decide(self, recipient: Recipient, *, at: object, **_: object) -> Decision:
        if isinstance(self.decision, BaseException):
            raise self.decision
        return self.decision  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = compliance.install(None)
    yield
    compliance.install(before)


def test_nothing_installed_means_no() -> None:
    with pytest.raises(ComplianceRefused, match="No compliance rules are installed"):
        check_can_reach(SOMEBODY, at=NOON)


def test_a_yes_is_a_yes() -> None:
    compliance.install(Rules(Decision(allowed=True)))
    check_can_reach(SOMEBODY, at=NOON)


@pytest.mark.parametrize(
    "answer",
    [Decision(allowed=False), Decision(allowed="yes"), Decision(allowed=1), None, True, RuntimeError(), KeyError("x")],  # type: ignore[arg-type]
)
def test_anything_else_is_a_no(answer: object) -> None:
    compliance.install(Rules(answer))
    with pytest.raises(ComplianceRefused):
        check_can_reach(SOMEBODY, at=NOON)


def test_the_rules_before_can_be_put_back() -> None:
    first, second = Rules(Decision(allowed=True)), Rules(Decision(allowed=False))
    compliance.install(first)
    assert compliance.install(second) is first
