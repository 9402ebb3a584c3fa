"""A whole duel by strings alone."""

from duel import WordDuel


def begin(table):
    ann, bob = table.ann, table.bob
    ann.types("/duel bob")
    return ann, bob, table.state("duel").word


def test_the_first_to_type_the_word_wins(table):
    ann, bob, word = begin(table)
    bob.types("wrong")
    assert bob.texts == ["wrong is not it."]
    bob.types(word)
    assert f"bob has it: the word was {word}." in ann.texts
    assert ann.board.status == "idle"
    assert table.room().find("bob").score == 5


def test_nobody_sees_the_word_before(table):
    ann, bob, word = begin(table)
    assert sorted(table.state("duel").jumbled) == sorted(word)
    assert word not in " ".join(ann.texts + bob.texts)


def test_a_minute_ends_it(table):
    ann, _, word = begin(table)
    table.passes(60)
    assert f"Nobody had it: the word was {word}." in ann.texts


def test_a_duel_lasts_over_a_restart(table):
    _, _, word = begin(table)
    table.restarts()
    bob = table.bob.comes_back()
    bob.types(word)
    assert f"bob has it: the word was {word}." in bob.texts


def test_only_one_at_a_time_and_not_alone(table):
    ann, bob, _ = begin(table)
    bob.types("/duel ann")
    assert bob.error == "round_running"
    table.passes(60)
    ann.types("/duel ann")
    assert ann.error == "usage"


def test_only_who_is_in_it_answers(table):
    _, bob, word = begin(table)
    table.cyd.types(f"/answer {word}")
    assert table.cyd.error == "usage" and table.state("duel").word == word
    table.passes(60)
    bob.types("/secret banana")
    table.cyd.types('/answer ""')
    assert table.room().find("cyd").score == 0
