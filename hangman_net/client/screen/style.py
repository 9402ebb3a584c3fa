"""What the styles that rows name look like: colours for those who see them, weight and position for everybody.

It knows style names; it must not know what wears them.
"""

from __future__ import annotations

from prompt_toolkit.styles import Style

NAMES = ("ansicyan", "ansigreen", "ansiyellow", "ansimagenta", "ansiblue")
"""Colours of the terminal's own palette, each plain and bright: readable on its light and its dark background alike."""


def style() -> Style:
    """The screen's style sheet. Nothing is told by colour alone: gutter marks, words and weight say it too."""
    rules = {
        "name": "bold",
        "me": "underline",
        "stamp": "ansibrightblack",
        "quiet": "ansibrightblack",
        "notice": "",
        "client": "italic ansibrightblack",
        "error": "ansired",
        "action": "italic",
        "private": "ansimagenta",
        "names-me": "bold",
        "replay": "ansibrightblack",
        "rule": "ansibrightblack",
        "unread": "bold ansiyellow",
        "title": "ansibrightblack",
        "art": "bold",
        "letter": "bold",
        "hidden": "nobold",
        "unfound": "ansired underline",
        "missed": "ansired",
        "lives": "ansired",
        "label": "ansibrightblack",
        "hint": "italic",
        "timer": "ansiyellow",
        "points": "ansigreen",
        "score": "",
        "away": "ansibrightblack italic",
        "turn": "bold",
        "my-turn": "noreverse bold bg:ansiyellow fg:ansiblack",
        "won": "bold ansigreen",
        "lost": "bold ansired",
        "stopped": "bold ansiyellow",
        "key": "bold",
        "menu": "",
        "menu.chosen": "reverse",
        "prompt": "bold",
        "ghost": "ansibrightblack",
        "usage": "ansibrightblack",
        "wrong": "ansired",
        "question": "bold ansiyellow",
        "board": "",
        "toolbar": "reverse",
        "place": "bold",
        "offline": "bold",
        "border": "ansibrightblack",
    }
    rules |= {f"name.{number}": colour for number, colour in enumerate(NAMES)}
    rules |= {f"name.{len(NAMES) + n}": colour.replace("ansi", "ansibright") for n, colour in enumerate(NAMES)}
    return Style(list(rules.items()))
