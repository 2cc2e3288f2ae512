"""What merges and imports keep of a person so that they can be taken back: shown with the rest, forgotten with it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import ImportedRecord, MergeRecord
from headhaul.accounts.ports.people import Person
from headhaul.accounts.selectors.merged import former_ids

CONTACT = MergeEntity.CONTACT.value
_EMPTY_ROWS = """
update accounts_importrowerror set cells = '[]', problems = '[]', value = '', reason = %(said)s
where exists (select 1 from unnest(%(emails)s::text[]) a where position(lower(a) in lower(cells::text)) > 0)
   or exists (select 1 from unnest(%(numbers)s::text[]) n
              where position(n in regexp_replace(cells::text, '[^0-9]', '', 'g')) > 0)
"""


class PersonalCopies:
    """Rows of merged contacts, values before and after an import, refused rows that carry an address of theirs."""

    part = "copies"

    def export(self, person: Person) -> Any:
        """The copies as they are kept."""
        merges, imported = _merges(person), _imported(person)
        return {
            "merges": list(merges.values("id", "merged_at", "before", "losers")),
            "imports": list(imported.values("run__file_name", "row", "before", "after")),
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Drop them. Such a merge cannot be taken apart any more, and undoing the import leaves the contact alone."""
        dropped = _imported(person).delete()[0] + _merges(person).delete()[0]
        emails = [address for address in person.addresses if "@" in address]
        numbers = [re.sub(r"\D", "", each)[-10:] for each in person.addresses if "@" not in each]
        with connection.cursor() as cursor:
            said = "The row named somebody who asked to be forgotten."
            cursor.execute(_EMPTY_ROWS, {"said": said, "emails": emails, "numbers": [n for n in numbers if len(n) > 6]})
            return dropped + int(cursor.rowcount)


def _merges(person: Person) -> QuerySet[MergeRecord]:
    concerned = Q()
    for key in _ids(person):
        concerned |= Q(winner_id=key) | Q(loser_ids__contains=[key])
    return MergeRecord.objects.filter(concerned, entity=CONTACT).order_by("pk")


def _imported(person: Person) -> QuerySet[ImportedRecord]:
    return ImportedRecord.objects.filter(entity=CONTACT, record_id__in=_ids(person)).order_by("pk")


def _ids(person: Person) -> list[int]:
    return [person.contact_id, *former_ids(entity=MergeEntity.CONTACT, record_id=person.contact_id)]
