"""Who is being called at this moment, from whichever list: the same person is not called by two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from headhaul.accounts.selectors.pages import fetch

_LIVE = """
select t.id, t.contact_id, t.taken_by_id, t.taken_until, g.name as campaign,
       coalesce(nullif(u.name, ''), u.email, '') as by,
       array(select p.number from accounts_contactphone p
             where p.contact_id = t.contact_id and p.validity not in ('invalid', 'bounced')) as numbers
from outreach_calltarget t join outreach_callcampaign g on g.id = t.campaign_id
left join security_user u on u.id = t.taken_by_id
where t.state = 'taken' and t.taken_until > %s order by t.taken_until desc, t.id
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """Somebody whom a rep has taken, until when, and every number they may be rung at."""

    id: int
    contact_id: int
    taken_by_id: int | None
    taken_until: datetime
    campaign: str
    by: str
    numbers: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Leases:
    """All that are live."""

    live: Sequence[Lease]

    @classmethod
    def at(cls, at: datetime) -> Self:
        """Read them: as many as there are reps who call."""
        return cls([Lease(**row) for row in fetch(_LIVE, [at])])

    def elsewhere(self, *, target_id: int | None, contact_id: int, number: str) -> Lease | None:
        """Another entry by which this person, or somebody with this number, is being called."""
        others = (lease for lease in self.live if lease.id != target_id)
        return next((each for each in others if each.contact_id == contact_id or number in each.numbers), None)
