"""The worthiness gate: who is no prospect, and why. One SQL expression answers for one carrier and for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction

from headhaul.carriers.choices import Gate
from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import Carrier, CarrierOverride, Signal, SignalDay
from headhaul.carriers.selectors.written import first
from headhaul.carriers.services import tallies
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from headhaul.kernel.places import STATE_CODES, US_BUT_NOWHERE

_US = ", ".join(f"'{code}'" for code in ("", *STATE_CODES, *sorted(US_BUT_NOWHERE)))

# What stands against carriers, by DOT number; `g` is joined to the carrier `c`. %(day)s is the day of judgement.
BLOCKS = """
left join (
    select dot_number, bit_or(bit) as bits from (
        select dot_number, 2 as bit from carriers_outofserviceorder
        where ordered_on <= %(day)s and (rescinded_on is null or rescinded_on > %(day)s)
        union all
        select dot_number, 2 from carriers_carrierenrichment where allowed_to_operate = false
        union all
        select r.dot_number, 4 from carriers_revocation r join carriers_carrier k using (dot_number)
        where r.effective_on <= %(day)s and r.authority not like '%%BROKER%%' and k.authorized_for_hire
        and not (k.source_date >= r.effective_on and k.dockets like '%%:A%%')
        and not exists (
            select 1 from carriers_authority a where a.dot_number = r.dot_number and a.as_of >= r.effective_on
            and 'A' in (a.common, a.contract))
        union all
        select a.dot_number, 4 from carriers_authority a join carriers_carrier k using (dot_number)
        where k.authorized_for_hire
        group by a.dot_number
        having bool_and('A' not in (a.common, a.contract)) and bool_or('I' in (a.common, a.contract))
        union all
        select i.dot_number, 8 from carriers_insurancefiling i join carriers_carrier k using (dot_number)
        where i.kind = 'bipd' and k.authorized_for_hire
        and (i.on_file_dollars < i.required_dollars
             or i.cancels_on <= %(day)s::date + 30 and not exists (
                select 1 from carriers_insurancefiling j
                where j.dot_number = i.dot_number and j.kind = 'bipd' and j.id <> i.id and j.as_of >= i.as_of
                and j.on_file_dollars > 0 and (j.cancels_on is null or j.cancels_on > %(day)s::date + 30)))
    ) b group by dot_number
) g on g.dot_number = c.dot_number
left join (
    select dot_number, max(as_of) as seen_on from carriers_authority
    where 'A' in (common, contract) group by dot_number
) h on h.dot_number = c.dot_number
left join (
    select distinct dot_number from carriers_carrieroverride
    where removed_at is null and (expires_at is null or expires_at > %(at)s)
) o on o.dot_number = c.dot_number
"""

MASK_BEFORE_OVERRIDE = f"""
(case when c.status_code in ('A', '') then 0 else {1 << Gate.INACTIVE} end)
| coalesce(g.bits, 0)
| (case when c.safety_rating like 'U%%' then {1 << Gate.UNSATISFACTORY} else 0 end)
| (case when c.entity_types = '' or c.entity_types ~ '(^|[;/ ])(C|CARRIER)([;/ ]|$)' then 0
        else {1 << Gate.NOT_A_CARRIER} end)
| (case when c.phy_country not in ('', 'US', 'USA') or c.phy_state not in ({_US}) then {1 << Gate.FOREIGN} else 0 end)
| (case when c.authorized_for_hire and c.dockets ~ ':[A-Z]' and c.dockets !~ ':[AP]'
        and (h.seen_on is null or h.seen_on < c.source_date) then {1 << Gate.AUTHORITY_INACTIVE} else 0 end)
"""
MASK = f"(case when o.dot_number is null then {MASK_BEFORE_OVERRIDE} else 0 end)"

WORDS = {
    Gate.INACTIVE: "The USDOT number is not active.",
    Gate.OUT_OF_SERVICE: "FMCSA does not allow it to operate: an out-of-service order is in force.",
    Gate.AUTHORITY_REVOKED: "It carries for hire and its operating authority is revoked or inactive.",
    Gate.INSURANCE_LAPSED: "The liability insurance on file is less than required, or cancelled by 30 days from now.",
    Gate.UNSATISFACTORY: "Its safety rating is unsatisfactory.",
    Gate.NOT_A_CARRIER: "It is registered, but not as a motor carrier.",
    Gate.FOREIGN: "It is based outside the United States.",
    Gate.AUTHORITY_INACTIVE: "Operating authority inactive: it carries for hire, and its dockets are inactive",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a carrier is a prospect. With an override the reasons stay, and count no more."""

    is_worthy: bool
    gates: tuple[Gate, ...]
    override: CarrierOverride | None = None
    census_day: date | None = None

    @property
    def reasons(self) -> list[str]:
        """A sentence for each thing that stands against it."""
        return [self.words(gate) for gate in self.gates]

    def words(self, gate: Gate) -> str:
        """The sentence of a gate, with source and day where the census itself is the witness."""
        if gate != Gate.AUTHORITY_INACTIVE:
            return WORDS[gate]
        return f"{WORDS[gate]} (Company Census File, {self.census_day})."


def worthiness(*, dot_number: int, at: datetime) -> Verdict:
    """The verdict on one carrier, now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {MASK_BEFORE_OVERRIDE}, c.source_date "
            f"from carriers_carrier c {BLOCKS} where c.dot_number = %(dot)s",
            {"dot": dot_number, "day": at.date(), "at": at},
        )
        found = cursor.fetchone()
    if found is None:
        raise CarrierNotFound(f"There is no carrier with USDOT number {dot_number} in the census that was imported.")
    gates = gates_of(found[0])
    override = override_in_force(dot_number=dot_number, at=at)
    return Verdict(not gates or override is not None, gates, override, census_day=found[1])


def judge_again(*, dot_numbers: list[int], day: date, at: datetime) -> None:
    """Let facts that came after the day's signals were computed open or close the gate of these carriers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            update carriers_signal s set gate_mask = m.mask
            from (select c.dot_number, {MASK} as mask from carriers_carrier c {BLOCKS}
                  where c.dot_number = any(%(dots)s)) m
            where s.day = %(day)s and s.dot_number = m.dot_number and s.gate_mask <> m.mask
            """,
            {"dots": dot_numbers, "day": day, "at": at},
        )
        if cursor.rowcount:
            tallies.refresh(changed=day)


def gates_of(mask: int) -> tuple[Gate, ...]:
    """The gates of a mask."""
    return tuple(gate for gate in Gate if mask >> gate & 1)


def gate_code(gate: Gate) -> str:
    """The wire word of a gate."""
    return gate.name.lower()


def override_in_force(*, dot_number: int, at: datetime) -> CarrierOverride | None:
    """The override of a carrier that counts now."""
    found = first(CarrierOverride, "dot_number = %s and removed_at is null", [dot_number])
    return found if found and (found.expires_at is None or found.expires_at > at) else None


def override(*, dot_number: int, reason: str, expires_on: date | None, by: Actor, at: datetime) -> CarrierOverride:
    """Declare a carrier a prospect although the gate says no; its current signal follows at once."""
    reason = reason.strip()
    if not reason:
        raise InvalidData("Say why this carrier is a prospect all the same.", fields={"reason": "may not be blank"})
    if expires_on is not None and expires_on <= at.date():
        raise InvalidData("The override would end before it begins.", fields={"expiresOn": "a day from tomorrow on"})
    if not Carrier.objects.filter(pk=dot_number).exists():
        raise CarrierNotFound(f"There is no carrier with USDOT number {dot_number} in the census that was imported.")
    expires_at = datetime.combine(expires_on, time(), tzinfo=at.tzinfo) if expires_on else None
    with transaction.atomic():
        existing = CarrierOverride.objects.select_for_update().filter(dot_number=dot_number, removed_at=None).first()
        if existing and (existing.expires_at is None or existing.expires_at > at):
            raise Conflict("There is an override already. Remove it first to give another reason or day.")
        if existing:
            existing.removed_at, existing.removed_by = existing.expires_at, "expired"
            existing.save()
        made = CarrierOverride.objects.create(
            dot_number=dot_number, reason=reason, expires_at=expires_at, created_at=at, created_by=by.label
        )
        _refresh_signal(dot_number, at)
    return made


def remove_override(*, dot_number: int, by: Actor, at: datetime) -> CarrierOverride:
    """End an override; the gate counts again."""
    with transaction.atomic():
        found = CarrierOverride.objects.select_for_update().filter(dot_number=dot_number, removed_at=None).first()
        if found is None:
            raise NotFound("This carrier has no override.")
        found.removed_at, found.removed_by = at, by.label
        found.save()
        _refresh_signal(dot_number, at)
    return found


def _refresh_signal(dot_number: int, at: datetime) -> None:
    day = SignalDay.objects.filter(is_current=True).values_list("day", flat=True).first()
    verdict = worthiness(dot_number=dot_number, at=at)
    mask: Any = 0 if verdict.is_worthy else sum(1 << gate for gate in verdict.gates)
    if day is not None:
        Signal.objects.filter(day=day, dot_number=dot_number).update(gate_mask=mask)
        tallies.refresh(changed=day)
