"""Header lines: what they say, and those that say nothing."""

from __future__ import annotations

import pytest

from hangman_net.game.alphabet import ENGLISH
from hangman_net.game.header import KEYS, MAX_VALUE, Header, HeaderError, split


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("#: title = My  words", ("title", "My words")),
        ("#:TITLE=a = b", ("title", "a = b")),
        ("#: title =", ("title", "")),
        ("#: title", ("title", None)),
        ("#:", ("", None)),
    ],
)
def test_a_line_falls_into_key_and_value(line: str, said: tuple[str, str | None]) -> None:
    assert split(line) == said


def test_what_a_header_says() -> None:
    header = Header()
    for number, key in enumerate(("title", "license", "source", "level", "level"), 1):
        header.read(f"#: {key} = {key} {number}", number)
    assert header.get("title") == "title 1"
    assert header.get("level") == "level 5"
    assert header.get("language") == ""
    assert header.alphabet() == (ENGLISH, [])
    assert {"title", "license", "source", "level"} < set(KEYS)


@pytest.mark.parametrize(
    "line",
    [
        "#: title",
        "#: title = ",
        "#: colour = red",
        "#: \x1b[31m = red",
        "#: source = a\x07b",
        "#: source = " + "x" * (MAX_VALUE + 1),
        "#: license = again",
        "#: alphabet = z-a",
        "#: fold = é",
    ],
)
def test_a_line_that_says_nothing(line: str) -> None:
    header = Header()
    header.read("#: license = MIT", 1)
    with pytest.raises(HeaderError) as caught:
        header.read(line, 2)
    assert str(caught.value).isprintable()
    assert header.get("license") == "MIT"


def test_an_alphabet_is_made_of_all_its_lines_but_the_bad_ones() -> None:
    header = Header()
    lines = ["#: fold = ß=s", "#: fold = é=ж", "#: language = es", "#: fold = œ=o", "#: alphabet = a-z ñ"]
    for number, line in enumerate(lines, 1):
        header.read(line, number)
    alphabet, bad = header.alphabet()
    assert [number for number, _ in bad] == [2]
    assert [alphabet.letter(letter) for letter in "ßœñé"] == ["s", "o", "ñ", "e"]


def test_a_language_nobody_knows_needs_an_alphabet() -> None:
    header = Header()
    header.read("#: language = tlh", 7)
    alphabet, bad = header.alphabet()
    assert alphabet == ENGLISH
    assert [number for number, _ in bad] == [7]
    header.read("#: alphabet = abc", 8)
    assert header.alphabet()[1] == []
