"""What a report says, in one sentence."""

from __future__ import annotations

from typing import Any

from headhaul.console.ui.words import number, plural


def money(cents: int) -> str:
    """$1,234 in whole dollars."""
    return f"{'−' if cents < 0 else ''}${number(abs(cents) / 100)}"


def of_forecast(forecast: Any) -> str:
    """Where the period stands against its quota, or what it would bring without one."""
    total, period = forecast.total, forecast.period.label
    if not (total.closed_deals or total.open_deals or total.quota_cents):
        return f"Nothing closes in {period} yet."
    if total.quota_cents is None:
        return (
            f"{money(total.closed_cents)} closed in {period}; {plural(total.open_deals, 'open deal')} worth"
            f" {money(total.open_cents)} would bring it to {money(total.expected_cents)} by probability."
        )
    if total.gap_cents <= 0:
        return f"The quota of {period} is reached: {money(total.closed_cents)} of {money(total.quota_cents)} closed."
    short = total.quota_cents - total.expected_cents
    verdict = f"{money(short)} short of the quota" if short > 0 else "enough for the quota"
    return (
        f"{money(total.gap_cents)} are missing in {period}. What is open would cover that {total.coverage:.1f} times;"
        f" by probability it is {verdict}."
    )


def of_movement(movement: Any) -> str:
    """By how much the open pipeline grew or shrank, and what weighed most."""
    change = movement.end_cents - movement.start_cents
    steps = [step for step in movement.steps if step.amount_cents]
    if not steps:
        return "The pipeline has not moved in these days."
    most = max(steps, key=lambda step: abs(step.amount_cents))
    verb = "grew by" if change > 0 else "shrank by" if change < 0 else "stayed at"
    amount = money(abs(change) if change else movement.end_cents)
    return (
        f"The open pipeline {verb} {amount}. Most of it moved by “{most.label.lower()}”: {money(most.amount_cents)} in"
        f" {plural(most.touched, 'deal')}."
    )


def of_conversions(found: Any) -> str:
    """The stage where most is lost, once there is enough to say so."""
    known = [stage for stage in found.stages if stage.conversion.n >= 30]
    if known:
        worst = min(known, key=lambda stage: stage.conversion.percent)
        return (
            f"{worst.label} holds most back: {worst.conversion.percent:.0f} % of {worst.entered:,} deals moved on"
            f" from there."
        )
    entered = max((stage.entered for stage in found.stages), default=0)
    if not entered:
        return "No deal entered a stage in these days."
    return f"{plural(entered, 'deal')} at most entered a stage in these days: too few to compare stages by rate."
