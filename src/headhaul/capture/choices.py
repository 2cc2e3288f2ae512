"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What brings leads: a fair, or something that goes on all year."""

    TRADE_SHOW = "trade_show"
    JOB_FAIR = "job_fair"
    REFERRAL = "referral"
    WEB = "web"
    INBOUND = "inbound"
    PARTNER = "partner"
    OTHER = "other"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"web": "Website", "inbound": "Inbound call or e-mail"}.get(
            self.value, self.value.replace("_", " ").capitalize()
        )


class LeadStatus(StrEnum):
    """How far somebody got with a lead."""

    NEW = "new"
    WORKING = "working"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    DISQUALIFIED = "disqualified"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.capitalize()


OPEN_STATUSES = frozenset({LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED})
"""Leads that somebody still has to do something about."""


class Grade(StrEnum):
    """What a score means. Unscored: nothing could be known about the company."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    UNSCORED = "unscored"

    @property
    def label(self) -> str:
        """How a page says it."""
        return "Not scored yet" if self is Grade.UNSCORED else self.value.capitalize()


class LeadDoor(StrEnum):
    """How a lead came in."""

    CONSOLE = "console"
    API = "api"
    FORM = "form"
    OFFLINE = "offline"  # kept on a phone without network and sent later

    @property
    def label(self) -> str:
        """How a page says it."""
        return {"api": "API", "form": "Public form", "offline": "Phone, sent later"}.get(
            self.value, self.value.capitalize()
        )


class LeadOutcome(StrEnum):
    """What became of a lead."""

    WON = "won"
    LOST = "lost"


class TouchKind(StrEnum):
    """What a touch was."""

    CAPTURE = "capture"  # somebody met them and took them down
    FORM = "form"  # they filled in the public form


class CaptureStatus(StrEnum):
    """What a capture did."""

    CREATED = "created"  # a lead of its own
    ALREADY = "already"  # this client id was sent before: the first answer stands
    JOINED = "joined"  # the same person was taken down at the same event: one lead


class MatchedBy(StrEnum):
    """By what the account of a lead was found."""

    DOT_NUMBER = "dot_number"
    PHONE = "phone"
    EMAIL = "email"
    DOMAIN = "domain"
    NAME = "name"
    NOTHING = ""

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return {
            "dot_number": "USDOT number", "phone": "telephone number", "email": "e-mail address", "domain": "domain",
            "name": "name and state",
        }.get(self.value, "")  # fmt: skip


class RoutedBy(StrEnum):
    """Who decided whose a lead is, where no rule did."""

    ACCOUNT = "account"  # the account has an owner
    CAPTURER = "capturer"  # whoever took it down keeps it
    EVENT = "event"  # the owner of the event
    PERSON = "person"  # somebody gave it away by hand
    NOBODY = "nobody"  # no rule found anybody
    RULE = "rule"
    STAND_IN = "stand_in"
