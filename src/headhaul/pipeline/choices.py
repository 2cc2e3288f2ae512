"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class StageKind(StrEnum):
    """What being in a stage means."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ForecastCategory(StrEnum):
    """How sure the owner is that it closes in its period.

    pipeline: open, no promise; best_case: could well close; commit: promised; closed: won; omitted: not counted.
    """

    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"
    CLOSED = "closed"
    OMITTED = "omitted"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()


class Risk(StrEnum):
    """What speaks against an open opportunity."""

    NO_ACTIVITY = "no_activity"
    OVERDUE_CLOSE = "overdue_close"
    SINGLE_THREADED = "single_threaded"
    NO_DECISION_MAKER = "no_decision_maker"
    STALLED_IN_STAGE = "stalled_in_stage"
    NO_NEXT_STEP = "no_next_step"
    NEXT_STEP_OVERDUE = "next_step_overdue"
    PUSHED_TWICE = "pushed_twice"
    SUPPLY_DROPPED = "supply_dropped"
    CARRIER_RISK = "carrier_risk"
    GHOSTED = "ghosted"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"overdue_close": "Close date has passed", "stalled_in_stage": "Stalled in stage"}.get(
            self.value, self.value.replace("_", " ").capitalize()
        )


class Tracked(StrEnum):
    """The facts of an opportunity whose every value is kept."""

    STAGE = "stage"
    AMOUNT = "amount"
    CLOSE_ON = "close_on"
    OWNER = "owner"
    NEXT_STEP = "next_step"
    NEXT_STEP_ON = "next_step_on"
    CATEGORY = "category"
    DECISION_MAKER = "decision_maker"
    NAME = "name"
    COMPETITOR = "competitor"
    LOST_REASON = "lost_reason"
    REMOVED = "removed"


class Period(StrEnum):
    """How long a forecast looks."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class SubmissionKind(StrEnum):
    """Whose number it is."""

    REP = "rep"
    MANAGER = "manager"


class Movement(StrEnum):
    """What happened to the open pipeline of a window between two moments."""

    NEW = "new"
    REOPENED = "reopened"
    RESTORED = "restored"
    OWNER_IN = "owner_in"
    PULLED_IN = "pulled_in"
    PUSHED_IN = "pushed_in"
    INCREASED = "increased"
    DECREASED = "decreased"
    WON = "won"
    LOST = "lost"
    SLIPPED = "slipped"
    MOVED_EARLIER = "moved_earlier"
    OWNER_OUT = "owner_out"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "owner_in": "Handed in",
            "owner_out": "Handed over",
            "pushed_in": "Slipped in",
            "slipped": "Slipped out",
        }.get(self.value, self.value.replace("_", " ").capitalize())


class RuleTrigger(StrEnum):
    """What sets an automation rule off."""

    OPPORTUNITY_CREATED = "opportunity_created"
    STAGE_CHANGED = "stage_changed"
    OPPORTUNITY_WON = "opportunity_won"
    OPPORTUNITY_LOST = "opportunity_lost"
    AMOUNT_CHANGED = "amount_changed"
    CLOSE_DATE_CHANGED = "close_date_changed"
    OWNER_CHANGED = "owner_changed"
    NEXT_STEP_OVERDUE = "next_step_overdue"
    SLA_PASSED = "sla_passed"
    RISK_FOUND = "risk_found"
    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_STATUS_CHANGED = "account_status_changed"
    ACCOUNT_ASSIGNED = "account_assigned"
    ACTIVITY_LOGGED = "activity_logged"
    TASK_COMPLETED = "task_completed"
    SIGNAL_SPIKE = "signal_spike"
    REPLIED = "replied"
    LEAD_CAPTURED = "lead_captured"

    @property
    def label(self) -> str:
        """How a page says it."""
        return _TRIGGER_LABELS[self]

    @property
    def is_of_account(self) -> bool:
        """Whether it happens to an account rather than to one opportunity."""
        return self in _OF_ACCOUNTS

    @property
    def is_of_activity(self) -> bool:
        """Whether an activity comes with it."""
        return self in (RuleTrigger.ACTIVITY_LOGGED, RuleTrigger.TASK_COMPLETED)

    @property
    def is_of_time(self) -> bool:
        """Whether the clock finds it rather than somebody's doing."""
        return self in _OF_TIME


_TRIGGER_LABELS = {
    RuleTrigger.OPPORTUNITY_CREATED: "Opportunity created",
    RuleTrigger.STAGE_CHANGED: "Stage changed",
    RuleTrigger.OPPORTUNITY_WON: "Opportunity won",
    RuleTrigger.OPPORTUNITY_LOST: "Opportunity lost",
    RuleTrigger.AMOUNT_CHANGED: "Amount changed",
    RuleTrigger.CLOSE_DATE_CHANGED: "Close date changed",
    RuleTrigger.OWNER_CHANGED: "Opportunity's owner changed",
    RuleTrigger.NEXT_STEP_OVERDUE: "Next step is overdue",
    RuleTrigger.SLA_PASSED: "Too long in its stage",
    RuleTrigger.RISK_FOUND: "Risk found",
    RuleTrigger.ACCOUNT_OPENED: "Account opened",
    RuleTrigger.ACCOUNT_STATUS_CHANGED: "Account's status changed",
    RuleTrigger.ACCOUNT_ASSIGNED: "Account assigned",
    RuleTrigger.ACTIVITY_LOGGED: "Activity logged",
    RuleTrigger.TASK_COMPLETED: "Task completed",
    RuleTrigger.SIGNAL_SPIKE: "Driver signal rose strongly",
    RuleTrigger.REPLIED: "Somebody wrote back",
    RuleTrigger.LEAD_CAPTURED: "Lead captured",
}
_OF_ACCOUNTS = frozenset(
    {
        RuleTrigger.ACCOUNT_OPENED,
        RuleTrigger.ACCOUNT_STATUS_CHANGED,
        RuleTrigger.ACCOUNT_ASSIGNED,
        RuleTrigger.ACTIVITY_LOGGED,
        RuleTrigger.TASK_COMPLETED,
        RuleTrigger.SIGNAL_SPIKE,
        RuleTrigger.REPLIED,
        RuleTrigger.LEAD_CAPTURED,
    }
)
_OF_TIME = frozenset(
    {RuleTrigger.NEXT_STEP_OVERDUE, RuleTrigger.SLA_PASSED, RuleTrigger.RISK_FOUND, RuleTrigger.SIGNAL_SPIKE}
)


class RuleDeed(StrEnum):
    """What an automation rule can do."""

    CREATE_TASK = "create_task"
    NOTIFY = "notify"
    SET_FIELD = "set_field"
    MOVE_STAGE = "move_stage"
    ASSIGN = "assign"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    CREATE_OPPORTUNITY = "create_opportunity"
    LOG_NOTE = "log_note"
    ENROL = "enrol"
    STOP_SEQUENCES = "stop_sequences"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()


class Comparison(StrEnum):
    """How a condition compares a fact with its value."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    LESS = "lt"
    AT_MOST = "lte"
    MORE = "gt"
    AT_LEAST = "gte"
    CONTAINS = "contains"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_DAYS = "within_days"
    HAS = "has"
    HAS_NOT = "has_not"
    IS_SET = "is_set"
    IS_EMPTY = "is_empty"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "in": "is one of", "not_in": "is none of", "lt": "is less than", "lte": "is at most",
            "gt": "is more than", "gte": "is at least", "within_days": "is within days",
        }.get(self.value, self.value.replace("_", " "))  # fmt: skip


class RuleMatch(StrEnum):
    """How many of its conditions a rule needs."""

    ALL = "all"
    ANY = "any"


class RuleOutcome(StrEnum):
    """How a firing ended. stopped: a guard kept the rule from acting; failed: nothing of it was kept."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
