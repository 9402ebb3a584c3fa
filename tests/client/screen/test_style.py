"""Every style that a row names has a look."""

from __future__ import annotations

import re

from hangman_net import messages as m
from hangman_net.client import board, view
from hangman_net.client.events import Lost, Remark
from hangman_net.client.screen.style import style


def test_every_style_named_is_known(room):
    gain = m.MemberChange("lobby", "ann", "host", True, True, 20, False, None)
    known = {name for names, _ in style().style_rules for name in names.split()}
    model = room.model(*room.played, room.won, gain, Remark("hm"), Lost("it broke", 3.0))
    rows = [row for entry in model.entries for row in view.entry_rows(entry, 60, "ann", timestamps=True)]
    for state in (model, room.model(*room.played)):
        rows += board.side_rows(state, 30, 40, 0.0)
        for columns in (50, 100):
            rows += view.toolbar_rows(state, view.layout(columns, 24), 0.0)
    rows += [*view.help_rows(model, 60), view.unread_row(3, 40), view.unread_row(0, 40)]
    named = {name for row in rows for look, _ in row for name in re.findall(r"class:(\S+)", look)}
    assert named - known <= {"shown", "gutter", "value"}  # these look like everything else
    assert {f"name.{number}" for number in range(board.NAME_STYLES)} <= known
