"""What speaks against an open opportunity, rule by rule, in words: what is so, since when, and what would clear it.

Lists use the same rules as SQL (`selectors.flags`); this is what explains one opportunity, and what tests compare with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from headhaul.activities.choices import Direction, Outcome
from headhaul.pipeline.choices import Risk
from headhaul.pipeline.preferences import RiskLimits
from headhaul.pipeline.working_days import ONE, Calendar, start_of

ANSWERS = frozenset(
    {
        Outcome.CONNECTED, Outcome.CALLBACK, Outcome.INTERESTED, Outcome.NOT_INTERESTED, Outcome.DO_NOT_CONTACT,
        Outcome.REPLIED, Outcome.HELD,
    }
)  # fmt: skip
"""Outcomes that are a sign of life."""

NOT_REACHED = frozenset({Outcome.BOUNCED, Outcome.WRONG_NUMBER, Outcome.CANCELLED})
"""Outcomes after which silence says nothing: it never arrived."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A call, e-mail, text or meeting with the account."""

    at: datetime
    direction: str
    outcome: str

    @property
    def is_answer(self) -> bool:
        """Whether the other side gave a sign of life."""
        return self.direction == Direction.IN or self.outcome in ANSWERS


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules look at."""

    opened_at: datetime
    stage_label: str
    stage_probability: int
    stage_entered_at: datetime
    sla_days: int | None
    close_on: date | None
    next_step: str
    next_step_on: date | None
    pushes: int
    has_decision_maker: bool
    decision_maker_left: bool
    involved: int  # people of the committee, the decision maker among them
    last_touch_at: datetime | None
    touches: list[Touch] = field(default_factory=list)  # of the window that is looked at
    signal_day: date | None = None
    signal_drivers: int | None = None
    current_day: date | None = None
    drivers_now: int | None = None
    alert_text: str = ""
    alert_at: datetime | None = None
    is_gated: bool = False
    next_step_since: datetime | None = None
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A risk in words."""

    risk: Risk
    says: str
    since: datetime | None
    clears: str


def found(known: Known, *, limits: RiskLimits, calendar: Calendar, at: datetime) -> list[Found]:
    """The risks of an open opportunity, in the order of the enum."""
    given = (known, limits, calendar, at)
    return [risk for rule in _RULES if (risk := rule(*given)) is not None]


def _no_activity(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    last = max(known.opened_at, known.last_touch_at or known.opened_at)
    touched, today = calendar.today(last), calendar.today(at)
    if touched >= today - timedelta(days=limits.quiet_days):
        return None
    days = (today - touched).days
    says = f"No call, e-mail, text or meeting for {days} days" if known.last_touch_at else f"No touch in {days} days"
    since = start_of(touched + timedelta(days=limits.quiet_days + 1), calendar.zone)
    return Found(Risk.NO_ACTIVITY, f"{says}.", since, "Get in touch, and log it.")


def _overdue_close(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.close_on is None or known.close_on >= calendar.today(at):
        return None
    since = start_of(known.close_on + ONE, calendar.zone)
    says = f"It was to close on {_day(known.close_on)}."
    return Found(Risk.OVERDUE_CLOSE, says, since, "Close it, or set a date you believe in.")


def _single_threaded(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.stage_probability < limits.needed_from or known.involved >= limits.contacts:
        return None
    who = {0: "Nobody", 1: "Only one person"}.get(known.involved, f"Only {known.involved} people")
    says = f"{who} of the carrier {'are' if known.involved > 1 else 'is'} involved."
    clears = f"Bring {limits.contacts} people into the buying committee."
    return Found(Risk.SINGLE_THREADED, says, known.stage_entered_at, clears)


def _no_decision_maker(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.stage_probability < limits.needed_from or (known.has_decision_maker and not known.decision_maker_left):
        return None
    says = "The decision maker has left the company." if known.has_decision_maker else "It is not known who decides."
    return Found(Risk.NO_DECISION_MAKER, says, known.stage_entered_at, "Name the contact who can sign.")


def _stalled_in_stage(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.sla_days is None:
        return None
    days = calendar.days_between(known.stage_entered_at, at)
    if days <= known.sla_days:
        return None
    says = f"{days} working days in {known.stage_label}, which should take {known.sla_days}."
    since = calendar.over_since(known.stage_entered_at, known.sla_days)
    return Found(Risk.STALLED_IN_STAGE, says, since, "Move it on, or close it.")


def _no_next_step(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.next_step:
        return None
    return Found(
        Risk.NO_NEXT_STEP,
        "No next step is agreed.",
        known.next_step_since or known.opened_at,
        "Write down what is next.",
    )


def _next_step_overdue(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if not known.next_step or known.next_step_on is None or known.next_step_on >= calendar.today(at):
        return None
    says = f"“{known.next_step}” was due on {_day(known.next_step_on)}."
    since = start_of(known.next_step_on + ONE, calendar.zone)
    return Found(Risk.NEXT_STEP_OVERDUE, says, since, "Do it, or set another day.")


def _pushed_twice(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.pushes < limits.pushes:
        return None
    says = f"The close date moved to a later month {known.pushes} times."
    return Found(Risk.PUSHED_TWICE, says, known.pushed_at, "Agree on a date with the carrier; it stays on record.")


def _supply_dropped(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    then, now = known.signal_drivers or 0, known.drivers_now or 0
    if not then or known.signal_day is None or known.current_day is None or known.signal_day >= known.current_day:
        return None
    if 100 * now > then * (100 - limits.supply_drop_percent):
        return None
    says = f"{now} drivers fit, {then} did when it was opened."
    since = start_of(known.current_day, calendar.zone)
    return Found(Risk.SUPPLY_DROPPED, says, since, "Promise what the pool holds now, or recruit for it.")


def _carrier_risk(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    if known.alert_at is not None:
        return Found(Risk.CARRIER_RISK, known.alert_text, known.alert_at, "Look into the alert, then dismiss it.")
    if not known.is_gated:
        return None
    since = start_of(known.current_day, calendar.zone) if known.current_day else None
    says = "FMCSA's records close this carrier to prospecting."
    return Found(Risk.CARRIER_RISK, says, since, "See the carrier's page for the reasons; it clears when they do.")


def _ghosted(known: Known, limits: RiskLimits, calendar: Calendar, at: datetime) -> Found | None:
    today = calendar.today(at)
    start = today - timedelta(days=limits.ghosted_window)
    seen = [touch for touch in known.touches if start <= calendar.today(touch.at) <= today]
    answered = max((touch.at for touch in seen if touch.is_answer), default=None)
    ours = [
        touch.at
        for touch in seen
        if not touch.is_answer and touch.outcome not in NOT_REACHED and (answered is None or touch.at > answered)
    ]
    if len(ours) < limits.ghosted_touches:
        return None
    days = (today - calendar.today(min(ours))).days
    if days < limits.ghosted_days:
        return None
    says = f"{len(ours)} touches in a row without an answer, the first {days} days ago."
    return Found(Risk.GHOSTED, says, min(ours), "Try another person or another channel.")


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


_RULES = (
    _no_activity, _overdue_close, _single_threaded, _no_decision_maker, _stalled_in_stage, _no_next_step,
    _next_step_overdue, _pushed_twice, _supply_dropped, _carrier_risk, _ghosted,
)  # fmt: skip
