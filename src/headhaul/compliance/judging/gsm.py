"""How long a text is for the carriers: GSM 03.38 in septets where it can be written so, else UCS-2."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes an escape and itself
GSM7, UCS2 = "GSM-7", "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """The encoding that a text needs, its length in that encoding's units, and the messages it is cut into."""

    encoding: str
    units: int
    segments: int


def measure(text: str) -> Segments:
    """As it would be sent."""
    widths = [1 if char in _BASIC else 2 if char in _EXTENDED else 0 for char in text]
    if all(widths):
        return Segments(GSM7, sum(widths), _pieces(widths, single=160, several=153))
    units = [2 if ord(char) > 0xFFFF else 1 for char in text]  # a surrogate pair is not cut
    return Segments(UCS2, sum(units), _pieces(units, single=70, several=67))


def foreign(text: str) -> tuple[str, ...]:
    """The characters that GSM-7 has not, each once."""
    return tuple(dict.fromkeys(char for char in text if char not in _BASIC and char not in _EXTENDED))


def _pieces(widths: list[int], *, single: int, several: int) -> int:
    """Characters are never cut in two, so a wide one at the end of a piece moves to the next."""
    if sum(widths) <= single:
        return 1 if widths else 0
    pieces, room = 1, several
    for width in widths:
        if width > room:
            pieces, room = pieces + 1, several
        room -= width
    return pieces
