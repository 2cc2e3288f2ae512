"""Typed product settings that rooms declare and administrators change, with their history."""

from headhaul.preferences.sections import Section, sections
from headhaul.preferences.services.values import get, renew

__all__ = ["Section", "get", "renew", "sections"]
