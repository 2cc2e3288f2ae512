"""What can be done in the pipeline."""

from headhaul.pipeline.actions import (
    board,
    forecast,
    help,  # noqa: A004 - its name
    opportunities,
    reports,
    rules,
    stages,
)

__all__ = ["board", "forecast", "help", "opportunities", "reports", "rules", "stages"]
