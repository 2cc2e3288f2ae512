"""Somebody comes again whose lead is still open: nothing is doubled, and nothing of what they say anew is lost."""

from __future__ import annotations

from headhaul.activities.choices import ActivityType, NotificationKind
from headhaul.activities.models import Activity
from headhaul.activities.services import live, notifying
from headhaul.capture.choices import Grade, LeadDoor
from headhaul.capture.models import Lead
from headhaul.capture.selectors import facts
from headhaul.capture.selectors.facts import Known
from headhaul.capture.services import belonging, companies, editing, following, scores, working_hours
from headhaul.capture.services.following import AGAIN, TOPIC, name_of
from headhaul.capture.services.routing import assigning
from headhaul.capture.services.taking import Taking, columns, stored
from headhaul.pipeline.choices import StageKind

_RANK = {Grade.HOT: 3, Grade.WARM: 2, Grade.COLD: 1, Grade.UNSCORED: 0}
LONGEST_NOTE = 10_000


def again(taking: Taking, first: Lead) -> Lead:
    """A row of its own that points at the first lead; what is new is added there, and its owner is told.

    Where facts were added the lead is scored again, and one that became hot by them is treated as a new hot one.
    Whoever fills in a form waits for an answer once more. There is no second touch and no second opportunity. What is
    brought as history adds what was lacking, and nothing else.
    """
    double = stored(taking, **columns(taking), merged_into=first)
    was = Grade(first.grade)
    has_more = _add(first, taking)
    if taking.past:
        return _noted(first, taking)
    known = facts.known(account_id=first.account_id, dot_number=first.dot_number)
    if has_more:
        _score(first, known, taking)
    if belonging.is_nobodys(first.owner_id, at=taking.at):
        _give(first, known, taking)
    rose = _RANK[Grade(first.grade)] > _RANK[was]
    became_hot = rose and first.grade == Grade.HOT
    if became_hot:
        _as_a_new_hot_one(first, known, taking)
    if rose or taking.door is LeadDoor.FORM:
        _wind_up(first, taking)
    _follow_up(first, taking)
    _noted(first, taking)
    _tell(first, taking, double, became_hot=became_hot)
    return first


def _noted(first: Lead, taking: Taking) -> Lead:
    first.version += 1
    first.updated_at = taking.at
    first.save()
    following.note(first, taking, said=f"{AGAIN}, {following.what_it_is(first)}")
    return first


def _add(first: Lead, taking: Taking) -> bool:
    """What the lead lacked; whether there is more to score it by."""
    has_more = taking.is_filled
    if first.contact_id is None and taking.contact is not None:
        first.contact, has_more = taking.contact, True
    if first.dot_number is None and taking.said.dot_number is not None:
        first.dot_number, has_more = taking.said.dot_number, True
    first.tags = list(dict.fromkeys([*first.tags, *taking.tags]))
    if taking.asked.note and taking.asked.note not in first.note:
        first.note = f"{first.note}\n\n{taking.asked.note}".strip()[:LONGEST_NOTE]
    return has_more


def _score(first: Lead, known: Known, taking: Taking) -> None:
    told = facts.facts_of(
        known, source_quality=first.source.quality, source_name=first.source.name, person=_person(first, taking)
    )
    numbers, scored, model_id = scores.judge(told)
    first.score, first.grade, first.p_convert = scored.score, scored.grade, scored.p_convert
    first.score_model_id, first.scored_at, first.features = model_id, taking.at, numbers
    for name, value in scores.told(scored).items():
        setattr(first, name, value)


def _person(first: Lead, taking: Taking) -> dict[str, bool]:
    """What is known of the person by now, whenever it was said."""
    said, before, contact = taking.said, first.as_given, first.contact
    return {
        "has_contact_name": bool(said.contact_name or before.get("contactName")),
        "has_email": bool(said.emails or (contact and contact.emails.exists())),
        "has_phone": bool(said.phones or (contact and contact.phones.exists())),
        "has_role": bool(said.role or said.title or before.get("role") or (contact and contact.title)),
    }


def _give(first: Lead, known: Known, taking: Taking) -> None:
    """Whose it is, as of a new lead."""
    account, before = taking.account, first.owner_id
    assert account is not None
    case = assigning.case_of(
        subject=assigning.subject_of(
            account=account,
            state=known.state,
            segment=known.segment,
            grade=Grade(first.grade),
            source=first.source.key,
            event=taking.event,
        ),
        account=account,
        event=taking.event,
        capturer_id=taking.capturer_id,
        is_present=taking.is_present,
    )
    decision, version = assigning.decide(case, at=taking.at)
    if decision.owner_id is None:
        return
    first.owner_id, first.routed_by = decision.owner_id, decision.rule_key or decision.by.value
    assigning.keep(lead=first, decision=decision, version=version, at=taking.at, by=taking.by)
    taking.account = belonging.inherit(account, decision.owner_id, at=taking.at, source=taking.door.value)
    if first.opportunity is not None and first.opportunity.kind == StageKind.OPEN:
        first.opportunity = belonging.inherit_deal(first.opportunity, decision.owner_id, at=taking.at, by=taking.by)
    editing.move_tasks(first, before, at=taking.at)


def _as_a_new_hot_one(first: Lead, known: Known, taking: Taking) -> None:
    assert taking.account is not None
    taking.account = companies.raise_to(
        account=taking.account, is_hot=True, at=taking.at, by=taking.by, source=taking.door.value
    )
    if first.opportunity_id is None:
        following.open_deal(first, known, taking)


def _wind_up(first: Lead, taking: Taking) -> None:
    """The clock runs anew where somebody tried before; where nobody did, it may only become shorter."""
    due_at = working_hours.due_at(grade=Grade(first.grade), at=taking.at)
    if first.first_attempt_at is None:
        first.due_at = min(first.due_at or due_at, due_at)
    elif first.first_attempt_at < taking.when:
        first.came_again_at, first.due_at = taking.when, due_at
        first.first_attempt_at = first.escalated_at = None


def _follow_up(first: Lead, taking: Taking) -> None:
    """One that was asked for, unless one is open: then only where they named another day."""
    asked = taking.asked
    if not asked.follow_up:
        return
    tasks = Activity.objects.filter(type=ActivityType.TASK, completed_at__isnull=True)
    waiting = tasks.filter(pk=first.follow_up_id).first() if first.follow_up_id else None
    names_a_day = asked.follow_up_days is not None or asked.follow_up_on is not None
    if waiting is None or (names_a_day and waiting.due_on != following.due_on(taking)):
        first.follow_up_id = following.task(first, taking)


def _tell(first: Lead, taking: Taking, double: Lead, *, became_hot: bool) -> None:
    live.publish(TOPIC, {"lead": first.pk, "grade": first.grade, "owner": first.owner_id})
    if first.owner_id is None or (not became_hot and first.owner_id == taking.by.user_id):
        return
    place = f" at {taking.event.name}" if taking.event else ""
    word = "Became a hot lead" if became_hot else "Came again"
    notifying.notify(
        user_ids=[first.owner_id],
        kind=NotificationKind.LEAD,
        text=f"{word}{place}: {name_of(first)}, {first.score} of 100. {taking.asked.note}".strip(),
        at=taking.at,
        account_id=first.account_id,
        target=("lead", first.pk),
        key=f"lead:{first.pk}:again:{double.pk}",
    )
