"""QR codes as drawings within the page."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def code(url: str, *, title: str) -> Markup:
    """The code of an address as SVG, with the quiet border that scanners need. No attribute of style: the policy."""
    drawn = io.BytesIO()
    made = segno.make(url, error="m", micro=False)
    made.save(drawn, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True, title=title, light="#fff")
    return Markup(drawn.getvalue().decode())  # noqa: S704 - segno's own drawing; it escapes the title
