"""Automation rules at work: `fire` is where events come in."""

from headhaul.pipeline.services.rules.firing import fire, fire_many

__all__ = ["fire", "fire_many"]
