"""May this person be reached, on this channel, now? The gate fails closed."""

from headhaul.compliance.gate import check_can_reach, install, keep_refusal
from headhaul.compliance.ports import Decision, RuleSet

__all__ = ["Decision", "RuleSet", "check_can_reach", "install", "keep_refusal"]
