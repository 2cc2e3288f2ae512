"""A camera for Chromium that sees what a test wants: a few seconds of nothing, then a code."""

from __future__ import annotations

from pathlib import Path

import segno

WIDE, HIGH, PER_SECOND = 640, 480, 5
_COLOURLESS = bytes([128]) * (WIDE * HIGH // 2)


def film(code: str, place: Path) -> Path:
    """A film of a code held before the camera, as raw video (YUV4MPEG2): black modules on white, grey around."""
    matrix = [bytes(row) for row in segno.make(code, error="m", micro=False).matrix]
    size = len(matrix) + 8  # with the quiet zone
    scale = (HIGH - 40) // size
    left, top = (WIDE - size * scale) // 2, (HIGH - size * scale) // 2
    picture = [bytearray([96]) * WIDE for _ in range(HIGH)]
    for y in range(size):
        row = bytearray()
        for x in range(size):
            dark = 4 <= y < size - 4 and 4 <= x < size - 4 and matrix[y - 4][x - 4]
            row += bytes([16 if dark else 235]) * scale
        for line in range(top + y * scale, top + (y + 1) * scale):
            picture[line][left : left + len(row)] = row
    nothing = bytes([96]) * (WIDE * HIGH)
    frames = [nothing] * PER_SECOND + [b"".join(bytes(line) for line in picture)] * (2 * PER_SECOND)
    head = f"YUV4MPEG2 W{WIDE} H{HIGH} F{PER_SECOND}:1 Ip A1:1 C420mpeg2\n".encode()
    place.write_bytes(head + b"".join(b"FRAME\n" + frame + _COLOURLESS for frame in frames))
    return place


def flags(place: Path) -> list[str]:
    """How Chromium is told to take it for its camera, and not to ask."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={place}",
    ]
