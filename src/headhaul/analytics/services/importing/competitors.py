"""Importing what is known of competitors: a row is told by the competitor and the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from headhaul.accounts.choices import REGION_NAMES
from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Problem, Rules, Session
from headhaul.accounts.regions import region_of
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.sessions import Record, RecordSession, Refusal
from headhaul.analytics.models import CompetitorIntel, CompetitorIntelChange, CompetitorName
from headhaul.analytics.schemas.competitors import Address
from headhaul.analytics.services import competitors
from headhaul.kernel.places import STATES

KEY = MatchKey("competitor", "Competitor and region", ("competitor",))
_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
_FACTS = {"region": "region", "offerings": "offerings", "pricingNotes": "pricing_notes", "sourceUrl": "source_url"}
_ANYWHERE = {"any": "", "all": "", "everywhere": "", "national": "", "us": "", "usa": ""}
_STATES = {code.lower(): region_of(code) for code in STATES}


class CompetitorIntelSession(RecordSession):
    """An import of notes about competitors."""

    entity, one = "competitorIntel", "note about a competitor"

    def load(self, rows: Sequence[ImportRow]) -> None:
        """The notes about the competitors that the rows name."""
        called = {competitors.key_of(str(row.values.get("competitor") or "")) for row in rows}
        ids = CompetitorName.objects.filter(key__in=called).values_list("competitor_id", flat=True)
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        found = CompetitorIntel.objects.filter(removed_at__isnull=True)
        found = found.filter(competitor_id__in=list(ids)) | found.filter(pk__in=known.values())
        reading = found.select_for_update(of=("self",)) if self.rules.writes else found
        for row in reading.select_related("competitor"):
            if row.pk not in self.records:
                facts = {name: getattr(row, name) for name in _FACTS.values()}
                self.put(Record(row.pk, row.version, {"competitor": row.competitor.name, **facts}))
        self.know_names(known)

    def key_of(self, key: str, row: ImportRow) -> Any:
        """The competitor and the region."""
        if key != KEY.key:
            return row.values.get(key) or None
        name = competitors.key_of(str(row.values.get("competitor") or ""))
        return (self._canonical(name), row.values.get("region") or "") if name else None

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under the competitor and the region."""
        name = competitors.key_of(record.get("competitor"))
        yield KEY.key, (self._canonical(name), record.get("region") or "")

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """One note for a competitor and a region."""
        return False

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values; an address has to be https."""
        given = {_FACTS[name]: value or "" for name, value in row.values.items() if name in _FACTS}
        if given.get("source_url"):
            try:
                given["source_url"] = _ADDRESS.validate_python(given["source_url"])
            except ValidationError as fault:
                told = "is no https address, for example https://example.com/prices"
                raise Refusal(Problem("sourceUrl", str(given["source_url"]), told)) from fault
        if record is not None:
            return given
        empty = dict.fromkeys(_FACTS.values(), "")
        return {**empty, **given, "competitor": str(row.values.get("competitor") or "").strip()}

    def check_new(self, values: Mapping[str, Any]) -> None:
        """It says of whom it is known."""
        if not values.get("competitor"):
            raise Refusal(Problem("competitor", "", "a note needs the competitor's name"))
        if len(values["competitor"]) > 120:
            raise Refusal(Problem("competitor", values["competitor"][:80], "is longer than 120 characters"))

    def name_of(self, record: Record) -> str:
        """The competitor."""
        return str(record.get("competitor"))

    def write(self) -> None:
        """The competitors that are new, the notes, and their history."""
        made = []
        for record in self.made:
            facts = {name: record.get(name) or "" for name in _FACTS.values()}
            row = CompetitorIntel(
                competitor=competitors.named(record.get("competitor"), at=self.at, by=self.rules.by),
                created_at=self.at,
                updated_at=self.at,
                updated_by_id=self.rules.by.user_id,
                **facts,
            )
            made.append(row)
        CompetitorIntel.objects.bulk_create(made)
        self.take_ids([row.pk for row in made])
        changes = [(row.pk, 1, name, "", getattr(row, name)) for row in made for name in _FACTS.values()]
        for record in self.changed:
            facts = {name: record.get(name) or "" for name in _FACTS.values()}
            stamped = {"version": record.version, "updated_at": self.at, "updated_by_id": self.rules.by.user_id}
            CompetitorIntel.objects.filter(pk=record.id).update(**facts, **stamped)
            changes += [(record.id, record.version, name, old, facts[name]) for name, old in record.was.items()]
        CompetitorIntelChange.objects.bulk_create(
            CompetitorIntelChange(
                intel_id=key, version=version, field=name, old=old or "", new=new, at=self.at,
                by_id=self.rules.by.user_id,
            )
            for key, version, name, old, new in changes if (old or "") != new
        )  # fmt: skip

    def _canonical(self, name: str) -> str:
        """The same for every name of a competitor."""
        known = CompetitorName.objects.filter(key=name).values_list("competitor_id", flat=True).first()
        return f"c{known}" if known is not None else name


class CompetitorIntelImporter:
    """Competitor intel as something to import."""

    key, label = "competitorIntel", "Competitor intel"
    match_keys: Sequence[MatchKey] = (KEY,)

    def fields(self) -> list[ImportField]:
        """The fields of a note."""
        return [
            ImportField("competitor", "Competitor", synonyms=("competitor name", "competitor_name", "name")),
            ImportField(
                "region", "Region", Kind.CHOICE, synonyms=("territory", "state"), choices=REGION_NAMES,
                aliases=_ANYWHERE | _STATES,
            ),
            ImportField("offerings", "What they offer", Kind.LONG_TEXT, synonyms=("offerings",), longest=10_000),
            ImportField(
                "pricingNotes", "Pricing", Kind.LONG_TEXT, synonyms=("pricing notes", "pricing_notes", "price"),
                longest=10_000,
            ),
            ImportField("sourceUrl", "Source", synonyms=("source url", "source_url", "link", "url"), longest=2_000),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """It is told by its competitor."""
        return "" if {"competitor", "externalId"} & set(given) else "Say which column is the competitor."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return CompetitorIntelSession(rules)


class CompetitorIntelKeeper(ModelKeeper):
    """Notes about competitors."""

    entity, model = "competitorIntel", CompetitorIntel
    beside = frozenset({"analytics.CompetitorIntelChange"})
