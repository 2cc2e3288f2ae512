"""Actions for tests alone: one of each kind, with faults on demand. Registered while a test uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from headhaul.kernel import Call, Conflict, Payload, Recipient, Result, Role, action
from headhaul.kernel import actions as kernel
from headhaul.security.models import User


class Rename(Payload):
    """What the sample write takes: a user's new name, and a fault to run into afterwards."""

    user_id: int
    name: str = ""
    fault: str = ""


class Named(Result):
    """What the samples give."""

    name: str


SENT = "What was said is said."


def _rename(call: Call, data: Rename) -> Named:
    """Renames a user, then fails if asked to."""
    User.objects.filter(pk=data.user_id).update(name=data.name)
    if data.fault:
        _fail(data.fault)
    return Named(name=data.name)


def _fail(kind: str) -> None:
    statements = {
        "out of range": "SELECT 99999999999::int",
        "duplicate": "INSERT INTO security_user SELECT * FROM security_user LIMIT 1",
        "contradiction": "UPDATE security_user SET role = 'emperor'",
        "crossed": "SELECT nextval('sample_tries'); SELECT FROM security_user WHERE email LIKE 'max@%' FOR UPDATE",
        "deadlock": "SELECT nextval('sample_tries'); DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$",
        "timeout": "SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)",
    }
    if kind == "conflict":
        raise Conflict("Somebody was first.")
    if kind == "bug":
        raise ZeroDivisionError("a bug")
    with connection.cursor() as cursor:
        cursor.execute(statements[kind])


def _read(call: Call, data: Rename) -> Named:
    """Reads a user's name."""
    if data.fault:
        _fail(data.fault)
    return Named(name=User.objects.values_list("name", flat=True).get(pk=data.user_id))


def _ask_outside(call: Call, data: Rename) -> str:
    """What a server says: its word, and whether a transaction had to wait for it."""
    if data.fault:
        _fail(data.fault)
    return f"{data.name}, {'waited for' if connection.in_atomic_block else 'alone'}"


def _keep_word(call: Call, data: Rename) -> Named:
    """Keeps what was said outside."""
    assert connection.in_atomic_block
    User.objects.filter(pk=data.user_id).update(name=call.learnt)
    return Named(name=call.learnt)


def _recipient(call: Call, data: Rename) -> Recipient:
    return Recipient(channel="email", address="driver@example.com")


_declaring = threading.Lock()


@contextmanager
def sample_actions() -> Iterator[None]:
    """`sampleRead`, `sampleWrite`, `sampleSend`, `sampleAsk` and `sampleSecret` exist inside."""
    before = dict(kernel._registry)
    with _declaring:
        action("sampleRead", reply="sampleRead", role=Role.VIEWER)(_read)
        action(
            "sampleWrite",
            reply="sampleWritten",
            role=Role.REP,
            writes=True,
            target=lambda given, result: ("user", str(given.user_id)),
            undo="sampleWrite",
        )(_rename)
        action("sampleSend", reply="sampleSent", role=Role.REP, writes=True, recipient=_recipient, final=SENT)(_rename)
        action("sampleAsk", reply="sampleAsked", role=Role.REP, writes=True, final=SENT, ahead=_ask_outside)(_keep_word)
        action("sampleSecret", reply="sampleTold", role=Role.REP, writes=True, secret=True, final=SENT)(_rename)
    try:
        yield
    finally:
        kernel._registry.clear()
        kernel._registry.update(before)
