"""What is known of a lead when it is scored: plain values, so that scoring asks no database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """None is what nobody knows."""

    signal_score: float | None = None  # of the carrier today, 0–100
    fleet_size: int | None = None
    drivers_near: float | None = None  # who fit and live close; of the state's usual carrier where this one has none
    drivers_matched: int | None = None
    equipment_fit: float | None = None  # 0–1: how well the matched drivers fit the equipment
    source_quality: int | None = None  # 0–100
    source_name: str = ""
    has_contact_name: bool = False
    has_email: bool = False
    has_phone: bool = False
    has_role: bool = False
    state: str = ""
    near_is_of_state: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The settings that features depend on."""

    neutral: float = 0.4
    fleet_full_at: int = 500
    supply_full_at: int = 40
