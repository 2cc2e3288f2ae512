"""Nobody who may be called is hidden by those who may not, however many they are; and why a list is short is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.models import Contact, ContactPhone
from headhaul.accounts.services.reaching import recipients_of
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, HoldScope, Scope, SuppressionReason
from headhaul.compliance.models import DncScrub
from headhaul.compliance.services import consent, crowds, holds, preflight, suppression
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Actor, NotFound
from headhaul.outreach.models import CallTarget
from headhaul.outreach.selectors.calls import queue as queues
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told

pytestmark = pytest.mark.django_db

NIGHT = WEEKDAY.replace(hour=6)  # one in the morning in New York
PLACES = [("America/New_York", "NY", "212"), ("America/Chicago", "TX", "214")]


def deny(person: Contact, scope: Scope = Scope.ADDRESS, key: str = "") -> None:
    suppression.add(
        scope=scope, key=key or outreach.address_of(person, "call"), channel=ConsentChannel.CALL,
        reason=SuppressionReason.DNC_REQUEST, source="phone call", at=WEEKDAY - timedelta(days=1), by=SYSTEM,
    )  # fmt: skip


def says(person: Contact, status: ConsentStatus, *, source: str = "web form", evidence: str = "Yes.") -> None:
    word = Word(
        address=outreach.address_of(person, "call"), channel=ConsentChannel.CALL, status=status, source=source,
        basis="express_written", evidence=evidence, captured_at=WEEKDAY - timedelta(days=2),
    )  # fmt: skip
    consent.record(words=[word], at=WEEKDAY - timedelta(days=2), by=SYSTEM)


def silent(number: int) -> list[Contact]:
    """So many at the best accounts of two states, none of whom ever agreed."""
    places = [PLACES[each % 2] for each in range(number)]
    return [someone(score=9_000, yes=False, zone=zone, state=state, area=area) for zone, state, area in places]


def test_fifty_who_never_agreed_do_not_hide_the_one_who_did(max_: Actor, rosa: Actor) -> None:
    willing = someone(score=1_000)
    key = campaign_of(max_, *silent(50), willing)
    found = do("getCallQueue", rosa, callCampaignId=key, limit=20)
    assert (found.items[0].contact, found.callable_now, found.callable_is_exact) == (willing.name, 1, True)
    assert (len(found.items), found.total) == (20, 51)
    assert [(each.rule, each.count) for each in found.barred] == [("consent", 50)]
    assert do("takeCall", rosa, callCampaignId=key).target.contact_id == willing.pk
    with pytest.raises(NotFound, match=r"Nobody is left.* 50: They have not agreed"):
        do("takeCall", rosa, callCampaignId=key)


def test_whom_only_the_judge_refuses_hides_nobody_either(
    max_: Actor, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file claims that they agreed: there is a yes, and it does not count."""
    monkeypatch.setattr(queues, "TOGETHER", (2, 3))
    claimed = [someone(score=9_000, yes=False) for _ in range(7)]
    for person in claimed:
        says(person, ConsentStatus.OPTED_IN, source="import", evidence="")
    willing = someone(score=100)
    key = campaign_of(max_, *claimed, willing)
    found = do("getCallQueue", rosa, callCampaignId=key, limit=5)
    assert (found.items[0].contact, found.callable_now) == (willing.name, 1)
    assert [(each.rule, each.count) for each in found.barred] == [("consent", 7)]
    assert do("takeCall", rosa, callCampaignId=key).target.contact_id == willing.pk


def test_what_is_counted_is_more_than_what_is_shown(max_: Actor, rosa: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_of(max_, *(someone() for _ in range(6)))
    found = do("getCallQueue", rosa, limit=2)
    assert (len(found.items), found.callable_now, found.callable_is_exact) == (2, 6, True)
    monkeypatch.setattr(queues, "COUNTED", 4)
    found = do("getCallQueue", rosa, limit=2)
    assert (found.callable_now, found.callable_is_exact) == (4, False)
    monkeypatch.setattr(queues, "LOOKED_AT", 3)
    found = do("getCallQueue", rosa, limit=2)
    assert (found.callable_now, found.callable_is_exact) == (3, False)


def test_a_manager_sees_why_a_list_is_short_when_it_is_made(max_: Actor) -> None:
    yes, no, denied = someone(), someone(yes=False), someone()
    deny(denied)
    key = campaign_of(max_)
    given = [yes.pk, no.pk, denied.pk]
    added = told("addCallTargets", max_, at=NIGHT, callCampaignId=key, contactIds=given).payload
    assert (added.added, {each.rule: each.count for each in added.barred}) == (3, {"consent": 1, "suppressed": 1})
    assert all(each.sentence for each in added.barred)


def test_nobody_is_looked_for_behind_what_speaks_against_all(
    max_: Actor, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "TOGETHER", (2, 2))
    campaign_of(max_, *(someone() for _ in range(6)))
    looked: list[int] = []
    judge = queues.judge_calls
    monkeypatch.setattr(queues, "judge_calls", lambda asked, **how: (looked.append(len(asked)), judge(asked, **how))[1])
    holds.open_hold(scope=HoldScope.CHANNEL, key="call", reason="The line is down.", at=WEEKDAY, by=SYSTEM)
    with pytest.raises(NotFound, match=r"6: This channel is stopped .* The line is down"):
        do("takeCall", rosa)
    assert looked == [2]
    found = do("getCallQueue", rosa)
    assert (found.callable_now, found.callable_is_exact, found.barred[0].count) == (0, True, 6)


@pytest.fixture
def crowd(max_: Actor, rosa: Actor) -> list[Contact]:
    """Everybody about whom something else is known."""
    people = {
        name: someone() for name in ("plain", "denied", "account", "person", "listed", "claimed", "took", "back")
    }  # fmt: skip
    for name in ("claimed", "took"):
        ContactPhone.objects.filter(contact=people[name]).update(number=f"+1212555{9_000 + len(name)}")
    deny(people["denied"])
    deny(people["account"], Scope.ACCOUNT, str(people["account"].account_id))
    deny(people["person"], Scope.CONTACT, str(people["person"].pk))
    DncScrub.objects.create(
        number=outreach.address_of(people["listed"], "call"), list_version="1", is_listed=True, scrubbed_at=WEEKDAY
    )
    says(people["claimed"], ConsentStatus.OPTED_IN, source="import", evidence="")
    for status in (ConsentStatus.OPTED_IN, ConsentStatus.OPTED_OUT):
        says(people["took"], status)
    do("startCall", rosa, contactId=people["back"].pk, at=WEEKDAY - timedelta(minutes=5))
    west = someone(zone="America/Los_Angeles", state="CA", area="213")
    abroad = outreach.contact(outreach.account(state="ON"), zone="America/Toronto", phone="+14165550123")
    nowhere = outreach.contact(outreach.account(), zone="", phone="+18005550123")
    return [*people.values(), west, abroad, nowhere, someone(yes=False), someone(state="WA", zone="America/Denver")]


@pytest.mark.parametrize("held", [False, True])
def test_a_crowd_is_judged_as_each_of_them_is(crowd: list[Contact], rosa: Actor, held: bool) -> None:
    if held:
        holds.open_hold(scope=HoldScope.CALL_CAMPAIGN, key="7", reason="Wait.", at=WEEKDAY, by=SYSTEM)
    known = recipients_of([person.pk for person in crowd], Reach.CALL).values()
    asked = [(whom, 7 + number % 2) for number, whom in enumerate(known)]
    for at in (WEEKDAY, NIGHT):
        alone = [
            preflight.judge(whom, at=at, user_id=rosa.user_id, call_campaign_id=campaign) for whom, campaign in asked
        ]
        together = crowds.judge_calls(asked, at=at, user_id=rosa.user_id)
        assert [(each.outcome, each.until, each.reasons) for each in together] == [
            (each.outcome, each.until, each.reasons) for each in alone
        ]
        assert [each.evidence for each in together] == [each.evidence for each in alone]
    assert len({each.reasons[0].rule for each in alone if each.reasons}) > 2


def test_nobody_is_left_out_whom_the_judge_would_let_through(crowd: list[Contact], max_: Actor, rosa: Actor) -> None:
    key = campaign_of(max_)
    do("addCallTargets", max_, callCampaignId=key, contactIds=[person.pk for person in crowd])
    found = do("getCallQueue", rosa, at=WEEKDAY + timedelta(hours=4), callCampaignId=key, limit=50)
    shown = {row.target_id for row in found.items if row.is_callable}
    known = [queues.one(target.pk, by=rosa, at=WEEKDAY + timedelta(hours=4)) for target in CallTarget.objects.all()]
    judged = {one.row["target_id"] for one in known if one and one.opens_at == WEEKDAY + timedelta(hours=4)}
    assert shown == judged
    assert (len(shown), sum(each.count for each in found.barred)) == (
        found.callable_now,
        len(crowd) - len(judged) - sum(row.next_allowed_at is not None for row in found.items),
    )
