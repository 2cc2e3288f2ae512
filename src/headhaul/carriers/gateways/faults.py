"""What can go wrong between FMCSA and us, each with a sentence that says what to do, none with the key."""

from __future__ import annotations

from typing import ClassVar

from headhaul.kernel import NotFound, Unavailable


class FmcsaUnknownCarrier(NotFound):
    """FMCSA answered, and has no such carrier."""

    code = "fmcsa_unknown_carrier"

    def __init__(self, dot_number: int) -> None:
        super().__init__(
            f"FMCSA has no carrier with USDOT number {dot_number}. Check it; new ones can take some days.",
            fields={"dotNumber": "not known to FMCSA"},
        )


class FmcsaFault(Unavailable):
    """FMCSA gave no answer that could be used. `reason` is the short form, for a fact's footnote."""

    code = "fmcsa_unavailable"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class FmcsaKeyRefused(FmcsaFault):
    """The web key is wrong or was withdrawn: asking again will not help."""

    code = "fmcsa_key_refused"

    def __init__(self) -> None:
        super().__init__(
            "FMCSA does not accept the web key. Check FMCSA_WEB_KEY; a new key is free at "
            "mobile.fmcsa.dot.gov/QCDevsite.",
            reason="FMCSA does not accept the web key",
        )


class FmcsaUnavailable(FmcsaFault):
    """No usable connection, a server error, or too many questions: the same question may succeed later.

    `retry_after` is what FMCSA asked for, in seconds; `passes_soon` tells whether a retry is worth it now.
    """

    passes_soon: ClassVar[bool] = True

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        when = f"in {_span(retry_after)}" if retry_after else "in a few minutes"
        super().__init__(f"FMCSA's carrier service: {reason}. Nothing was lost; try again {when}.", reason=reason)
        self.retry_after = retry_after


class FmcsaMaintenance(FmcsaUnavailable):
    """FMCSA shows its maintenance page, which stays for hours rather than seconds."""

    code = "fmcsa_maintenance"
    passes_soon = False

    def __init__(self) -> None:
        super().__init__("it is down for maintenance", retry_after=3600)


class FmcsaResting(FmcsaUnavailable):
    """We do not ask at all for a while, because the last questions failed."""

    code = "fmcsa_resting"
    passes_soon = False


class FmcsaRefused(FmcsaUnavailable):
    """FMCSA, or something between, refuses the question itself; the same question will be refused again."""

    code = "fmcsa_refused"
    passes_soon = False


class FmcsaMalformed(FmcsaFault):
    """An answer came, but not in the documented form."""

    code, status = "fmcsa_malformed", 502

    def __init__(self, what: str) -> None:
        super().__init__(
            f"FMCSA's answer could not be read: {what}. If this stays, its format has changed: report it.",
            reason=f"FMCSA's answer could not be read ({what})",
        )


class DownloadRefused(Unavailable):
    """The open-data portal refuses the request, or sent something else: asking again is no use."""

    code = "download_refused"


class DownloadFailed(Unavailable):
    """The file did not arrive whole. What has arrived is kept where the portal can resume."""

    code = "download_failed"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes"
