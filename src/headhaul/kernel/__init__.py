"""The words every room speaks. Plain Python: nothing here knows Django, a table or a network."""

from headhaul.kernel.actions import Action, Call, Door, Recipient, Step, action
from headhaul.kernel.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from headhaul.kernel.errors import (
    AppError,
    ComplianceRefused,
    Conflict,
    Failed,
    Forbidden,
    InvalidData,
    NotFound,
    StaleVersion,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnknownAction,
)
from headhaul.kernel.roles import Role
from headhaul.kernel.schemas import Cursor, DotNumber, Empty, Page, Paged, Payload, Result, StateCode, Zip5

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Action",
    "Actor",
    "ActorKind",
    "AppError",
    "Call",
    "ComplianceRefused",
    "Conflict",
    "Cursor",
    "Door",
    "DotNumber",
    "Empty",
    "Failed",
    "Forbidden",
    "InvalidData",
    "NotFound",
    "Page",
    "Paged",
    "Payload",
    "Recipient",
    "Result",
    "Role",
    "StaleVersion",
    "StateCode",
    "Step",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "UnknownAction",
    "Zip5",
    "action",
]
