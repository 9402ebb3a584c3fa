"""Lists measured against their language."""

from __future__ import annotations

from hangman_net.game.rating import level_of
from hangman_net.game.words import LEVELS, Word, WordList, parse
from hangman_net.grading import graded, rated, shipped


def wordlist(text: str) -> WordList:
    found = parse("list", text.encode()).wordlist
    assert found is not None
    return found


def test_a_word_costs_what_it_costs_in_its_language_whatever_list_it_is_in() -> None:
    words = ("jazz", "statement", "kitchen", "buzz")
    alone = dict(rated(wordlist("#: language = en\njazz\nbuzz")))
    among = dict(rated(wordlist("#: language = en-GB\n" + "\n".join(words))))
    assert alone["jazz"] == among["jazz"] > among["statement"]
    assert abs(alone["buzz"] - among["buzz"]) <= 1
    assert min(among["jazz"], among["buzz"]) > max(among["statement"], among["kitchen"])


def test_grading_keeps_everything_else() -> None:
    before = wordlist("#: title = T\n#: language = fr\nété | saison\njazz\n#: level = easy\nkiwi\n")
    after = graded(before)
    levels = [level_of(misses) for _, misses in rated(before)]
    assert list(after.words) == [
        Word("été", "saison", levels[0]),
        Word("jazz", None, levels[1]),
        Word("kiwi", None, levels[2]),
    ]
    assert (after.title, after.digest, after.alphabet) == (before.title, before.digest, before.alphabet)
    assert sorted(place for level in LEVELS for place in after.at_level(level)) == [0, 1, 2]


def test_the_words_of_a_language_are_those_of_its_shipped_lists() -> None:
    assert len(shipped("en")) > 2_000
    assert len(shipped("fr")) > 100
    assert shipped("tlh") == ()


def test_a_language_without_shipped_words_is_measured_by_itself() -> None:
    own = wordlist("#: language = haw\n#: alphabet = aeiouhklmnpwāēīōū\naloha\nhonu\nmahalo\n")
    assert {word for word, _ in rated(own)} == {"aloha", "honu", "mahalo"}
