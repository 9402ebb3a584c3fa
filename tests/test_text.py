"""Every kind of hostile and of honest text, the look of names, and the laws of all of it."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.text import (
    MAX_MARKS,
    BadName,
    check_name,
    check_room,
    graphemes,
    is_reserved,
    name_key,
    nearest,
    room_key,
    safe_line,
    width,
)

ACUTE = "\u0301"
ENGLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng") + "\U000e007f"
NASTY = st.text(
    st.sampled_from(
        "eE1#❤👩👍🏽🏴🇬⫝\U0001d15e\u0915\u0958한ᄀ각=\u0338\u0300\u0301\u0327\u20e3\u200d\ufe0f\ufe0e\u200b"
    )
    | st.sampled_from("\r\n\t\x00\x1b\x85\u2028\u202e\u2066\u3164\u2800\ufeff\ue000\U000e0067\U000e007f\u1031\u1038")
    | st.characters()
)
"""Every piece that rules speak of, often enough to meet, among all that there is (lone surrogates included)."""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello, world!",
        "{0.__class__} %s %(x)d \\x1b[31m",
        "<b>bold</b> &amp; <ansired>",
        "שלום עולם",
        "السلام عليكم",
        "नमस्ते क्षि",
        "ကြွေး",
        "ภาษาไทย ที่นี่",
        "한국어",
        "日本語 ガ",
        "Tiếng Việt",
        "naïve café\u00a0!",
        "😀 👍🏽 ❤️ ☎︎",
        "👩‍👩‍👧 🏳️‍🌈 👩🏽‍🚀 🙂‍↔️ 🧑‍⚕️",
        "1️⃣ #️⃣ *⃣",
        "🇬🇧 🇩🇪",
        ENGLAND,
        "🫨 newer than this Python knows",
        "x" + ACUTE * MAX_MARKS,
    ],
)
def test_honest_text_arrives_as_it_is(text: str) -> None:
    assert safe_line(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\nb", "a b"),
        ("a\r\nb", "a b"),
        ("a\tb\x0bc\x0cd\x85e", "a b c d e"),
        ("a\u2028b\u2029c", "a b c"),
        ("\x1b[31mred\x07\x00", "[31mred"),
        ("\x9b31mred\x7f", "31mred"),
        ("a\x01b\x02c", "abc"),
        ("pay\u202edlog", "paydlog"),
        ("a\u2066b\u2069c\u200ed\u061ce", "abcde"),
        ("in\u200bvi\u2060si\ufeffble\u00ad", "invisible"),
        ("\u3164\uffa0\u115f", ""),
        ("a\u2800b", "a b"),
        ("\ud800x\udfff", "x"),
        ("\ue000\U000f0000x\u0378\uffff", "x"),
        ("e" + ACUTE, "é"),
        ("e" + ACUTE * 50, "é" + ACUTE * 2),
        (ACUTE * 50 + "a", "a"),
        ("\u0958" + ACUTE * 9, "\u0915\u093c" + ACUTE * 2),
        ("e\u200b" + ACUTE, "é"),
        ("a\u200db", "ab"),
        ("a\ufe0fb", "ab"),
        ("❤\u200d\u200d🔥", "❤🔥"),
        ("❤" + ACUTE * 4, "❤"),
        ("\U0001f3f4\U000e0068\U000e0069\U000e007f", "\U0001f3f4"),
    ],
)
def test_hostile_text_is_disarmed(text: str, safe: str) -> None:
    assert safe_line(text) == safe


@pytest.mark.parametrize("hostile", [ACUTE, "a" + ACUTE, "\u0316" + ACUTE, "\u200d", "❤\u200d", "\U0001d165", "\u1031"])
def test_hostile_text_is_quick(hostile: str) -> None:
    started = time.process_time()
    safe_line(hostile * 32_000)
    assert time.process_time() - started < 1


@settings(deadline=None)  # the first call imports tables, and the machine may be busy
@given(NASTY)
def test_safe_is_safe(text: str) -> None:
    safe = safe_line(text)
    assert safe_line(safe) == safe
    assert unicodedata.is_normalized("NFC", safe)
    assert len(safe.splitlines()) <= 1
    marks = MAX_MARKS
    for before, char in zip(" " + safe, safe, strict=False):
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cs", "Co", "Zl", "Zp")
        assert category != "Cn" or "\U0001f300" <= char <= "\U0001faff"
        assert category != "Cf" or char == "\u200d" or char in ENGLAND
        if category in ("Mn", "Me") and char not in "\ufe0e\ufe0f\u20e3":
            marks += 1
            assert marks <= MAX_MARKS, f"{marks} marks after {before!r}"
        elif category != "Mc":
            marks = 0
    assert width(safe) >= 0


@settings(deadline=None)
@given(NASTY)
def test_characters_add_up_to_the_line(text: str) -> None:
    safe = safe_line(text)
    assert "".join(graphemes(safe)) == safe
    assert sum(map(width, graphemes(safe))) == width(safe)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("x" + ACUTE, 1),
        ("日本", 4),
        ("👩‍👩‍👧", 2),
        ("❤️", 2),
        ("🇬🇧", 2),
        ("👍🏽", 2),
        ("1️⃣", 2),
    ],
)
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


# --- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a", "Ann", "José", "Zoë-2", "x_1", "Łukasz", "Nguyễn", "guest-1", "A" * 20, "o" + "̨̄"]
)
def test_good_names(name: str) -> None:
    assert check_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "1ann",
        "_ann",
        "-ann",
        "A" * 21,
        "an n",
        "ann!",
        "ann\n",
        "an\u200bn",
        "an\u202en",
        "😀",
        "ann😀",
        "Иван",
        "аnn",
        "ａnn",
        "ǃx",
        "ʰann",
        ACUTE + "a",
        "e" + ACUTE * 5,
        "\ud800",
        "a٣",
        "x" * 10**6,
        "a" + ACUTE * 10**6,
    ],
    ids=ascii,
)
def test_bad_names(name: str) -> None:
    with pytest.raises(BadName, match="1 to 20 letters"):
        check_name(name)


def test_other_scripts_by_an_option_and_one_a_name() -> None:
    scripts = ("Latin", "Cyrillic", "Han", "Hangul")
    for name in ("Ann", "Иван", "山田", "한글"):
        assert check_name(name, scripts=scripts) == name
    for mixed in ("Иvan", "山da"):
        with pytest.raises(BadName):
            check_name(mixed, scripts=scripts)


def test_the_length_is_the_callers() -> None:
    assert check_name("A" * 40, max_chars=40)
    with pytest.raises(BadName, match="1 to 3 "):
        check_name("anna", max_chars=3)
    assert check_name("A" * 400, max_chars=float("inf"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ANN"),
        ("José", "jose"),
        ("bill", "bi1I"),
        ("Bob", "B0b"),
        ("corn", "com"),
        ("wow", "vvovv"),
        ("Søren", "soren"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("сосо", "coco"),
        ("İlk", "ilk"),
    ],
)
def test_look_alikes_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_have_different_keys() -> None:
    names = ["ann", "anna", "bob", "rob", "ann-1", "ann_1", "ann-2", "max", "may", "guest-2", "guest-3"]
    assert len({name_key(name) for name in names}) == len(names)


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "Mn"]), max_size=12))
def test_a_key_is_a_key_of_itself(name: str) -> None:
    key = name_key(safe_line(name))
    assert name_key(key) == key


@pytest.mark.parametrize(
    ("name", "reserved"),
    [("Host", True), ("h0st", True), ("ADMlN", True), ("everyоne", True), ("Ann", False), ("hostess", False)],
)
def test_reserved(name: str, reserved: bool) -> None:
    assert is_reserved(name) is reserved


@pytest.mark.parametrize("room", ["lobby", "2b", "Zürich", "東京", "a-b_c", "-", "x" * 20])
def test_good_rooms(room: str) -> None:
    assert check_room(room) == room


@pytest.mark.parametrize("room", ["", "a b", "a/b", "..", "x" * 21, "a\x00", "ㅤ", "#a", "😀", "\u202ea"])
def test_bad_rooms(room: str) -> None:
    with pytest.raises(BadName, match="room"):
        check_room(room)


def test_rooms_are_one_without_case() -> None:
    assert room_key("Zürich") == room_key("ZU\u0308RICH") != room_key("Zurich")


# --- likeness ---------------------------------------------------------------------------------------------------

COMMANDS = ["guess", "g", "new", "help", "hint", "secret", "spectate", "board", "q", "quit", "who", "room", "rooms"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gess", "guess"),
        ("GUESSS", "guess"),
        ("ugess", "guess"),
        ("hlep", "help"),
        ("boord", "board"),
        ("roms", "rooms"),
        ("spec", "spectate"),
        ("secert", "secret"),
        ("x", None),
        ("zzzzzz", None),
        ("guess" * 1000, None),
        ("", None),
    ],
)
def test_nearest(word: str, meant: str | None) -> None:
    assert nearest(word, iter(COMMANDS)) == meant


def _good(check: Callable[[str], str], name: str) -> bool:
    try:
        check(name)
    except BadName:
        return False
    return True


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=0x7F) | st.sampled_from("Az09_-"), min_size=1, max_size=19))
def test_plain_names_are_judged_as_others_are(name: str) -> None:
    """Those in ASCII go another way: a letter behind them that is not makes no difference."""
    assert _good(check_name, name) == _good(check_name, name + "é")
    assert _good(check_room, name) == _good(check_room, name + "é")
    assert name_key(name) + "e" == name_key(name + "é")
