"""Merge that keeps everything: the timeline, tasks, contacts, opportunities, notifications, tags, consent; and undo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import Account, AccountTag, FieldChange
from headhaul.accounts.selectors.merged import former_ids
from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.activities.choices import ActivityType, AlertKind, NotificationKind, Severity
from headhaul.activities.models import Activity, Alert, Notification
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.selectors.suppression import hits
from headhaul.compliance.services import consent, suppression
from headhaul.kernel import SYSTEM, Actor
from headhaul.pipeline.models import AutomationRule, RuleFiring
from tests.accounts.people import account, contact
from tests.accounts.test_merging import activity, opportunity
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=LATER, door="http")


def denied(address: str, channel: str, contact_id: int | None = None) -> list[str]:
    """For which reasons, known by the address alone unless the contact is said."""
    return sorted(each.reason for each in hits(Proposal(channel, address, contact_id=contact_id), at=LATER))


def deny(actor: Actor, address: str, channel: ConsentChannel, at: datetime = NOON) -> None:
    word = consent.Word(address, channel, ConsentStatus.REVOKED, source="call")
    consent.record(words=[word], at=at, by=actor)


def test_an_account_brings_everything_along_and_takes_it_back(max_: Actor, rosa: Actor) -> None:
    winner, loser = account("Ace Trucking"), account("Ace Trucking LLC")
    person = contact(loser, "Dana Reyes", emails=("dana@ace.example",))
    deal = opportunity(loser, decision_maker=person)
    task = activity(loser, type=ActivityType.TASK, due_at=LATER, owner_id=rosa.user_id)
    call = activity(loser, contact=person, opportunity_id=deal.pk)
    told = Notification.objects.create(
        user_id=rosa.user_id, kind=NotificationKind.MENTION, text="Look", account=loser, activity=call, created_at=NOON
    )
    alert = Alert.objects.create(
        kind=AlertKind.SIGNAL_SPIKE, severity=Severity.HIGH, dot_number=7, day=NOON.date(), text="Up", account=loser,
        created_at=NOON,
    )  # fmt: skip
    rule = AutomationRule.objects.create(name="r", trigger="opportunity_created", created_at=NOON, updated_at=NOON)
    firing = RuleFiring.objects.create(
        rule=rule, rule_version=1, event_key="e", account_id=loser.pk, at=NOON, outcome="done"
    )
    ask("addTag", rosa, accountId=loser.pk, tag="reefer")
    ask("updateAccount", rosa, accountId=loser.pk, version=1, phone="214-555-0100")
    moving = [person, deal, task, call, told, alert, firing]

    merged = ask("mergeAccounts", max_, winnerId=winner.pk, loserIds=[loser.pk])
    for each in moving:
        each.refresh_from_db()
        assert each.account_id == winner.pk, each
    assert deal.decision_maker_id == person.pk
    assert list(AccountTag.objects.values_list("account_id", "tag")) == [(winner.pk, "reefer")]
    assert FieldChange.objects.filter(account=winner, field="phone").count() == 2  # theirs, and the merge's
    ids = [str(key) for key in (winner.pk, *former_ids(entity=MergeEntity.ACCOUNT, record_id=winner.pk))]
    audited = AuditEntry.objects.filter(target_type="account", target_id__in=ids).values_list("action", flat=True)
    assert set(audited) == {"addTag", "updateAccount", "mergeAccounts"}

    ask("undoAction", max_, undoId=merged.undo_id)
    for each in moving:
        each.refresh_from_db()
        assert each.account_id == loser.pk, each
    assert Account.objects.get(pk=loser.pk).phone == "214-555-0100"
    assert Account.objects.get(pk=winner.pk).phone == ""
    assert former_ids(entity=MergeEntity.ACCOUNT, record_id=winner.pk) == []


def test_what_one_entry_of_a_person_denied_holds_at_all_their_addresses(max_: Actor, rosa: Actor) -> None:
    firm = account("Ace Trucking")
    winner = contact(firm, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    loser = contact(firm, "Dana Reyes", emails=("d@home.example",), phones=("+12145550122",))
    deny(rosa, "d@home.example", ConsentChannel.EMAIL)
    deny(rosa, "+12145550111", ConsentChannel.SMS)
    data = {"winnerId": winner.pk, "loserIds": [loser.pk]}
    assert ask("previewMerge", max_, entity="contact", **data).payload.result.denials == 2
    merged = ask("mergeContacts", max_, **data)
    assert merged.payload.result.denials == 2
    assert denied("dana@ace.example", "email") == denied("+12145550122", "sms") == ["opt_out"]
    assert denied("+12145550122", "call") == []
    ask("undoAction", max_, undoId=merged.undo_id)
    assert denied("dana@ace.example", "email") == []
    assert denied("d@home.example", "email") == ["opt_out"]


def test_a_do_not_contact_of_either_holds_for_the_whole_person(max_: Actor, rosa: Actor) -> None:
    firm = account("Ace Trucking")
    winner = contact(firm, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    loser = contact(firm, "Dana Reyes", phones=("+12145550122",))
    deny(rosa, "+12145550122", ConsentChannel.ALL)
    merged = ask("mergeContacts", max_, winnerId=winner.pk, loserIds=[loser.pk])
    for address in ("dana@ace.example", "+12145550111", "+12145550122"):
        assert denied(address, "all") == ["opt_out"]
    deny(rosa, "dana@ace.example", ConsentChannel.ALL, LATER + timedelta(minutes=1))  # said again: that stays
    kept = ask("unmerge", max_, mergeId=merged.payload.merge_id).payload.kept
    assert denied("dana@ace.example", "all") == ["opt_out"]
    assert denied("+12145550111", "all") == []
    assert any("dana@ace.example" in sentence for sentence in kept)


def suppress(scope: Scope, key: str, channel: ConsentChannel, reason: SuppressionReason) -> None:
    suppression.add(scope=scope, key=key, channel=channel, reason=reason, source="provider", at=NOON, by=SYSTEM)


def test_whatever_was_denied_goes_along_but_what_is_known_of_one_address_alone(max_: Actor) -> None:
    firm, why = account("Ace Trucking"), SuppressionReason
    winner = contact(firm, "Dana Reyes", emails=("dana@ace.example",), phones=("+12145550111",))
    loser = contact(firm, "Dana Reyes", emails=("d@home.example",), phones=("+12145550122",))
    suppress(Scope.ADDRESS, "d@home.example", ConsentChannel.EMAIL, why.COMPLAINT)
    suppress(Scope.ADDRESS, "d@home.example", ConsentChannel.EMAIL, why.HARD_BOUNCE)
    suppress(Scope.ADDRESS, "+12145550122", ConsentChannel.ALL, why.LITIGATOR)
    suppress(Scope.ADDRESS, "+12145550122", ConsentChannel.CALL, why.REASSIGNED)
    suppress(Scope.CONTACT, str(loser.pk), ConsentChannel.SMS, why.MANUAL)
    suppress(Scope.CONTACT, str(winner.pk), ConsentChannel.CALL, why.MANUAL)
    data = {"winnerId": winner.pk, "loserIds": [loser.pk]}
    foreseen = ask("previewMerge", max_, entity="contact", **data).payload.result.denials
    merged = ask("mergeContacts", max_, **data)
    assert merged.payload.result.denials == foreseen == 5  # a complaint, three for the litigator, one of the person
    assert denied("dana@ace.example", "email") == ["complaint", "litigator"]
    assert denied("+12145550111", "call") == ["litigator"]
    assert denied("+12145550111", "sms", winner.pk) == ["litigator", "manual"]
    suppress(Scope.ADDRESS, "dana@ace.example", ConsentChannel.EMAIL, why.COMPLAINT)
    ask("undoAction", max_, undoId=merged.undo_id)
    assert denied("dana@ace.example", "email", winner.pk) == ["complaint"]  # their own, meanwhile
    assert denied("+12145550111", "sms", winner.pk) == []
    assert denied("+12145550111", "call", winner.pk) == ["manual"]
    assert denied("+12145550122", "call", loser.pk) == ["litigator", "reassigned"]
    assert denied("+12145550122", "sms", loser.pk) == ["litigator", "manual"]


def test_a_yes_that_the_judge_ignores_hides_no_stop_from_a_merge(max_: Actor, rosa: Actor) -> None:
    firm = account("Ace Trucking")
    winner = contact(firm, "Dana Reyes", phones=("+12145550111",))
    loser = contact(firm, "Dana Reyes", phones=("+12145550122",))
    stop = consent.Word("+12145550122", ConsentChannel.SMS, ConsentStatus.REVOKED, source="inbound", evidence="STOP")
    consent.record(words=[stop], at=NOON, by=SYSTEM)
    yes = consent.Word("+12145550122", ConsentChannel.SMS, ConsentStatus.OPTED_IN, source="call", evidence="she said")
    consent.record(words=[yes], at=NOON + timedelta(minutes=1), by=rosa)
    ask("mergeContacts", max_, winnerId=winner.pk, loserIds=[loser.pk])
    assert denied("+12145550111", "sms") == ["opt_out"]


def test_what_the_one_they_were_refused_holds_for_both_when_they_are_two_again(max_: Actor, rosa: Actor) -> None:
    firm = account("Ace Trucking")
    winner = contact(firm, "Dana Reyes", emails=("dana@ace.example",))
    loser = contact(firm, "Dana Reyes", emails=("d@home.example",))
    merged = ask("mergeContacts", max_, winnerId=winner.pk, loserIds=[loser.pk])
    said = {"contactId": winner.pk, "channel": "email", "status": "opted_out", "source": "call"}
    dispatch("setConsent", said, actor=rosa, at=LATER + timedelta(minutes=1), door="http")
    undone = LATER + timedelta(minutes=2)
    dispatch("unmerge", {"mergeId": merged.payload.merge_id}, actor=max_, at=undone, door="http")
    other = Proposal("email", "new@home.example", contact_id=loser.pk)
    assert [each.scope for each in hits(other, at=undone)] == ["contact"]


def test_nothing_that_points_at_an_account_or_contact_is_forgotten(max_: Actor) -> None:
    """Every foreign key of every room, so that one which is added tomorrow moves too."""
    from django.db import connection

    from headhaul.accounts.models import Contact
    from headhaul.accounts.services.absorbing import ties_to

    with connection.cursor() as cursor:
        for model in (Account, Contact):
            cursor.execute(
                "select c.conrelid::regclass::text, a.attname from pg_constraint c join pg_attribute a"
                " on a.attrelid = c.conrelid and a.attnum = any(c.conkey)"
                " where c.contype = 'f' and c.confrelid = %s::regclass",
                [model._meta.db_table],
            )
            assert set(cursor.fetchall()) <= {(tie.table, tie.column) for tie in ties_to(model)}


def test_activities_of_the_merged_account_are_counted_once(max_: Actor) -> None:
    winner, loser = account("Ace"), account("Ace")
    for of in (winner, loser, loser):
        activity(of)
    preview = ask("previewMerge", max_, winnerId=winner.pk, loserIds=[loser.pk]).payload
    assert {each.table: (each.what, each.count) for each in preview.moves} == {"activities_activity": ("activities", 2)}
    ask("mergeAccounts", max_, winnerId=winner.pk, loserIds=[loser.pk])
    assert Activity.objects.filter(account=winner).count() == 3
