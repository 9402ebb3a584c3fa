"""What is said, and what is read."""

import pytest
from manners import Manners

from hangman_net.messages import Chat


def said(player):
    return [m.text for m in player.seen(Chat)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Darn it", "**** it"), ("darning socks", "darning socks"), ("heck, DARN", "****, ****"), ("good", "good")],
)
def test_bad_words_become_stars(table, typed, read):
    ann, bob = table.ann, table.bob
    ann.types(typed)
    assert said(bob) == [read] == said(ann)


def test_actions_and_private_lines_are_filtered_too(table):
    ann, bob = table.ann, table.bob
    ann.types("/me says darn")
    ann.types("/msg bob heck")
    assert said(bob) == ["says ****", "****"]


def test_who_goes_on_is_not_heard_for_a_minute(table):
    ann = table.ann
    for _ in range(3):
        ann.types("darn")
    ann.types("sorry")
    assert ann.error == "forbidden"
    table.passes(60)
    ann.types("sorry")
    assert said(ann) == ["sorry"]


def test_the_host_says_which_words(table):
    table.host.types("/badwords add fiddlesticks")
    table.ann.types("Fiddlesticks!")
    assert said(table.ann) == ["************!"]
    table.restarts()
    host = table.host.comes_back()
    host.types("/badwords remove darn")
    assert host.texts == ["Nobody is to read: heck, fiddlesticks"]
    assert table.player("bob").types("/badwords")[0].code == "forbidden"
