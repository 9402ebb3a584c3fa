"""The link as a picture: the code's own modules, two a character, with a margin."""

from __future__ import annotations

import segno

from hangman_net.web.picture import QUIET, qr_code

URL = "http://192.168.178.23:8080/"


def test_the_picture_holds_the_modules_of_the_code() -> None:
    lines = qr_code(URL).split("\n")
    wanted = [list(row) for row in segno.make(URL, micro=False, boost_error=False).matrix_iter(border=QUIET)]
    dark = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    seen: list[list[int]] = []
    for line in lines:
        seen += [[dark[char][0] for char in line], [dark[char][1] for char in line]]
    assert [[bool(module) for module in row] for row in seen[: len(wanted)]] == [
        [bool(m) for m in row] for row in wanted
    ]


def test_it_fits_beside_a_side_pane_and_holds_no_escapes() -> None:
    lines = qr_code(URL).split("\n")
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= 40
    assert len(lines) <= 20
    assert set("".join(lines)) <= set("█▀▄ ")
