"""Whether mail from a domain will be believed: SPF, DKIM, DMARC, where answers go, who the server says it is, BIMI."""

from headhaul.outreach.services.domain_checks.all import look_at
from headhaul.outreach.services.domain_checks.finding import BLOCK, GOOD, NOTE, WARN, Asks, Finding, Record

__all__ = ["BLOCK", "GOOD", "NOTE", "WARN", "Asks", "Finding", "Record", "look_at"]
