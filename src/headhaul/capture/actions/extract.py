"""What a phone takes along to work without network."""

from __future__ import annotations

from headhaul.capture.schemas.extract import CaptureExtract, GetCaptureExtract
from headhaul.capture.selectors import extract
from headhaul.kernel import Call, Role, action


@action("getCaptureExtract", reply="captureExtractLoaded", role=Role.REP)
def get_capture_extract(call: Call, data: GetCaptureExtract) -> CaptureExtract:
    """Carriers of some states or around an event, the best first, in as many bytes as are allowed; the rest is said."""
    return extract.extract(asked=data, at=call.at)
