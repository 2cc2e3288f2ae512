"""Who is to be called: added by hand, from lists, or by the call step of a sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.lists import kind_of
from headhaul.accounts.schemas.lists import ContactFilters
from headhaul.accounts.selectors import views
from headhaul.accounts.selectors.lists import contacts, stored
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import visible
from headhaul.compliance.selectors import crowds
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.outreach.choices import CampaignState, TargetState
from headhaul.outreach.models import CallCampaign, CallTarget, Enrolment
from headhaul.outreach.schemas.calls import MOST_TARGETS, AddCallTargets, Barred, NotAdded
from headhaul.outreach.selectors.calls import waiting
from headhaul.outreach.selectors.calls.people import NUMBER
from headhaul.outreach.services.calling import campaigns
from headhaul.outreach.services.calling.campaigns import NotThisState
from headhaul.outreach.services.calling.taking import waiting_state

_WAYS = ("contact_ids", "view_id", "contact_filters")
_PEOPLE = f"""
select c.id, c.name, c.account_id, c.has_left, c.erased_at is not null as is_erased,
       coalesce(s.score_hundredths, 0) as score_hundredths, {{why_not}} as barred,
       exists (select from outreach_calltarget t where t.contact_id = c.id and t.campaign_id = %s
               and (t.enrolment_id is null or t.state in ('queued', 'callback', 'taken'))) as is_in
from accounts_contact c join accounts_account a on a.id = c.account_id
left join accounts_accountscore s on s.account_id = a.id {NUMBER}
where {{where}} order by c.id
"""
_MATCHING = f"select c.id from {contacts.FROM} where {{where}} order by c.id limit {MOST_TARGETS + 1}"


@dataclass(frozen=True, slots=True)
class Added:
    """Who was added by contact, how many of them cannot be called as things stand, and why the others were not."""

    campaign: CallCampaign
    contact_ids: list[int]
    not_added: list[NotAdded]
    barred: list[Barred]


def add(*, asked: AddCallTargets, at: datetime, by: Actor) -> Added:
    """Add people once each. Whoever cannot be called at all is told by name and reason."""
    campaign = campaigns.lock(asked.call_campaign_id)
    if campaign.state == CampaignState.FINISHED:
        raise NotThisState(f"{campaign.name} is finished. Open it again first.", fields={"callCampaignId": "finished"})
    wanted = _chosen(asked, at=at, by=by)
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("c.id = any(%s)", wanted)
    why_not, parameters = crowds.why_not(at=at)
    sql = _PEOPLE.format(where=narrowed.where, why_not=why_not)
    known = {row["id"]: row for row in fetch(sql, [*parameters, campaign.pk, *narrowed.parameters])}
    added, refused = [], []
    for key in wanted:
        row = known.get(key)
        if reason := _reason(row):
            refused.append(NotAdded(contact_id=key, name=row["name"] if row else "", reason=reason))
        elif row:
            added.append(row)
    CallTarget.objects.bulk_create(
        (
            CallTarget(
                campaign=campaign, contact_id=row["id"], account_id=row["account_id"],
                score_hundredths=row["score_hundredths"], due_at=at, added_at=at, updated_at=at,
            )
            for row in added
        ),
        batch_size=1_000,
    )  # fmt: skip
    barred = Counter(row["barred"] for row in added if row["barred"])
    return Added(campaign, [row["id"] for row in added], refused, waiting.told(barred))


def remove(*, call_campaign_id: int, contact_ids: Sequence[int]) -> tuple[CallCampaign, list[int]]:
    """Take out those whom nobody has taken or called yet; whom that was. What a sequence asked for is its own."""
    campaign = campaigns.lock(call_campaign_id)
    gone = CallTarget.objects.select_for_update(of=("self",)).filter(
        campaign=campaign, contact_id__in=list(contact_ids), enrolment_id=None, state=TargetState.QUEUED, tries=0,
        calls=None,
    )  # fmt: skip
    found = dict(gone.values_list("pk", "contact_id"))
    CallTarget.objects.filter(pk__in=found).delete()
    return campaign, sorted(found.values())


def queue_step(
    *, enrolment: Enrolment, step_key: str, say: str = "", call_campaign_id: int | None = None, at: datetime
) -> CallTarget:
    """A call step of a sequence is due: an entry of its own, in the campaign it names or in the sequence's own.

    Whatever else waits for the same person stays as it is: another step's entry, a list's, somebody's lease. So does
    one that this step has had before, unless it was called off: then it waits again, a promised call-back as promised.
    """
    campaign = (
        CallCampaign.objects.filter(pk=call_campaign_id).first() if call_campaign_id else None
    ) or campaigns.of_sequence(sequence=enrolment.sequence, at=at)
    known = of_step(enrolment_id=enrolment.pk, step_key=step_key)
    if known is None:
        score = fetch(
            "select score_hundredths from accounts_accountscore where account_id = %s", [enrolment.account_id]
        )
        return CallTarget.objects.create(
            campaign=campaign, contact_id=enrolment.contact_id, account_id=enrolment.account_id,
            enrolment_id=enrolment.pk, step_key=step_key, say=say,
            score_hundredths=(score[0]["score_hundredths"] or 0) if score else 0,
            due_at=at, added_at=at, updated_at=at,
        )  # fmt: skip
    if known.state == TargetState.SKIPPED:
        known.state, known.campaign, known.say = waiting_state(known), campaign, say
        if known.state != TargetState.CALLBACK:
            known.due_at = max(known.due_at, at)
        known.updated_at = at
        known.save(update_fields=["state", "campaign", "say", "due_at", "updated_at"])
    return known


def of_step(*, enrolment_id: int, step_key: str) -> CallTarget | None:
    """The entry that a step has asked for, held until the transaction ends."""
    found = CallTarget.objects.select_for_update(of=("self",)).filter(enrolment_id=enrolment_id, step_key=step_key)
    return found.first()


def _chosen(asked: AddCallTargets, *, at: datetime, by: Actor) -> list[int]:
    given = [name for name in _WAYS if getattr(asked, name) is not None]
    if len(given) != 1:
        said = "Say who, in exactly one way: contactIds, viewId or contactFilters."
        raise InvalidData(said, fields={"contactIds": "or one of the others"})
    if asked.contact_ids is not None:
        return list(dict.fromkeys(asked.contact_ids))
    narrowed = contacts.narrow(_filters(asked, by=by), by=by, at=at)
    found = [row["id"] for row in fetch(_MATCHING.format(where=narrowed.where), narrowed.parameters)]
    if not found:
        raise NotFound("Nobody matches.", fields={given[0]: "nobody matches"})
    if len(found) > MOST_TARGETS:
        raise InvalidData(f"More than {MOST_TARGETS:,} match. Narrow it, and add them in parts.")
    return found


def _filters(asked: AddCallTargets, *, by: Actor) -> ContactFilters:
    kind, given = kind_of("contacts"), asked.contact_filters
    if asked.view_id is not None:
        view = views.one(view_id=asked.view_id, by=by)
        if view.entity != kind.entity:
            raise InvalidData("This view does not list contacts.", fields={"viewId": "a view of contacts"})
        given = view.filters
    filters = stored.strict(kind, dict(given or {}))
    if not isinstance(filters, ContactFilters):
        raise TypeError("the list of contacts is not filtered as contacts are")
    return filters


def _reason(row: dict[str, Any] | None) -> str:
    if row is None:
        return "There is no such contact, or it is not yours to see."
    if row["is_erased"]:
        return "Asked to be forgotten."
    if row["is_in"]:
        return "Is in this campaign already."
    if row["has_left"]:
        return "Has left the company."
    return "No usable telephone number." if row["barred"] == "no_number" else ""
