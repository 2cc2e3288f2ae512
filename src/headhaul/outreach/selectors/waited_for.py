"""For whom something of outreach waits: a step, a message, a call."""

from __future__ import annotations

from collections.abc import Sequence

from headhaul.accounts.selectors.pages import fetch
from headhaul.outreach.choices import LIVE_ENROLMENTS

_WAITED_FOR = """
select k.id from unnest(%s::bigint[]) k(id)
where exists (select from outreach_enrolment e where e.contact_id = k.id and e.state = any(%s))
   or exists (select from outreach_message m
              where m.contact_id = k.id and m.state in ('draft', 'queued', 'claimed'))
   or exists (select from outreach_calltarget t where t.contact_id = k.id and t.state in ('queued', 'callback'))
"""


def people_waited_for(contact_ids: Sequence[int]) -> set[int]:
    """Those among these contacts, in one query for however many."""
    live = sorted(str(state) for state in LIVE_ENROLMENTS)
    return {row["id"] for row in fetch(_WAITED_FOR, [list(contact_ids), live])}
