"""Signals: lists, one carrier's, why, what if, and making them anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.carriers import jobs
from headhaul.carriers.errors import SignalNotFound
from headhaul.carriers.schemas.carriers import CarrierDetail
from headhaul.carriers.schemas.signals import (
    ExportSignals,
    GeneratedSignals,
    GenerateSignals,
    GetSignalHistory,
    GetSignalSpikes,
    ListSignals,
    OneCarrier,
    OverrideWorthiness,
    Signal,
    SignalExplanation,
    SignalExport,
    SignalHistory,
    SignalList,
    SimulateSignals,
    Simulation,
    Worthiness,
)
from headhaul.carriers.selectors import carriers, signals
from headhaul.carriers.services import details, explaining, exports, one_signal, simulating, worthiness
from headhaul.carriers.services.tuning import match_settings
from headhaul.kernel import Call, Role, action

INLINE_ROWS = 10_000

COMPUTED = "Computed facts stay as they are; computing again replaces them."


def _carrier(given: OneCarrier, _: Any) -> tuple[str, str]:
    return "carrier", str(given.dot_number)


@action("listSignals", reply="signalsListed", role=Role.VIEWER)
def list_signals(call: Call, data: ListSignals) -> SignalList:
    """Every carrier with matched drivers, by score, drivers, fleet or name; filtered, a page at a time."""
    return signals.page(asked=data, near_miles=match_settings().near_miles)


@action("getCarrier", reply="carrierLoaded", role=Role.VIEWER)
def get_carrier(call: Call, data: OneCarrier) -> CarrierDetail:
    """Everything the imported files say about a carrier, each source with its day, and whether it is a prospect."""
    return details.carrier_detail(dot_number=data.dot_number, at=call.at)


@action("getSignal", reply="signalLoaded", role=Role.VIEWER)
def get_signal(call: Call, data: OneCarrier) -> Signal:
    """A carrier's current signal with what its matched drivers bring."""
    carriers.get(data.dot_number)
    found = signals.one(dot_number=data.dot_number)
    if found is None:
        raise SignalNotFound("No signal is kept for this carrier. explainSignal says why.")
    return explaining.full_signal(found)


@action("getSignalHistory", reply="signalHistoryLoaded", role=Role.VIEWER)
def get_signal_history(call: Call, data: GetSignalHistory) -> SignalHistory:
    """Score and drivers of a carrier day by day."""
    carriers.get(data.dot_number)
    return signals.history(dot_number=data.dot_number, days=data.days, today=call.at.date())


@action("getSignalSpikes", reply="signalSpikesLoaded", role=Role.VIEWER)
def get_signal_spikes(call: Call, data: GetSignalSpikes) -> SignalList:
    """Carriers whose matched drivers rose strongly within a week, on a base that means something."""
    return signals.spikes(asked=data, near_miles=match_settings().near_miles)


@action("explainSignal", reply="signalExplained", role=Role.VIEWER)
def explain_signal(call: Call, data: OneCarrier) -> SignalExplanation:
    """Why a carrier has its score, in points and words; what would raise it; what speaks for its need of drivers."""
    return explaining.explanation(dot_number=data.dot_number, at=call.at)


@action("simulateSignals", reply="signalsSimulated", role=Role.VIEWER)
def simulate_signals(call: Call, data: SimulateSignals) -> Simulation:
    """Which carriers would become prospects, or stop being ones, if drivers were recruited or lost."""
    return simulating.what_if(asked=data, at=call.at)


@action("generateSignals", reply="signalsGenerated", role=Role.MANAGER, writes=True, final=COMPUTED)
def generate_signals(call: Call, data: GenerateSignals) -> GeneratedSignals:
    """Compute signals anew: one carrier's at once, the whole census's in the background."""
    if data.dot_number is not None:
        row = one_signal.recompute(dot_number=data.dot_number, at=call.at)
        return GeneratedSignals(is_queued=False, day=call.at.date(), signal=row)
    try:
        with transaction.atomic():
            jobs.generate_signals.defer()
    except AlreadyEnqueued:
        pass
    return GeneratedSignals(is_queued=True, day=call.at.date())


@action(
    "overrideWorthiness",
    reply="worthinessOverridden",
    role=Role.MANAGER,
    writes=True,
    target=_carrier,
    undo="removeWorthinessOverride",
)
def override_worthiness(call: Call, data: OverrideWorthiness) -> Worthiness:
    """Treat a carrier as a prospect although something stands against it, with a reason and, if wanted, an end."""
    worthiness.override(
        dot_number=data.dot_number, reason=data.reason, expires_on=data.expires_on, by=call.actor, at=call.at
    )
    call.undo_with("removeWorthinessOverride", {"dotNumber": data.dot_number})
    return details.verdict_words(worthiness.worthiness(dot_number=data.dot_number, at=call.at))


@action(
    "removeWorthinessOverride",
    reply="worthinessOverrideRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_carrier,
    undo="overrideWorthiness",
)
def remove_worthiness_override(call: Call, data: OneCarrier) -> Worthiness:
    """Let what stands against a carrier count again."""
    ended = worthiness.remove_override(dot_number=data.dot_number, by=call.actor, at=call.at)
    until = ended.expires_at.date().isoformat() if ended.expires_at else None
    call.undo_with("overrideWorthiness", {"dotNumber": data.dot_number, "reason": ended.reason, "expiresOn": until})
    return details.verdict_words(worthiness.worthiness(dot_number=data.dot_number, at=call.at))


@action(
    "exportSignals",
    reply="signalsExported",
    role=Role.MANAGER,
    writes=True,
    final="An export changes nothing here, and a file that was taken cannot be called back.",
)
def export_signals(call: Call, data: ExportSignals) -> SignalExport:
    """Write down who exports which list, and give its beginning as CSV when asked inline; pages stream the whole."""
    day = signals.current()
    name = f"signals-{day or call.at.date()}.csv"
    if not data.inline:
        return SignalExport(file_name=name, day=day)
    text, is_complete = exports.first_lines(asked=data, sort=data.sort, most=INLINE_ROWS)
    return SignalExport(file_name=name, day=day, csv=text, is_complete=is_complete)
