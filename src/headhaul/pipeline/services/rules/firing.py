"""Firing: from an event to the rules it sets off, to what they do, to the events that causes in turn.

Rules are matched against the record as it is when the event is told, and once more just before they act. What a rule
causes is looked at when the rule is done. Everything happens in the transaction of the write that began it; each rule
in a savepoint of its own, so that one that fails takes back what it did and nothing else.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction

from headhaul import preferences
from headhaul.actions.services.faults import translated
from headhaul.actions.services.undoing import is_taking_back
from headhaul.kernel import AppError
from headhaul.pipeline.choices import RuleOutcome
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.preferences import Automation
from headhaul.pipeline.selectors.rules import checking, facts, matching
from headhaul.pipeline.selectors.rules.effects import moves
from headhaul.pipeline.selectors.rules.facts import Subject
from headhaul.pipeline.selectors.rules.loops import TO_STAGE
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import deeds, interest, telling, waiting

AT_ONCE = 20  # events of one write that are looked at at once; more wait for the background


@dataclass(slots=True)
class Run:
    """Everything that follows from one write, in this thread."""

    words: Vocabulary
    queue: deque[tuple[AutomationRule, Event]] = field(default_factory=deque)
    caused: list[Event] = field(default_factory=list)  # by the rule that acts now
    acting: tuple[Event, tuple[int, str]] | None = None
    fired: int = 0


_run: ContextVar[Run | None] = ContextVar("rules", default=None)


def fire(event: Event) -> bool:
    """Let the rules act on an event. Returns whether any did."""
    return fire_many([event])


def fire_many(events: Sequence[Event]) -> bool:
    """Let the rules act on events of one write. Returns whether any rule acted before this returns.

    Nothing is set off by taking something back. More than a few events at once wait for the background.
    """
    wanted = [event for event in events if interest.is_wanted(event.trigger)]
    if not wanted or is_taking_back():
        return False
    outer = _run.get()
    if outer is not None:
        outer.caused.extend(_led_on(outer, event) for event in wanted)
        return False
    if len(wanted) > AT_ONCE:
        waiting.put(wanted)
        return False
    return fire_now(wanted)


def fire_now(events: Sequence[Event]) -> bool:
    """As `fire_many`, however many they are."""
    run = Run(words=Vocabulary())
    with _running(run):
        _plan(run, events)
        while run.queue:
            rule, event = run.queue.popleft()
            _fire(run, rule, event)
            caused, run.caused = run.caused, []
            _plan(run, caused)
    return run.fired > 0


@contextmanager
def _running(run: Run) -> Iterator[None]:
    token = _run.set(run)
    try:
        yield
    finally:
        _run.reset(token)


def _led_on(run: Run, event: Event) -> Event:
    assert run.acting is not None
    cause, link = run.acting
    return replace(event, chain=(*cause.chain, link))


def _plan(run: Run, events: Sequence[Event]) -> None:
    for event in events:
        found = AutomationRule.objects.filter(is_active=True, trigger=event.trigger).order_by("position", "pk")
        rules = [rule for rule in found if rule.active_since is None or rule.active_since <= event.at]
        subject = _subject(event) if rules else None
        if subject is not None:
            run.queue.extend((rule, event) for rule in rules if _is_set_off(run, rule, event, subject))


def _subject(event: Event) -> Subject | None:
    return facts.load(facts.target_of(event.trigger, event), at=event.at)


def _is_set_off(run: Run, rule: AutomationRule, event: Event, subject: Subject) -> bool:
    """Also a broken rule is: its firing then says what is wrong with it."""
    said = matching.declared(rule)
    if any(path.startswith("conditions") for path in checking.faults(said, run.words)):
        return True
    return matching.sets_off(said, subject, changes=event.changes, risk=event.risk, today=event.at.date())


def _fire(run: Run, rule: AutomationRule, event: Event) -> None:
    subject = _subject(event)
    if subject is None or not _is_set_off(run, rule, event, subject):
        return
    firing_id = _claim(rule, event, subject)
    if firing_id is None:
        return
    stopped = _guard(rule, event, subject)
    if stopped:
        _close(firing_id, RuleOutcome.STOPPED, [], stopped)
        return
    run.acting = (event, (rule.pk, subject.record))
    try:
        done = _act(run, rule, event, subject, firing_id)
    except AppError as fault:
        run.caused.clear()
        said = "; ".join([fault.message, *(f"{name}: {what}" for name, what in fault.fields.items())])
        _close(firing_id, RuleOutcome.FAILED, [], said)
        telling.that_it_failed(rule=rule, said=said, event=event, subject=subject)
    else:
        run.fired += 1
        _close(firing_id, RuleOutcome.DONE, done, "")
    finally:
        run.acting = None


def _act(run: Run, rule: AutomationRule, event: Event, subject: Subject, firing_id: int) -> list[str]:
    with translated(action=f"rule {rule.pk}", request_id=batch_of(firing_id)), transaction.atomic():
        faults = checking.faults(matching.declared(rule), run.words)
        if faults:
            raise deeds.RuleIsBroken("The rule no longer fits", fields=faults)
        doing = deeds.Doing(rule=rule, event=event, subject=subject, batch_id=batch_of(firing_id), words=run.words)
        return [deeds.do(deed, doing) for deed in rule.actions]


def batch_of(firing_id: int) -> str:
    """Under which batch the audit has what a firing did, so that one undo takes it all back."""
    return f"rule-firing-{firing_id}"


def _guard(rule: AutomationRule, event: Event, subject: Subject) -> str:
    """Why the rule must not act here; "" when it may."""
    depth = preferences.get(Automation).depth
    if (rule.pk, subject.record) in event.chain:
        return "It came round: this rule has acted on this record already in the same chain of rules."
    if len(event.chain) >= depth:
        return f"Rules set each other off more than {depth} times in a row; the settings say where to stop."
    _, to = event.changes.get("stage", (None, None))
    now = subject.facts.get("opportunity.stage")
    if to is not None and event.trigger in TO_STAGE and now != to and moves(rule.actions):
        return f"Another rule had moved it on to {now} before it was this rule's turn."
    return ""


_CLAIM = """
insert into pipeline_rulefiring (rule_id, rule_version, trigger, event_key, opportunity_id, account_id, at, outcome,
                                 done, said, depth, batch_id)
values (%s, %s, %s, %s, %s, %s, %s, 'failed', '[]', 'It was interrupted.', %s, '')
on conflict (rule_id, event_key) do nothing returning id
"""
_CLOSE = "update pipeline_rulefiring set outcome = %s, done = %s::jsonb, said = %s, batch_id = %s where id = %s"


def _claim(rule: AutomationRule, event: Event, subject: Subject) -> int | None:
    """The firing's id, or None when this event has had this rule already. Whoever comes at once waits here."""
    about = (subject.opportunity_id, subject.account_id)
    row: list[Any] = [rule.pk, rule.version, event.trigger, event.key, *about, event.at]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [*row, len(event.chain)])
        claimed = cursor.fetchone()
    return None if claimed is None else int(claimed[0])


def _close(firing_id: int, outcome: RuleOutcome, done: list[str], said: str) -> None:
    batch_id = batch_of(firing_id) if outcome is RuleOutcome.DONE else ""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [outcome, json.dumps(done), said[:2_000], batch_id, firing_id])
