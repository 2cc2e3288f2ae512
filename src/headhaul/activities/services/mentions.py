"""Colleagues named in a text: @Name or @[id]. Who was meant is kept by id, the text by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from headhaul.activities.choices import NotificationKind
from headhaul.activities.schemas.common import LONGEST_BODY, Named, Told
from headhaul.activities.selectors.colleagues import sees
from headhaul.activities.services import notifying, people
from headhaul.kernel import Actor, InvalidData
from headhaul.security.models import User

MOST = 50

_AT = re.compile(r"(?<![\w@.])@(?:\[(\d{1,18})\]|([^\W\d_][\w'’-]*))")  # not the one inside an e-mail address


@dataclass(slots=True)
class Meant:
    """The text with every @[id] as @Name, who is meant by it, and which names fit nobody or several."""

    text: str
    users: dict[int, User] = field(default_factory=dict)
    unclear: list[Told] = field(default_factory=list)


def read(text: str) -> Meant:
    """Find who is named. Costs nothing for a text without an @."""
    found = list(_AT.finditer(text)) if "@" in text else []
    if not found:
        return Meant(text)
    if len(found) > MOST:
        raise InvalidData(f"A text can name {MOST} colleagues at most.", fields={"body": f"{len(found)} names"})
    by_id = people.active(int(match[1]) for match in found if match[1])
    by_name = _named(match[2] for match in found if match[2])
    meant = Meant(text)
    for match in found:
        if match[1]:
            _take(meant, [by_id[int(match[1])]] if int(match[1]) in by_id else [], match[0])
        else:
            _take(meant, _longest(text[match.start() + 1 :], by_name), f"@{match[2]}")
    meant.text = _AT.sub(lambda match: _written(match, by_id), text)
    if len(meant.text) > LONGEST_BODY:
        raise InvalidData(f"With names written out the text is over {LONGEST_BODY:,} characters.", fields={"body": ""})
    return meant


def tell(
    *, meant: Meant, before: Iterable[int], activity_id: int, account: Named, subject: str, at: datetime, by: Actor
) -> list[Told]:
    """Tell those who are newly named and may see the account; the writer learns who was told and who was not."""
    told, known = list(meant.unclear), set(before)
    for user_id, user in meant.users.items():
        if user_id in known or user_id == by.user_id:
            continue
        if not sees(user, account_id=account.id):
            why = f"does not see {account.name}"
            told.append(Told(id=user_id, name=user.get_full_name(), is_notified=False, reason=why))
            continue
        about = f": {subject}" if subject else ""
        notifying.notify(
            user_ids=[user_id],
            kind=NotificationKind.MENTION,
            text=f"{by.label} mentioned you at {account.name}{about}",
            at=at,
            account_id=account.id,
            activity_id=activity_id,
            key=f"mention:{activity_id}",
        )
        told.append(Told(id=user_id, name=user.get_full_name(), is_notified=True))
    return told


def _named(words: Iterable[str]) -> list[User]:
    """Everybody whose name begins with one of the words."""
    begins = Q()
    for word in set(words):
        begins |= Q(name__istartswith=word)
    if not begins:
        return []
    return [user for user in User.objects.filter(begins, is_active=True) if user.effective_role is not None]


def _longest(text: str, users: list[User]) -> list[User]:
    """Who is meant by the text after an @: by the whole name, the longest first; otherwise by the first name."""
    low = text.casefold()
    whole = [user for user in users if _begins(low, user.name.casefold())]
    if whole:
        most = max(len(user.name) for user in whole)
        return [user for user in whole if len(user.name) == most]
    return [user for user in users if _begins(low, user.name.split()[0].casefold())]


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _take(meant: Meant, users: list[User], said: str) -> None:
    if len(users) == 1:
        meant.users[users[0].pk] = users[0]
        return
    several = " or ".join(user.get_full_name() for user in users[:4])
    why = f"could be {several}: write the whole name" if users else "is nobody who works here"
    meant.unclear.append(Told(id=None, name=said, is_notified=False, reason=why))


def _written(match: re.Match[str], by_id: dict[int, User]) -> str:
    user = by_id.get(int(match[1])) if match[1] else None
    return match[0] if user is None else f"@{user.get_full_name()}"
