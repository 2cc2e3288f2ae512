"""Facts from FMCSA itself for one carrier at a time, and what stands in for them when it cannot be asked."""

from headhaul.carriers.services.enrichment.reading import enrichment_of
from headhaul.carriers.services.enrichment.refresh import enrich, request

__all__ = ["enrich", "enrichment_of", "request"]
