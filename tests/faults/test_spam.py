"""Machines fill in a public form, and people in between. HEADHAUL_FAULTS=full posts 10,000 times instead of 600."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from headhaul.accounts.models import Account, Contact
from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.capture.models import CaptureEvent, FormUse, Lead, LeadTouch
from headhaul.capture.services import tickets
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Door
from tests.cast import actor_named

pytestmark = pytest.mark.django_db
IS_FULL = os.environ.get("HEADHAUL_FAULTS") == "full"
POSTS = 10_000 if IS_FULL else 600
PEOPLE = POSTS // 40
KEPT = 200  # suspicious forms an hour, by the settings
BEGAN = datetime(2026, 11, 20, 15, 0, 5, tzinfo=UTC)
SIZE = """
select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = 'public'
"""
LETTER = {"name": "Mo Lane", "company": "Lane Freight", "email": "mo@lane.example", "message": "Please call us."}


def junk(number: int, ticket: str) -> dict[str, str]:
    """What machines send: a trap filled in, no page of ours, links, markup, what is sold, the same letter to all."""
    sent = {"name": f"Win {number}", "company": f"Firm {number}", "email": f"w{number}@spam.example", "ticket": ticket}
    return [
        sent | {"website": "http://spam.example"},
        sent | {"ticket": ""},
        sent | {"ticket": "forged"},
        sent | {"message": "http://a.example and http://b.example"},
        sent | {"name": "<script>alert(1)</script>"},
        sent | {"message": "Best SEO service, rank on Google"},
        sent | {"message": "x" * 1_900, "name": "X" * 60},
        LETTER | {"ticket": ticket},
    ][number % 8]


def person(number: int, ticket: str) -> dict[str, str]:
    """What somebody sends who is looking for drivers."""
    return {
        "name": f"Dana Ruiz {number}", "company": f"Lone Star Reefer {number}",
        "email": f"dana@lonestar{number}.example", "message": "Ten drivers", "agreesEmail": "1", "ticket": ticket,
    }  # fmt: skip


def address_of(number: int) -> str:
    """A few addresses that send a lot, one network of IPv6, and many that send once."""
    if number % 4 == 0:
        return f"10.0.0.{number % 7}"
    return f"2001:db8::{number:x}" if number % 4 == 1 else f"172.16.{number // 250}.{number % 250}"


def test_of_a_flood_nothing_is_doubled_nothing_is_lost_and_people_get_through() -> None:
    max_ = actor_named("max")
    told = {"name": "Big Fair", "consentWording": "I agree.", "formIsOpen": True}
    made: Any = dispatch("saveCaptureEvent", told, actor=max_, at=BEGAN, door=Door.JOB).payload
    path = f"/f/{made.public_key}/"
    visits = [("junk", number) for number in range(POSTS)] + [("person", number) for number in range(PEOPLE)]
    random.Random(7).shuffle(visits)
    answers: Counter[tuple[str, int]] = Counter()
    size, begun, cpu = _bytes(), time.perf_counter(), time.process_time()
    with time_machine.travel(BEGAN + timedelta(minutes=2), tick=False):
        for kind, number in visits:
            ticket = tickets.issue(event_id=made.id, at=BEGAN)
            sent = junk(number, ticket) if kind == "junk" else person(number, ticket)
            address = address_of(number) if kind == "junk" else f"192.0.{number // 200}.{number % 200}"
            for _ in range(1 + (kind == "person" and number % 3 == 0)):  # every third presses twice
                answer = Client(REMOTE_ADDR=address).post(path, sent)
                answers[kind, answer.status_code] += 1
                if answer.status_code == 429:
                    assert int(answer.headers["Retry-After"]) > 0
                    assert "Please try again in" in answer.content.decode()
    seconds, spent, grown = time.perf_counter() - begun, time.process_time() - cpu, _bytes() - size

    assert set(answers) == {("junk", 302), ("junk", 429), ("person", 302)}
    people = Lead.objects.counted().exclude(as_given__company=LETTER["company"])
    assert people.count() == PEOPLE
    assert {lead.as_given["company"] for lead in people} == {f"Lone Star Reefer {n}" for n in range(PEOPLE)}
    assert Account.objects.count() == Contact.objects.count() == PEOPLE + 1  # a letter like a person's passes, once
    assert ConsentEvent.objects.values("address").distinct().count() == PEOPLE
    assert Lead.objects.filter(is_spam=True).count() == min(KEPT, answers["junk", 302] - 3)
    row: Any = dispatch("getCaptureEvents", {}, actor=max_, at=BEGAN, door=Door.JOB).payload.items[0]
    assert (row.leads, row.held) == (PEOPLE + 1, Lead.objects.filter(is_spam=True).count())
    assert row.held + row.dropped + answers["junk", 429] + 3 == POSTS, "every post is accounted for"
    entries = AuditEntry.objects.filter(action="submitLeadForm", outcome="done").count()
    assert entries == row.held + answers["person", 302] + 3
    assert LeadTouch.objects.count() <= answers["person", 302] + 3
    assert FormUse.objects.count() <= POSTS // 2 + 2 * PEOPLE + 20  # one for each address, one for each letter
    assert CaptureEvent.objects.count() == 1
    print(
        f"\n{POSTS:,} posts of machines, {answers['person', 302]:,} by {PEOPLE:,} people: {seconds:.1f} s,"
        f" {spent:.1f} s CPU of ours; {row.held} held, {row.dropped:,} counted, {answers['junk', 429]:,} told to wait;"
        f" {entries:,} audit entries, {FormUse.objects.count():,} counts; {grown / 1e6:.1f} MB more in the database"
    )


def _bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        return int(cursor.fetchone()[0])
