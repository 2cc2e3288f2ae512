"""The work panel: tasks, notifications and the bell; the timeline and the composer that account pages show."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Account
from headhaul.activities.choices import NotificationKind
from headhaul.activities.models import Activity, Notification
from headhaul.activities.services.notifying import notify
from tests.activities.conftest import account_named, contact_at
from tests.cast import user_named
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(db: None) -> Account:
    return account_named("LONE STAR REEFER LLC", at=timezone.now())


def text(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def toast(answer: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer["HX-Trigger"])["toast"]
    return found


def task(account: Account, name: str = "rosa", **fields: Any) -> Activity:
    now = timezone.now()
    values = {"happened_at": now, "created_at": now, "subject": "Send rates", "owner": user_named(name)} | fields
    return Activity.objects.create(account=account, type="task", **values)


def test_tasks_stand_in_their_lists_and_the_first_one_with_work_is_shown(signed_in: SignedIn, account: Account) -> None:
    task(account, due_on=timezone.now().date() - timedelta(days=3))
    page = text(signed_in("rosa"), "/tasks")
    assert "Send rates" in page
    assert "Lone Star Reefer LLC" in page
    assert re.search(r'which=overdue"[^>]*aria-current="true"', page)
    assert "Nothing is due today" in text(signed_in("rosa"), "/tasks?which=today")
    assert "Send rates" not in text(signed_in("max"), "/tasks?which=overdue")
    assert "Send rates" in text(signed_in("max"), "/tasks?which=overdue&whose=all")


def test_a_task_is_done_with_one_click_and_opened_again_with_another(signed_in: SignedIn, account: Account) -> None:
    made, client = task(account), signed_in("rosa")
    done = client.post(f"/tasks/{made.pk}/completion", headers=HTMX)
    assert (done.status_code, done.content) == (200, b"")
    assert toast(done)["undo"].startswith("/undo/")
    client.post(toast(done)["undo"], headers=HTMX)
    made.refresh_from_db()
    assert made.completed_at is None
    plain = client.post(f"/tasks/{made.pk}/completion", {"outcome": "cancelled", "note": "They closed"})
    assert (plain.status_code, plain["Location"]) == (302, "/tasks")
    made.refresh_from_db()
    assert (made.outcome, made.data["completion_note"]) == ("cancelled", "They closed")
    assert "Called off" in text(client, "/tasks?which=done")
    assert client.post(f"/tasks/{made.pk}/reopening", headers=HTMX).status_code == 200


def test_a_snooze_moves_it_to_a_later_day(signed_in: SignedIn, account: Account) -> None:
    made, client = task(account, due_at=timezone.now()), signed_in("rosa")
    answer = client.post(f"/tasks/{made.pk}/snooze", {"until": "tomorrow", "version": 1}, headers=HTMX)
    assert "Snoozed until" in toast(answer)["text"]
    made.refresh_from_db()
    assert (made.due_on, made.due_at) == (timezone.now().date() + timedelta(days=1), None)
    assert client.post(f"/tasks/{made.pk}/snooze", {"until": "never", "version": 2}, headers=HTMX).status_code == 422


def test_a_new_task_begins_with_the_account(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    page = text(client, "/tasks/new?q=lone")
    assert f"/tasks/new?account={account.pk}" in page
    form = client.get(f"/tasks/new?account={account.pk}", follow=True).content.decode()
    assert re.search(r'value="task" checked', form)
    made = client.post(f"/log?account={account.pk}", {"type": "task", "subject": "Ask", "due_day": "2026-11-01",
                       "due_time": "01:30", "remind": "60", "next": "/tasks"})  # fmt: skip
    assert made["Location"] == "/tasks"
    assert Activity.objects.get().due_at is not None


def test_times_of_a_form_are_those_of_the_readers_clock(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    client.cookies["zone"] = "America/Chicago"
    client.post(
        f"/log?account={account.pk}",
        {"type": "task", "due_day": "2026-12-01", "due_time": "09:00", "remind": "15"},
    )
    made = Activity.objects.get()
    assert made.due_at is not None
    assert made.remind_at is not None
    assert made.due_at.isoformat() == "2026-12-01T15:00:00+00:00"
    assert made.due_at - made.remind_at == timedelta(minutes=15)


@pytest.mark.parametrize("kind", ["call", "email", "sms", "meeting", "task", "note"])
def test_every_type_is_logged_from_the_composer(signed_in: SignedIn, account: Account, kind: str) -> None:
    dana, client = contact_at(account, "Dana Ortiz"), signed_in("rosa")
    form = {
        "type": kind, "subject": "Talk", "body": "🚚 שלום", "contactId": dana.pk, "outcome.call": "connected",
        "outcome.meeting": "held", "minutes": "7.5", "direction": "in", "priority": "high",
    }  # fmt: skip
    answer = client.post(f"/log?account={account.pk}", form, headers=HTMX)
    assert answer.status_code == 200
    said = json.loads(answer["HX-Trigger"])
    assert said["toast"]["undo"].startswith("/undo/")
    made = Activity.objects.get()
    assert said["logged"] == {"id": made.pk}
    assert (made.type, made.body, made.contact_id) == (kind, "🚚 שלום", dana.pk)
    assert made.outcome == {"call": "connected", "meeting": "held"}.get(kind, "")
    assert made.duration_seconds == (450 if kind in ("call", "meeting") else None)
    assert "data-composer" in answer.content.decode()
    assert "שלום" not in answer.content.decode()


def test_a_refusal_keeps_what_was_typed(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    form = {"type": "call", "body": "long talk", "happened": "2099-01-01T00:00"}
    answer = client.post(f"/log?account={account.pk}", form, headers=HTMX)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "long talk" in page
    assert "a day ahead" in page


def test_a_note_of_megabytes_is_refused_in_words(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    long = client.post(f"/log?account={account.pk}", {"type": "note", "body": "x" * 1_000_000})
    assert long.status_code == 422
    assert "20000 characters" in long.content.decode()
    huge = client.post(f"/log?account={account.pk}", {"type": "note", "body": "x" * 10_000_000})
    assert huge.status_code == 413
    assert "20,000 characters" in huge.content.decode()
    assert not Activity.objects.exists()


def test_the_timeline_shows_days_kinds_and_what_was_changed(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    client.post(f"/log?account={account.pk}", {"type": "note", "subject": "Yard", "body": "<b>moved</b>"})
    client.post(f"/accounts/{account.pk}/details", {"version": account.version, "city": "Waco"})
    page = text(client, f"/timeline?account={account.pk}", headers=HTMX)
    assert "<html" not in page
    assert "Today" in page
    assert "&lt;b&gt;moved" in page
    assert "Waco" in page
    only = text(client, f"/timeline?account={account.pk}&show=notes", headers=HTMX)
    assert ("Yard" in only, "Waco" in only) == (True, False)
    assert "Nothing like that" in text(client, f"/timeline?account={account.pk}&show=calls", headers=HTMX)
    assert "[AUDIT]" not in page
    assert "[AUDIT] updateAccount" in text(signed_in("max"), f"/timeline?account={account.pk}", headers=HTMX)


def test_more_entries_come_after_the_last_and_a_day_is_said_once(signed_in: SignedIn, account: Account) -> None:
    now = timezone.now()
    Activity.objects.bulk_create(
        Activity(
            account=account,
            type="note",
            subject=f"note {n:03}",
            happened_at=now - timedelta(seconds=n),
            created_at=now,
        )
        for n in range(70)
    )
    client, seen, days = signed_in("rosa"), [], 0
    address = f"/timeline?account={account.pk}"
    while address:
        page = text(client, address, headers=HTMX)
        seen += re.findall(r"note (\d{3})</bdi>", page)
        days += page.count('class="timeline-day"')
        more = re.search(r'<div class="more"><a[^>]*hx-get="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"{n:03}" for n in range(70)]
    assert days <= 2
    assert "<html" in text(client, f"/timeline?account={account.pk}")


def test_one_edits_and_removes_ones_own(signed_in: SignedIn, account: Account) -> None:
    client = signed_in("rosa")
    client.post(f"/log?account={account.pk}", {"type": "call", "subject": "Talk"})
    made = Activity.objects.get()
    assert "Talk" in text(client, f"/activities/{made.pk}/edit")
    form = {"version": 1, "subject": "Long talk", "outcome": "connected", "happened": "2026-11-02T10:00", "minutes": ""}
    saved = client.post(f"/activities/{made.pk}/edit", form | {"next": f"/accounts/{account.pk}/"})
    assert saved["Location"] == f"/accounts/{account.pk}/"
    made.refresh_from_db()
    assert (made.subject, made.outcome, made.version) == ("Long talk", "connected", 2)
    assert "edited" in text(client, f"/timeline?account={account.pk}", headers=HTMX)
    stale = client.post(f"/activities/{made.pk}/edit", {"version": 1, "subject": "Too late"})
    assert stale.status_code == 409
    assert "Too late" in stale.content.decode()
    gone = client.post(f"/activities/{made.pk}/removal", {"version": 2}, headers=HTMX)
    client.post(toast(gone)["undo"], headers=HTMX)
    assert Activity.objects.get(pk=made.pk).subject == "Long talk"
    assert signed_in("vera").post(f"/activities/{made.pk}/removal").status_code == 403


def test_a_mention_reaches_the_bell_and_opens_what_it_is_about(signed_in: SignedIn, account: Account) -> None:
    max_ = signed_in("max")
    assert text(max_, "/bell") == "0"
    said = signed_in("rosa").post(
        f"/log?account={account.pk}", {"type": "note", "body": "@Max please look"}, headers=HTMX
    )
    assert "Max was told" in toast(said)["text"]
    assert text(max_, "/bell") == "1"
    page = text(max_, "/notifications")
    assert "Rosa mentioned you" in page
    key = Notification.objects.get().pk
    opened = max_.get(f"/notifications/{key}")
    assert opened["Location"] == f"/activities/{Activity.objects.get().pk}"
    assert max_.get(opened["Location"])["Location"].startswith(f"/accounts/{account.pk}/#entry-activity-")
    assert text(max_, "/bell") == "0"
    assert signed_in("rosa").get(f"/notifications/{key}").status_code == 404


def test_all_are_marked_as_read_and_back(signed_in: SignedIn) -> None:
    for number in range(3):
        notify(user_ids=[user_named("rosa").pk], kind=NotificationKind.RULE, text=f"Rule {number}", at=timezone.now())
    client = signed_in("rosa")
    assert "data-bell>3<" in text(client, "/profile/")
    answer = client.post("/notifications/reading")
    assert answer.status_code == 302
    assert "All read" in text(client, "/notifications?which=unread")
    assert "Rule 2" in text(client, "/notifications")


def test_the_daily_mail_is_chosen_beside_the_notifications(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    client.post("/notifications/mail", {"hour": "9"})
    assert '<option value="9" selected>' in text(client, "/notifications")
    from headhaul.activities.models import DigestChoice

    assert DigestChoice.objects.get().is_on is False


def test_colleagues_are_offered_after_an_at(signed_in: SignedIn, account: Account) -> None:
    user_named("max")
    found = signed_in("rosa").get(f"/people?q=Ma&account={account.pk}").json()
    assert found == {"people": [{"name": "Max", "sees": True}]}


def test_a_viewer_reads_all_of_it_and_changes_nothing(signed_in: SignedIn, account: Account) -> None:
    made, client = task(account, "vera"), signed_in("vera")
    assert "Send rates" in text(client, "/tasks?which=upcoming")
    assert "data-composer" not in text(client, f"/log?account={account.pk}", headers=HTMX)
    for path in (f"/tasks/{made.pk}/completion", f"/log?account={account.pk}"):
        assert client.post(path, {"type": "note"}).status_code == 403


@pytest.mark.parametrize("path", ["/tasks", "/notifications", "/tasks/new", "/tasks?which=done"])
def test_an_empty_page_says_what_will_be_here(signed_in: SignedIn, path: str) -> None:
    assert 'class="state"' in text(signed_in("rosa"), path)
