"""What the advisor can be asked."""

from headhaul.advisor.actions import lead_models, next_actions

__all__ = ["lead_models", "next_actions"]
