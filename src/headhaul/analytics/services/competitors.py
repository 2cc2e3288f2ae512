"""Writing what is known of competitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.analytics.models import Competitor, CompetitorIntel, CompetitorIntelChange, CompetitorName
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, StaleVersion

FACTS = ("region", "offerings", "pricing_notes", "source_url")


class NameIsTaken(Conflict):
    """Another competitor has this name."""

    code = "name_is_taken"


class IntelIsThere(Conflict):
    """There is a row for this competitor and region."""

    code = "intel_is_there"


class StaleIntel(StaleVersion):
    """Somebody changed it since it was read."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it is now, and what it held before, by wire name; None: it was not there."""

    row: CompetitorIntel
    before: dict[str, Any] | None


def key_of(name: str) -> str:
    """A name as deals are found by it."""
    return name.strip().lower()


def save(*, intel_id: int | None, version: int | None, values: Mapping[str, Any], at: datetime, by: Actor) -> Saved:
    """Write what is known, new or changed; what was known before is kept."""
    given = {name: value for name, value in values.items() if value is not None}
    if intel_id is None:
        return Saved(_create(given, at=at, by=by), None)
    row = lock(intel_id, version=version)
    before = _renamed(row.competitor, given, at=at)
    facts = {name: given[name] for name in FACTS if name in given and getattr(row, name) != given[name]}
    if "region" in facts:
        _check_free(row.competitor, facts["region"], but=row.pk)
    if not facts and not before:
        return Saved(row, {})
    row.version, row.updated_at, row.updated_by_id = row.version + 1, at, by.user_id
    told = {name: (before[name], given[name]) for name in before if name != "alsoCalled"}
    for name, value in facts.items():
        told[name] = (getattr(row, name), value)
        before[_WIRE[name]] = getattr(row, name)
        setattr(row, name, value)
    row.save()
    _write_history(row, told, at=at, by=by)
    return Saved(row, before)


def remove(*, intel_id: int, version: int | None, at: datetime, by: Actor) -> CompetitorIntel:
    """Take a row away. The competitor stays as long as there is another, or as deals name it."""
    row = lock(intel_id, version=version)
    row.removed_at, row.updated_at, row.updated_by_id, row.version = at, at, by.user_id, row.version + 1
    row.save()
    if not row.competitor.intel.filter(removed_at__isnull=True).exists():
        Competitor.objects.filter(pk=row.competitor_id).update(removed_at=at, updated_at=at)
    return row


def restore(*, intel_id: int, version: int | None, at: datetime, by: Actor) -> CompetitorIntel:
    """Bring it back, unless there is another one for the region since."""
    row = lock(intel_id, version=version, removed=True)
    _check_free(row.competitor, row.region, but=row.pk)
    same = Competitor.objects.filter(name__iexact=row.competitor.name, removed_at__isnull=True)
    if same.exclude(pk=row.competitor_id).exists():
        raise NameIsTaken(f"Another {row.competitor.name} was entered since. Change that one.")
    Competitor.objects.filter(pk=row.competitor_id).update(removed_at=None, updated_at=at)
    row.removed_at, row.updated_at, row.updated_by_id, row.version = None, at, by.user_id, row.version + 1
    row.save()
    return row


def lock(intel_id: int, *, version: int | None = None, removed: bool = False) -> CompetitorIntel:
    """The row, held until the transaction ends."""
    rows = CompetitorIntel.objects.select_for_update(of=("self",)).select_related("competitor")
    row = rows.filter(pk=intel_id, removed_at__isnull=not removed).first()
    if row is None:
        raise NotFound(f"There is no intel {intel_id}.", fields={"intelId": "one of getCompetitorIntel"})
    if version is not None and row.version != version:
        raise StaleIntel(
            f"What is known of {row.competitor.name} was changed meanwhile. Look at it again, then repeat your change.",
            current=row.version,
        )
    return row


def named(name: str, *, at: datetime, by: Actor) -> Competitor:
    """The competitor of this name, made when there is none."""
    key = key_of(name)
    known = CompetitorName.objects.select_related("competitor").filter(key=key).first()
    if known is not None:
        if known.competitor.removed_at is not None:
            Competitor.objects.filter(pk=known.competitor_id).update(removed_at=None, updated_at=at)
        return known.competitor
    made = Competitor.objects.create(name=name.strip(), created_at=at, created_by_id=by.user_id, updated_at=at)
    CompetitorName.objects.create(key=key, competitor=made)
    return made


_WIRE = {"region": "region", "offerings": "offerings", "pricing_notes": "pricingNotes", "source_url": "sourceUrl"}


def _create(given: Mapping[str, Any], *, at: datetime, by: Actor) -> CompetitorIntel:
    if not given.get("competitor"):
        raise InvalidData("Say of whom it is known.", fields={"competitor": "the competitor's name"})
    if not any(given.get(name) for name in FACTS if name != "region"):
        raise InvalidData(
            "Say what is known: what they offer, what it costs, or where it stands.",
            fields={"offerings": "at least one of offerings, pricingNotes and sourceUrl"},
        )
    competitor = named(given["competitor"], at=at, by=by)
    _check_free(competitor, given.get("region", ""))
    if "also_called" in given:
        _call(competitor, given["also_called"])
    row = CompetitorIntel.objects.create(
        competitor=competitor,
        created_at=at,
        updated_at=at,
        updated_by_id=by.user_id,
        **{name: given.get(name, "") for name in FACTS},
    )
    _write_history(row, {name: ("", getattr(row, name)) for name in FACTS if getattr(row, name)}, at=at, by=by)
    return row


def _renamed(competitor: Competitor, given: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Take over another name and other spellings; what was before, by wire name."""
    before: dict[str, Any] = {}
    name = given.get("competitor")
    called = _also_called(competitor)
    if name and name != competitor.name:
        before["competitor"] = competitor.name
        _take(competitor, [key_of(name)])
        competitor.name, competitor.updated_at = name, at
        competitor.version += 1
        competitor.save()
    wanted = given.get("also_called")
    if wanted is not None and sorted(map(key_of, wanted)) != called:
        before["alsoCalled"] = called
        _call(competitor, wanted)
    return before


def _also_called(competitor: Competitor) -> list[str]:
    return sorted(set(competitor.names.values_list("key", flat=True)) - {key_of(competitor.name)})


def _call(competitor: Competitor, names: Sequence[str]) -> None:
    keys = {key_of(name) for name in names} | {key_of(competitor.name)}
    competitor.names.exclude(key__in=keys).delete()
    _take(competitor, sorted(keys))


def _take(competitor: Competitor, keys: Sequence[str]) -> None:
    taken = CompetitorName.objects.filter(key__in=keys).exclude(competitor=competitor).select_related("competitor")
    other = taken.first()
    if other is not None:
        raise NameIsTaken(
            f"{other.competitor.name} is written as “{other.key}” already.",
            fields={"competitor": "a name that no other competitor has"},
        )
    CompetitorName.objects.bulk_create(
        [CompetitorName(key=key, competitor=competitor) for key in keys], ignore_conflicts=True
    )


def _check_free(competitor: Competitor, region: str, *, but: int | None = None) -> None:
    others = competitor.intel.filter(region=region, removed_at__isnull=True)
    there = (others if but is None else others.exclude(pk=but)).first()
    if there is not None:
        raise IntelIsThere(
            f"Of {competitor.name} there is a note for this region already: change number {there.pk}.",
            fields={"region": "another region, or intelId of the note that is there"},
        )


def _write_history(row: CompetitorIntel, told: Mapping[str, tuple[Any, Any]], *, at: datetime, by: Actor) -> None:
    CompetitorIntelChange.objects.bulk_create(
        CompetitorIntelChange(
            intel=row, version=row.version, field=name, old=str(old), new=str(new), at=at, by_id=by.user_id
        )
        for name, (old, new) in told.items()
    )
