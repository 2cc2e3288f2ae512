"""The firm's calendar for services: see headhaul.pipeline.working_days, which selectors read too."""

from headhaul.kernel.holidays import federal_holidays
from headhaul.pipeline.working_days import Calendar, calendar_of, current, start_of, today

__all__ = ["Calendar", "calendar_of", "current", "federal_holidays", "start_of", "today"]
