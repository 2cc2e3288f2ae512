"""What columns of a file of contacts can be."""

from __future__ import annotations

from headhaul.accounts.choices import BuyingRole, Channel, ContactRole
from headhaul.accounts.ports.imports import ImportField, Kind, MatchKey
from headhaul.accounts.services.importing.account_fields import EXTERNAL

GROUP, CONSENT = "Contact", "Consent"
_ROLES = {
    "ceo": "executive", "president": "executive", "vp": "executive", "coo": "executive", "director": "executive",
    "hr": "recruiting", "human resources": "recruiting", "recruiter": "recruiting", "recruitment": "recruiting",
    "driver recruiting": "recruiting", "fleet manager": "operations", "operations manager": "operations",
    "dispatcher": "dispatch", "safety director": "safety", "safety manager": "safety", "accounting": "finance",
    "cfo": "finance", "owner operator": "owner", "proprietor": "owner",
}  # fmt: skip
_CHANNELS = {"phone": "call", "calls": "call", "text": "sms", "texts": "sms", "mail": "email"}
SAID = {"opted_in": "Opted in", "opted_out": "Opted out", "unknown": "Not known"}
_SAID = {
    "yes": "opted_in", "true": "opted_in", "1": "opted_in", "granted": "opted_in", "subscribed": "opted_in",
    "consented": "opted_in", "opt in": "opted_in", "no": "opted_out", "false": "opted_out", "0": "opted_out",
    "denied": "opted_out", "revoked": "opted_out", "unsubscribed": "opted_out", "opt out": "opted_out",
    "do not contact": "opted_out", "dnc": "opted_out", "none": "unknown", "pending": "unknown",
}  # fmt: skip

FIELDS = (
    ImportField("name", "Name", group=GROUP, synonyms=("contact", "contact name", "full name", "person")),
    ImportField("firstName", "First name", group=GROUP, synonyms=("first", "given name", "forename")),
    ImportField("lastName", "Last name", group=GROUP, synonyms=("last", "surname", "family name")),
    ImportField("title", "Title", group=GROUP, synonyms=("job title", "position")),
    ImportField("role", "Role", Kind.CHOICE, GROUP, ("function", "department", "contact role"),
                {role.value: role.label for role in ContactRole}, _ROLES),
    ImportField("buyingRole", "Part in the decision", Kind.CHOICE, GROUP, ("buying role", "decision role"),
                {role.value: role.label for role in BuyingRole}),
    ImportField("isDecisionMaker", "Decides", Kind.YES_NO, GROUP, ("decision maker", "is decision maker", "dm")),
    ImportField("emails", "E-mail", Kind.EMAILS, GROUP,
                ("email", "email address", "emails", "e mail", "work email", "contact email", "business email")),
    ImportField("phones", "Phone", Kind.PHONES, GROUP,
                ("phone number", "telephone", "phones", "direct phone", "work phone", "contact phone", "tel")),
    ImportField("mobiles", "Mobile phone", Kind.PHONES, GROUP, ("mobile", "cell", "cell phone", "mobile number")),
    ImportField("preferredChannel", "Preferred channel", Kind.CHOICE, GROUP, ("preferred contact method",),
                {channel.value: channel.label for channel in Channel}, _CHANNELS),
    ImportField("timezone", "Time zone", Kind.ZONE, GROUP, ("timezone", "tz", "time zone")),
    ImportField("linkedin", "LinkedIn", group=GROUP, synonyms=("linkedin url", "linkedin profile")),
    ImportField("notes", "Notes", Kind.LONG_TEXT, GROUP, ("comments", "remarks", "contact notes")),
    ImportField("hasLeft", "Has left", Kind.YES_NO, GROUP, ("left company", "no longer there")),
    ImportField("consent", "Consent (any channel)", Kind.CHOICE, CONSENT, ("consent status", "consent"), SAID, _SAID,
                hint="Opted out closes every channel; opted in counts for e-mail alone."),
    ImportField("emailConsent", "E-mail consent", Kind.CHOICE, CONSENT, ("email opt in", "email consent status"), SAID,
                _SAID),
    ImportField("smsConsent", "Text message consent", Kind.CHOICE, CONSENT, ("sms opt in", "text consent"),
                SAID, _SAID),
    ImportField("callConsent", "Call consent", Kind.CHOICE, CONSENT, ("call opt in", "phone consent"), SAID, _SAID),
    ImportField("doNotContact", "Do not contact", Kind.YES_NO, CONSENT, ("dnc", "do not contact", "opted out")),
    ImportField("consentSource", "Where consent was given", group=CONSENT, synonyms=("consent source",)),
    ImportField("consentDate", "When consent was given", Kind.MOMENT, CONSENT, ("consent date", "opt in date")),
    ImportField("consentBasis", "Basis of consent", group=CONSENT, synonyms=("consent basis", "lawful basis")),
    ImportField("id", "Headhaul contact ID", Kind.WHOLE, "Record", ("contact id", "contactId")),
    EXTERNAL,
)  # fmt: skip
MATCH_KEYS = (
    MatchKey("id", "Headhaul contact ID", ("id",)),
    MatchKey("email", "E-mail", ("emails",)),
    MatchKey("phone", "Phone", ("phones",)),
    MatchKey("name", "Name at the account", ("name",)),
)
