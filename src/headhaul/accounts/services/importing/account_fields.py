"""What columns of a file of accounts can be."""

from __future__ import annotations

from collections.abc import Iterable

from headhaul.accounts.choices import AccountSource, AccountStatus, CustomEntity, CustomKind
from headhaul.accounts.models import CustomField
from headhaul.accounts.ports.imports import ImportField, Kind, MatchKey
from headhaul.accounts.regions import NAMES
from headhaul.carriers.choices import Segment

GROUP = "Account"
EXTERNAL = ImportField(
    "externalId",
    "ID in the other system",
    group="Record",
    synonyms=("record id", "_id", "airtable id", "airtable record id", "external id"),
    hint="Kept, so that the next file updates the same records.",
)
_STATUSES = {status.value: status.label for status in AccountStatus}
_SEGMENTS = {segment.value: segment.label for segment in Segment}
_SOURCES = {source.value: source.label for source in AccountSource}

FIELDS = (
    ImportField(
        "name", "Name", group=GROUP,
        synonyms=("company", "company name", "carrier", "carrier name", "account", "account name", "organization",
                  "legal name", "business name", "fleet", "fleet name", "dba", "dba name", "motor carrier"),
    ),
    ImportField(
        "dotNumber", "USDOT number", Kind.DOT_NUMBER, GROUP,
        synonyms=("dot", "dot number", "usdot", "us dot", "us dot number", "carrier dot", "dot #", "usdot #",
                  "dot_number"),
    ),
    ImportField("status", "Status", Kind.CHOICE, GROUP, ("account status", "lead status"), _STATUSES,
                {"customer": "client", "active client": "client", "former customer": "former_client",
                 "churned": "former_client", "prospect": "prospecting", "lead": "target", "new": "target",
                 "disqualified": "not_a_fit", "do not pursue": "not_a_fit"}),
    ImportField("segment", "Fleet size class", Kind.CHOICE, GROUP, ("segment", "size class", "tier"), _SEGMENTS),
    ImportField("street", "Street", group=GROUP, synonyms=("address", "address 1", "street address", "phy street")),
    ImportField("city", "City", group=GROUP, synonyms=("town", "phy city", "billing city")),
    ImportField("state", "State", Kind.STATE, GROUP, ("st", "state code", "province", "phy state", "billing state")),
    ImportField("zip", "ZIP code", Kind.ZIP, GROUP, ("zip", "zipcode", "postal code", "postcode", "phy zip")),
    ImportField("region", "Region", Kind.CHOICE, GROUP, ("territory",), NAMES, hint="Follows from the state."),
    ImportField(
        "phone", "Phone", group=GROUP,
        synonyms=("telephone", "phone number", "company phone", "main phone", "business phone", "tel"),
    ),
    ImportField("email", "E-mail", group=GROUP, synonyms=("company email", "email address", "e mail", "general email")),
    ImportField("website", "Website", group=GROUP, synonyms=("web", "url", "web site", "homepage", "domain")),
    ImportField(
        "fleetSize", "Trucks", Kind.WHOLE, GROUP,
        ("fleet size", "power units", "trucks", "tractors", "number of trucks", "nbr power unit", "units"),
    ),
    ImportField("description", "Description", Kind.LONG_TEXT, GROUP, ("notes", "comments", "about", "remarks")),
    ImportField("timezone", "Time zone", Kind.ZONE, GROUP, ("timezone", "tz")),
    ImportField("owner", "Owner", Kind.USER, GROUP,
                ("account owner", "rep", "assigned to", "owner email", "owner_id", "sales rep", "salesperson")),
    ImportField("team", "Team", Kind.TEAM, GROUP, ("sales team",)),
    ImportField("tags", "Tags", Kind.WORDS, GROUP, ("tag", "labels", "label", "keywords", "categories")),
    ImportField("source", "Source", Kind.CHOICE, GROUP, ("lead source", "origin"), _SOURCES),
    ImportField("id", "Headhaul ID", Kind.WHOLE, "Record", ("headhaul id", "account id", "accountId")),
    EXTERNAL,
)  # fmt: skip
MATCH_KEYS = (
    MatchKey("id", "Headhaul ID", ("id",)),
    MatchKey("dotNumber", "USDOT number", ("dotNumber",)),
    MatchKey("domain", "Website's domain", ("website",)),
    MatchKey("phone", "Phone", ("phone",)),
    MatchKey("email", "E-mail", ("email",)),
    MatchKey("name", "Name (and state)", ("name",)),
)
_KINDS = {
    CustomKind.TEXT: Kind.TEXT, CustomKind.LONG_TEXT: Kind.LONG_TEXT, CustomKind.NUMBER: Kind.NUMBER,
    CustomKind.MONEY: Kind.MONEY, CustomKind.DATE: Kind.DATE, CustomKind.YES_NO: Kind.YES_NO,
    CustomKind.CHOICE: Kind.CHOICE, CustomKind.SEVERAL: Kind.SEVERAL, CustomKind.URL: Kind.TEXT,
}  # fmt: skip


def custom_fields(entity: CustomEntity, *, prefix: str = "custom.") -> list[ImportField]:
    """The firm's own fields of an entity."""
    found = CustomField.objects.filter(entity=entity, is_active=True).order_by("position", "pk")
    return [
        ImportField(
            f"{prefix}{field.key}",
            field.label,
            _KINDS[CustomKind(field.kind)],
            "Your own fields",
            (field.key,),
            {word: word for word in _words(field.choices)},
            longest=2_000,
            hint=field.help,
        )
        for field in found
    ]


def required_custom(entity: CustomEntity) -> dict[str, str]:
    """Labels by flat key of the firm's fields that a new record must have."""
    found = CustomField.objects.filter(entity=entity, is_active=True, is_required=True)
    return {f"custom.{field.key}": field.label for field in found}


def _words(choices: Iterable[object]) -> list[str]:
    return [str(each.get("value", "")) if isinstance(each, dict) else str(each) for each in choices]
