"""Whom they met: fairs, a form, people who were sent. What came of them, what it cost, who else is in the race."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from headhaul.accounts.models import Account, Contact
from headhaul.accounts.selectors.pages import fetch
from headhaul.actions import dispatch
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import outcomes, public
from headhaul.config.demo.sales import deals, places, touches
from headhaul.config.demo.sales.diary import NIGHTS, Diary, dice
from headhaul.config.demo.sales.places import NOBODY, Place
from headhaul.config.demo.sales.team import Cast
from headhaul.config.demo.sales.touches import Deal
from headhaul.config.demo.sales.words import Met, leads, meetings, words
from headhaul.kernel import Actor
from headhaul.pipeline.selectors.periods import add_months

_MARKET = """
select s.dot_number from carriers_signal s
where s.day = %s and s.gate_mask = 0 and s.dot_number <> all(%s)
  and (s.units is null) = %s and coalesce(s.units, 2) >= 2
  and not exists (select from accounts_account a where a.dot_number = s.dot_number)
order by s.score_hundredths desc, s.n desc, s.dot_number limit %s
"""
NO_CARRIER = "Made up for the example: such a carrier does not exist."
AREA = "+1539"  # of the invented numbers, so that nobody is taken for somebody else
FORM_TOOK = timedelta(seconds=50)  # to fill in
DOOR = "job"
SAID = {
    "tried": ("voicemail", "Left our number and the hours we are there."),
    "talked": ("connected", "Remembers us. Call again when the season turns."),
    "qualified": ("connected", "Seats, lanes and pay are clear. Wants an offer."),
}


@dataclass(slots=True)
class _Made:
    """What there is so far."""

    events: dict[str, CaptureEvent] = field(default_factory=dict)


def carriers(*, day: date, but: list[int]) -> tuple[list[int], list[int]]:
    """Whom they meet, best signals first, by USDOT number: those of a known size, and those who say their size."""
    met = [each for each in meetings() if not each.company]
    says = sum(each.trucks is not None for each in met)
    known, unknown = (
        [row["dot_number"] for row in fetch(_MARKET, [day, but, is_unknown, count])]
        for is_unknown, count in ((False, len(met)), (True, says))
    )
    return known, unknown


def plan(diary: Diary, cast: Cast, market: tuple[list[int], list[int]]) -> list[tuple[Place, Deal]]:
    """Events, rules and leads, each at its time. Returns the leads of which a deal came."""
    made, found = _Made(), []
    known, unknown = map(iter, market)
    begins = diary.moment(NIGHTS - 2, dice("events"), hour=8)
    diary.write(begins, partial(_events, made, cast, diary.day))
    diary.write(begins, partial(_rules, cast))
    for number, met in enumerate(meetings()):
        place = Place(cast.rosa, dice("lead", number), met.ago)
        first, then = (unknown, known) if met.trucks is not None else (known, unknown)
        dot = None if met.company else next(first, None) or next(then, None)
        if dot is None and not met.company:
            continue  # a market without so many carriers
        place.ready = came_at = _came_at(diary, met, place, number)
        diary.write(came_at, partial(_take, made, cast, met, place, dot, number))
        if met.deal:
            diary.write(came_at + timedelta(minutes=10 + number), partial(_call, place, "talked"))
            found.append((place, deals.plan(diary, place, met.deal)))
        elif met.then != "waits" and not met.junk:
            diary.write(came_at + timedelta(minutes=40 + 7 * number), partial(_go_on, met, place))
    _money(diary, cast, made)
    diary.write(diary.at, lambda at: outcomes.settle(at=at))
    return found


def _came_at(diary: Diary, met: Met, place: Place, number: int) -> datetime:
    """In working hours of that day; those of today within the last hours, the latest minutes ago."""
    if met.ago:
        return diary.moment(met.ago, place.dice)
    return diary.at - timedelta(minutes=6 + 21 * sum(not each.ago for each in meetings()[:number]))


def _events(made: _Made, cast: Cast, day: date, at: datetime) -> None:
    for key, given in leads()["events"].items():
        asked = {name: given[name] for name in ("name", "kind", "city", "state", "campaign") if name in given}
        asked |= {"consentWording": leads()["wording"], "formIsOpen": given.get("form", False)}
        if "since" in given:
            asked |= {"startsOn": str(_on(day, given["since"])), "endsOn": str(_on(day, given["until"]))}
        row = _do("saveCaptureEvent", cast.max, at=at, **asked)
        made.events[key] = CaptureEvent.objects.get(pk=row.id)


def _rules(cast: Cast, at: datetime) -> None:
    takers = [{"userId": cast.rosa.user_id, "mostOpen": 40}, {"userId": cast.theo.user_id, "mostOpen": 40}]
    rules = [
        {"key": "south", "name": "Texas and Oklahoma", "states": ["TX", "OK"], "takers": takers[1:]},
        {"key": "rest", "name": "Everybody else, in turn", "takers": takers},
    ]
    _do("saveLeadRouting", cast.max, at=at, version=0, rules=rules, note="Theo knows the south")


def _take(made: _Made, cast: Cast, met: Met, place: Place, dot: int | None, number: int, at: datetime) -> None:
    given, own = words(), place.dice
    first, last = own.choice(given["first_names"]), own.choice(given["last_names"])
    who, event = given["people"][0], made.events[met.event]
    mail = f"{first}.{last}@{places.slug(met.company) if met.company else f'carrier-{dot}'}.example".lower()
    phone = f"{AREA}55501{number:02d}"
    if event.form_is_open and event.kind == "web":
        form = PublicLead(
            name=f"{first} {last}", company=met.company or f"Carrier {dot}", dot_number=dot, state=met.state,
            email=mail, phone=phone, message=met.note, fleet_size=met.trucks, agrees_email=True, agrees_call=True,
            website="http://rank.example" if met.junk else "",
            ticket=public.page(public_key=event.public_key, at=at - FORM_TOOK).ticket,
        )  # fmt: skip
        answer = public.submit(public_key=event.public_key, sent=form, address=f"192.0.2.{number}", at=at)
        lead_id = answer.lead_id
    else:
        agreed = {"call": True, "email": own.random() < 0.7, "sms": own.random() < 0.3, "isWritten": True}
        asked: dict[str, Any] = {
            "clientId": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"example-{number}.example")), "eventId": event.pk,
            "company": met.company, "dotNumber": dot, "state": met.state, "fleetSize": met.trucks, "note": met.note,
            "contactName": f"{first} {last}", "title": who["title"], "role": who["role"], "isDecisionMaker": True,
            "emails": [mail], "phones": [phone], "consent": agreed,
        }  # fmt: skip
        lead_id = _do("captureLead", own.choice((cast.rosa, cast.theo)), at=at, **asked).lead_id
    if lead_id is not None:
        _know(place, Lead.objects.get(pk=lead_id), cast, is_invented=bool(met.company))


def _know(place: Place, lead: Lead, cast: Cast, *, is_invented: bool) -> None:
    """Who has it now, and with whom one speaks there."""
    people = {actor.user_id: actor for actor in (cast.rosa, cast.theo, cast.max)}
    account, contact = lead.account, lead.contact
    if account is None or contact is None:
        return
    Contact.objects.filter(pk=contact.pk, notes="").update(notes=NOBODY, is_decision_maker=True)
    if is_invented:
        Account.objects.filter(pk=account.pk).update(description=NO_CARRIER)
    place.owner = people.get(lead.owner_id, cast.rosa)
    place.account = Account.objects.get(pk=account.pk)
    place.people = [Contact.objects.get(pk=contact.pk)]


def _call(place: Place, how: str, at: datetime) -> None:
    outcome, body = SAID[how]
    touches.call(place, Deal(), outcome=outcome, body=body, at=at)


def _go_on(met: Met, place: Place, at: datetime) -> None:
    _call(place, met.then if met.then in SAID else "talked", at)
    lead = Lead.objects.get(account_id=place.account.pk, contact_id=place.people[0].pk, merged_into=None)
    if met.then == "out":
        _do("disqualifyLead", place.owner, at=at, leadId=lead.pk, reason=met.why)
    else:
        status = "qualified" if met.then == "qualified" else "working"
        _do("updateLead", place.owner, at=at, leadId=lead.pk, version=lead.version, status=status)


def _money(diary: Diary, cast: Cast, made: _Made) -> None:
    """What each event cost and what every month costs, entered by Max; what he knows of competitors."""
    given, own = leads(), dice("money")

    def spent(key: str, event: dict[str, Any]) -> Callable[[datetime], object]:
        since, until = event.get("since", NIGHTS - 2), max(event.get("until", 1), 0)
        days = {"startsOn": str(_on(diary.day, since)), "endsOn": str(_on(diary.day, until))}
        cents = event["spent"] * 100
        return lambda at: _do("recordSpend", cast.max, at=at, eventId=made.events[key].pk, amountCents=cents, **days)

    for key, event in given["events"].items():
        diary.write(diary.moment(max(event.get("until", 1), 0), own, hour=15), spent(key, event))
    month = add_months(diary.day.replace(day=1), -4)
    while month <= diary.day:
        for each in given["spend"]:
            last = add_months(month, 1) - timedelta(days=1)
            asked = {"channel": each["channel"], "amountCents": each["monthly"] * 100, "note": each["note"]}
            asked |= {"startsOn": str(month), "endsOn": str(last)}
            moment = diary.moment(max(0, min(NIGHTS - 2, (diary.day - month).days - 1)), own, hour=15)
            diary.write(moment, partial(_record, cast, asked))
        month = add_months(month, 1)
    for number, each in enumerate(given["intel"]):
        said = {"offerings": each["offerings"], "pricingNotes": each["pricing"], "region": each.get("region", "")}
        said |= {"competitor": each["competitor"], "alsoCalled": each.get("also", [])}
        diary.write(diary.moment(40 - number, own, hour=16), partial(_note, cast, said))


def _record(cast: Cast, asked: dict[str, Any], at: datetime) -> None:
    _do("recordSpend", cast.max, at=at, **asked)


def _note(cast: Cast, asked: dict[str, Any], at: datetime) -> None:
    _do("saveCompetitorIntel", cast.max, at=at, **asked)


def _on(day: date, ago: int) -> date:
    return day - timedelta(days=ago)


def _do(name: str, actor: Actor, /, *, at: datetime, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door=DOOR).payload
