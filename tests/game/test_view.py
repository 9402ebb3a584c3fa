"""What each kind of viewer sees, whole boards by golden files, and that the secret stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import asdict

from hangman_net.game.alphabet import AlphabetSpec
from hangman_net.game.view import gives_away, knows

GOLDEN = Path(__file__).parent / "golden"


def printed(seen) -> str:
    """A board as text, a field a line."""
    return "".join(f"{name}: {value}\n" for name, value in asdict(seen).items() if name != "art") + seen.art + "\n"


def test_a_board_whole(deal):
    dealt = deal("ice-cream", hint="cold", limit=60)
    dealt("ann e", "bob z")
    dealt.hint()
    dealt.now = 15.0
    boards = [printed(dealt.seen()), printed(dealt.seen("ann", "snowman"))]
    dealt("cat icecream")
    boards.append(printed(dealt.seen(None, "none")))
    assert "\n".join(boards) == (GOLDEN / "boards.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("word", "guesses", "caption"),
    [
        ("cat", ["a", "z"], "Word: blank a blank, 5 lives left, missed z"),
        ("cat", [], "Word: blank blank blank, 6 lives left"),
        ("cat", [*"zyxwv"], "Word: blank blank blank, 1 life left, missed z y x w v"),
        ("cat", ["cot", "dog"], "Word: blank blank blank, 4 lives left, not cot, not dog"),
        ("cat", ["cat"], "Word: c a t, won, 6 lives left"),
        ("cat", [*"zyxwvu"], "Word: blank blank blank, lost, 0 lives left, missed z y x w v u"),
        ("rock 'n' x-9", [], "Word: blank blank blank blank space apostrophe blank apostrophe space blank hyphen 9, "),
    ],
)
def test_the_board_in_one_line_of_words(deal, word, guesses, caption):
    dealt = deal(word)
    if guesses:
        dealt(*guesses)
    assert dealt.seen().caption.startswith(caption)
    assert caption.endswith(" ") or dealt.seen().caption == caption


def test_a_picture_that_says_something_ends_the_line(deal):
    dealt = deal("cat")
    dealt("z")
    assert dealt.seen(art="snowman").caption.endswith("missed z; the hat has melted")


def test_the_secret_is_the_setters_alone_until_the_end(deal):
    dealt = deal("cat", setter="dan")
    dealt("c")
    assert (dealt.seen("dan").secret, dealt.seen("ann").secret, dealt.seen().secret) == ("cat", None, None)
    assert dealt.shown("dan") == "c__"
    dealt("cat")
    assert {dealt.seen(viewer).secret for viewer in ("ann", "dan", None)} == {"cat"}


def test_who_solved_by_word_found_what_was_hidden(deal):
    dealt = deal("banana")
    dealt("bob n", "cat banana")
    assert dealt.seen().found_by == ("cat", "cat", "bob", "cat", "bob", "cat")


def test_who_knows_the_word(deal):
    dealt = deal("aba", "race", setter="dan")
    dealt("bob aba")
    assert [name for name in ("ann", "bob", "cat", "dan", "eve") if knows(dealt.round, dealt.mode, name)] == [
        "bob",
        "dan",
    ]
    dealt("ann aba", "cat aba")
    assert not knows(dealt.round, dealt.mode, "bob")


@pytest.mark.parametrize(
    ("word", "language", "text", "gives"),
    [
        ("cat", "", "cat", True),
        ("cat", "", "it is a CAT!", True),
        ("cat", "", "c a t", True),
        ("cat", "", "c.a-t", True),
        ("cat", "", "c\u0301\u0301a\u0308t", True),
        ("cat", "", "ｃａｔ", True),
        ("cat", "", "concatenate", True),
        ("cat", "", "dog", False),
        ("cat", "", "c a", False),
        ("cat", "", "", False),
        ("ice cream", "", "ICECREAM", True),
        ("ice cream", "", "ice, cold cream", False),
        ("élève", "fr", "eleve", True),
        ("eleve", "", "élève", True),
        ("straße", "de", "STRASSE", True),
        ("ёлка", "ru", "е л к а", True),
    ],
)
def test_chat_that_gives_the_word_away(deal, word, language, text, gives):
    assert gives_away(deal(word, spec=AlphabetSpec(language)).round.puzzle, text) is gives
