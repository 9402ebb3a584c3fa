"""The pictures: data that scales, in 7-bit ASCII, held to golden files."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.game.art import ARTS, GALLOWS, NONE, SNOWMAN, Art, ArtError, Part
from hangman_net.game.settings import MAX_LIVES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("art", [GALLOWS, SNOWMAN], ids=lambda art: art.name)
def test_six_lives_look_as_they_should(art):
    frames = (f"{art.name}, {lost} of 6 lost: {art.frame(lost, 6)[1]}\n{art.frame(lost, 6)[0]}\n" for lost in range(7))
    assert "\n".join(frames) == (GOLDEN / f"{art.name}.txt").read_text("ascii")


@pytest.mark.parametrize("lives", range(1, MAX_LIVES + 1))
@pytest.mark.parametrize("art", [GALLOWS, SNOWMAN], ids=lambda art: art.name)
def test_every_life_shows(art, lives):
    frames = [art.frame(lost, lives)[0] for lost in range(lives + 1)]
    assert len(set(frames)) == lives + 1
    assert frames[-1] == art.frame(MAX_LIVES, MAX_LIVES)[0]
    assert all(frame.isascii() and frame.replace("\n", "").isprintable() for frame in frames)
    assert len({frame.count("\n") for frame in frames}) == 1
    assert all(len(line) <= 16 and line == line.rstrip() for frame in frames for line in frame.split("\n"))


def test_the_gallows_grows_and_the_snowman_melts():
    inked = [[len(art.frame(n, 15)[0].replace(" ", "")) for n in range(16)] for art in (GALLOWS, SNOWMAN)]
    assert inked[0] == sorted(inked[0])
    assert inked[1] == sorted(inked[1], reverse=True)


@pytest.mark.parametrize(("lost", "lives"), [(0, 100), (50, 100), (100, 100), (120, 100)])
def test_more_lives_than_parts_are_spread_over_them(lost, lives):
    same = {0: 0, 50: 7, 100: 15, 120: 15}[lost]
    assert GALLOWS.frame(lost, lives)[0] == GALLOWS.frame(same, 15)[0]


def test_none_is_no_picture():
    assert (NONE.frame(3, 6)[0], NONE.frame(3, 6)[1]) == ("", "")


def test_the_sets_are_known_by_name():
    assert list(ARTS) == ["gallows", "snowman", "none"]


@pytest.mark.parametrize(
    ("name", "drawing", "plan", "parts", "why"),
    [
        ("a b", "", "", (), "name"),
        ("ä", "", "", (), "name"),
        ("x", "ö", "a", (Part("a", "it", 1),), "ASCII"),
        ("x", "\x1b[1m", "aaaa", (Part("a", "it", 1),), "ASCII"),
        ("x", "##", "a", (Part("a", "it", 1),), "shape"),
        ("x", "#", "b", (Part("a", "it", 1),), "no part by b"),
        ("x", "#", "a", (Part("a", "it", 2),), "ranks"),
        ("x", "##", "aa", (Part("a", "it", 1), Part("a", "it", 2)), "letter of its own"),
    ],
)
def test_what_does_not_go_together_is_refused(name, drawing, plan, parts, why):
    with pytest.raises(ArtError, match=why):
        Art(name, drawing, plan, parts)


def test_a_set_of_ones_own():
    art = Art(
        "flower", "*|", "ab", (Part("a", "the bloom", 1), Part("b", "the stem", 2)), fades=True, says="{part} fell"
    )
    assert [art.frame(lost, 2)[0] for lost in range(3)] == ["*|", " |", ""]
    assert [art.frame(lost, 1)[1] for lost in range(2)] == ["", "the bloom fell"]
