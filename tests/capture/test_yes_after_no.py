"""Who opted out and says yes on a form of their own can be reached again on that channel, and by nothing less."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.capture.models import Lead
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import public
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.models import Suppression
from headhaul.compliance.selectors.suppression import hits
from headhaul.compliance.services import suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import SYSTEM, Actor
from tests.capture.conftest import WORDING
from tests.capture.doing import captured, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db
PAT, OTHER = "pat@d.example", "diaz@d.example"
EMAIL, SMS, ALL = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.ALL
OPT_OUT = SuppressionReason.OPT_OUT
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def known(rosa: Actor, fair: Any) -> int:
    """Pat, whom Rosa met at the booth."""
    lead = captured(rosa, eventId=fair.id, company="D", contactName="Pat Diaz", emails=[PAT], phones=["2145550111"])
    return int(lead.contact_id)


@pytest.fixture
def key(max_: Actor, fair: Any) -> str:
    opened = do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, formIsOpen=True)
    return str(opened.public_key)


def denied(*keys: tuple[Scope, Any], channel: ConsentChannel = EMAIL, reason: SuppressionReason = OPT_OUT) -> None:
    denials = [Denial(scope, str(each), channel, reason, "unsubscribe link", "They pressed it") for scope, each in keys]
    suppression.add_many(denials=denials, at=NOON, by=SYSTEM)


def says_yes(key: str, *, email: str = PAT, at: Any = LATER, **more: Any) -> Any:
    page = public.page(public_key=key, at=at - timedelta(seconds=30))
    given = {"company": "D", "state": "TX", "phone": "2145550111", "agrees_email": True} | more
    sent = PublicLead(name="Pat Diaz", email=email, ticket=page.ticket, **given)
    return public.submit(public_key=key, sent=sent, address="192.0.2.1", at=at)


def is_denied(contact_id: int, address: str = PAT, channel: ConsentChannel = EMAIL) -> bool:
    asked = Proposal(channel=channel, address=address, contact_id=contact_id)
    return bool(hits(asked, at=LATER + timedelta(minutes=1)))


def test_their_own_yes_ends_their_own_no(key: str, known: int) -> None:
    denied((Scope.ADDRESS, PAT), (Scope.CONTACT, known))
    assert is_denied(known)
    says_yes(key)
    assert not is_denied(known)
    lifts = Suppression.objects.filter(is_lift=True).order_by("scope").values_list("scope", "source", "recorded_by_id")
    assert list(lifts) == [(scope, "web form: Dallas Trucking Show", None) for scope in ("address", "contact")]
    assert WORDING in Suppression.objects.filter(is_lift=True)[0].evidence


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        (EMAIL, SuppressionReason.COMPLAINT),
        (EMAIL, SuppressionReason.DNC_REQUEST),
        (EMAIL, SuppressionReason.LITIGATOR),
        (EMAIL, SuppressionReason.HARD_BOUNCE),
        (EMAIL, SuppressionReason.MANUAL),
        (ALL, OPT_OUT),
    ],
)
def test_nothing_else_is_ended_by_it(key: str, known: int, channel: ConsentChannel, reason: SuppressionReason) -> None:
    denied((Scope.ADDRESS, PAT), channel=channel, reason=reason)
    says_yes(key)
    assert is_denied(known)


def test_another_channel_stays_closed(key: str, known: int) -> None:
    denied((Scope.ADDRESS, "+12145550111"), (Scope.CONTACT, known), channel=SMS)
    says_yes(key)
    assert is_denied(known, "+12145550111", SMS)


def test_a_yes_to_texts_opens_texts(key: str, known: int) -> None:
    denied((Scope.ADDRESS, "+12145550111"), channel=SMS)
    says_yes(key, agrees_email=False, agrees_sms=True)
    assert not is_denied(known, "+12145550111", SMS)


def test_a_new_address_under_a_known_name_does_not_speak_for_the_person(key: str, known: int) -> None:
    denied((Scope.ADDRESS, PAT), (Scope.CONTACT, known))
    says_yes(key, email=OTHER)
    assert is_denied(known)
    assert is_denied(known, OTHER)


def test_what_one_of_us_types_ends_nothing(rosa: Actor, fair: Any, known: int) -> None:
    denied((Scope.ADDRESS, PAT))
    captured(
        rosa, eventId=fair.id, company="D", contactName="Pat Diaz", emails=[PAT],
        consent={"email": True, "isWritten": True}, at=LATER,
    )  # fmt: skip
    assert is_denied(known)


def test_junk_that_one_of_us_lets_go_ends_nothing(key: str, max_: Actor, known: int) -> None:
    denied((Scope.ADDRESS, PAT))
    says_yes(key, message="http://a.example http://b.example http://c.example")
    do("releaseLead", max_, leadId=Lead.objects.get(is_spam=True).pk, at=LATER)
    assert is_denied(known)


def test_a_no_that_came_since_stands(key: str, known: int) -> None:
    says_yes(key, at=NOON + timedelta(minutes=1))
    denials = [Denial(Scope.ADDRESS, PAT, EMAIL, OPT_OUT, "unsubscribe link")]
    suppression.add_many(denials=denials, at=NOON + timedelta(minutes=2), by=SYSTEM)
    assert is_denied(known)
