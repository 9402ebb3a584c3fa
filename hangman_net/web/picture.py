"""A link as a picture that a phone's camera reads.

It knows QR codes and half blocks; it must not know where a link leads.
"""

from __future__ import annotations

from itertools import zip_longest

import segno

QUIET = 2
"""Light modules around the code: half of what the standard asks for, and enough for the cameras of phones."""

_BLOCKS = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
"""Two modules, one above the other, as a character: the light ones are ink, for terminals that are dark."""


def qr_code(text: str) -> str:
    """`text` as a QR code of lines of text, two modules a character high; no escape sequences."""
    rows = [tuple(row) for row in segno.make(text, micro=False, boost_error=False).matrix_iter(border=QUIET)]
    lines = []
    for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=(0,) * len(rows[0])):
        lines.append("".join(_BLOCKS[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)))
    return "\n".join(lines)
