"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why somebody should be contacted now."""

    REPLY_WAITING = "reply_waiting"
    TASK_OVERDUE = "task_overdue"
    TASK_DUE = "task_due"
    NEXT_STEP_OVERDUE = "next_step_overdue"
    NEXT_STEP_TODAY = "next_step_today"
    CLOSE_DATE_PASSED = "close_date_passed"
    CLOSING_SOON = "closing_soon"
    SIGNAL_SPIKE = "signal_spike"
    NEW_ACCOUNT = "new_account"
    HOT_UNTOUCHED = "hot_untouched"
    NO_DECISION_MAKER = "no_decision_maker"

    @property
    def label(self) -> str:
        """How a page says it in two words."""
        return self.value.replace("_", " ").capitalize()


WEIGHTS: dict[Reason, float] = {
    Reason.REPLY_WAITING: 0.85,
    Reason.TASK_OVERDUE: 0.75,
    Reason.NEXT_STEP_OVERDUE: 0.7,
    Reason.CLOSE_DATE_PASSED: 0.65,
    Reason.TASK_DUE: 0.6,
    Reason.NEXT_STEP_TODAY: 0.6,
    Reason.CLOSING_SOON: 0.55,
    Reason.SIGNAL_SPIKE: 0.55,
    Reason.NEW_ACCOUNT: 0.45,
    Reason.HOT_UNTOUCHED: 0.4,
    Reason.NO_DECISION_MAKER: 0.3,
}
"""How much each reason presses by itself: its share of the way to the top. Promises come before what we found."""


class ActionOutcome(StrEnum):
    """What came of a proposal that somebody took up."""

    REPLY = "reply"
    MEETING = "meeting"
    STAGE_ADVANCE = "stage_advance"
    NO_RESPONSE = "no_response"
    NOT_INTERESTED = "not_interested"
