"""Trying a rule on what happened: which events would have set it off, and what it would have done. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline import ports
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.schemas.rules import ConditionAnswer, RuleTest, WouldFire
from headhaul.pipeline.selectors.rules import conditions, facts, history, matching, sentences
from headhaul.pipeline.selectors.rules.checking import Declared
from headhaul.pipeline.selectors.rules.facts import Subject, Target
from headhaul.pipeline.selectors.rules.history import Past
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary

AT_ONCE = 500


def over_history(*, rule: Declared, days: int, limit: int, at: datetime, by: Actor, words: Vocabulary) -> RuleTest:
    """The rule on the events of the last days. Rows show only what this person sees; the counts are of everything."""
    since = at - timedelta(days=days)
    past, is_complete = history.events(rule.trigger, since=since, at=at)
    hits = list(_hits(rule, past))
    seen = set(
        Account.objects.visible_to(by).filter(pk__in={s.account_id for _, s in hits}).values_list("pk", flat=True)
    )
    shown = [(event, subject) for event, subject in hits if subject.account_id in seen][:limit]
    return RuleTest(
        since=since,
        examined=len(past),
        is_complete=is_complete,
        matched=len(hits),
        records=len({subject.record for _, subject in hits}),
        rows=[_row(rule, event.at, subject, words) for event, subject in shown],
    )


def on_record(
    *, rule: Declared, opportunity_id: int | None, account_id: int | None, at: datetime, by: Actor, words: Vocabulary
) -> RuleTest:
    """The rule on one record as it is now, as if its trigger happened to it; says how each condition stands."""
    subject = facts.load(Target(account_id, opportunity_id), at=at)
    records = ports.with_trigger(rule.trigger)
    newest = records.newest_of(subject.account_id) if records is not None and subject is not None else None
    if records is not None and newest is not None:
        subject = facts.load(Target(account_id, opportunity_id, lent=(records.kind, newest)), at=at)
    if subject is None or not _sees(subject, by):
        raise NotFound(
            "There is no such record.", fields={"opportunityId" if opportunity_id else "accountId": "unknown"}
        )
    stages = (rule.from_stage or None, rule.to_stage or subject.facts.get("opportunity.stage"))
    fires = matching.sets_off(rule, subject, changes={"stage": stages}, risk="", today=at.date())
    return RuleTest(
        since=at,
        examined=1,
        is_complete=True,
        matched=int(fires),
        records=int(fires),
        rows=[_row(rule, at, subject, words)] if fires else [],
        conditions=[_answer(line, subject, at, words) for line in rule.conditions],
    )


def _hits(rule: Declared, past: Sequence[Past]) -> Iterator[tuple[Past, Subject]]:
    for start in range(0, len(past), AT_ONCE):
        some = past[start : start + AT_ONCE]
        for event, subject in zip(some, _as_they_were(some), strict=True):
            if subject is not None and matching.sets_off(
                rule, subject, changes=event.changes, risk=event.risk, today=event.at.date()
            ):
                yield event, subject


def _as_they_were(past: Sequence[Past]) -> list[Subject | None]:
    if not past:
        return []
    subjects = facts.load_many([event.target for event in past], at=past[0].at)
    with_deal = [(n, s) for n, s in enumerate(subjects) if s is not None and s.opportunity_id is not None]
    then = history.as_of([(s.opportunity_id or 0, past[n].at) for n, s in with_deal])
    for (_, subject), known in zip(with_deal, then, strict=True):
        subject.facts |= known
    return subjects


def _row(rule: Declared, at: datetime, subject: Subject, words: Vocabulary) -> WouldFire:
    return WouldFire(
        at=at,
        opportunity_id=subject.opportunity_id,
        account_id=subject.account_id,
        name=subject.names["opportunity.name"] or subject.names["account.name"],
        does=[sentences.of_deed(deed, words, subject.names) for deed in rule.actions],
    )


def _answer(line: conditions.Line, subject: Subject, at: datetime, words: Vocabulary) -> ConditionAnswer:
    name = str(line.get("field") or "")
    return ConditionAnswer(
        said=sentences.of_condition(line, words),
        holds=conditions.line_holds(line, facts=subject.facts, today=at.date()),
        actual=sentences.shown(subject.facts.get(name), words.known(name)) if name else "",
    )


def _sees(subject: Subject, by: Actor) -> bool:
    if Account.objects.visible_to(by).filter(pk=subject.account_id).exists():
        return True
    own = Opportunity.objects.filter(pk=subject.opportunity_id or 0, owner=by.user_id)
    return by.user_id is not None and own.exists()
