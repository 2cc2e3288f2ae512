"""What can be done here: denials, stops of sending, proofs, and the rules to read."""

from headhaul.compliance.actions import denials, proofs, sending

__all__ = ["denials", "proofs", "sending"]
