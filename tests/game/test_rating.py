"""What a solver and the spelling know: jazz is hard, long words of common letters are not."""

from __future__ import annotations

import pytest

from hangman_net.game.alphabet import ENGLISH, Alphabet, AlphabetSpec
from hangman_net.game.rating import EASY, HARD, Solver, level_of

COMMON = """
able about after again also area back base bear been before between book building cake came carry chance city coat
come container conversation country course cover dear develop does dream early earth easy else enter even ever face
fact feel find first form four friend game gear general generations gold great group hand hard have head hear heart
here home house idea interest into iron item just keep kind king know lake land large last later learn least left
letter life like line list little long look made main make mark matter mean more most move name near need never next
night note number open order other over page paper part past place plan play point power present question rain raise
rate read real rest right river road rock room rose rule sail sale same sand save school seat second seem sense set
seven shape ship short side sing situation sleep small some song sort sound south space stand star state statement
station stay stone story street strong such sure table take talk task taste team tell term test than that them then
there thing think this those thought three time together total town trade train travel tree true turn under until very
voice wait walk wall want warm water wave week well were west what when where which white wide wind wire with wood
word work world write year young
"""


@pytest.fixture(scope="module")
def solver() -> Solver:
    return Solver(ENGLISH, COMMON.split())


def test_length_is_not_difficulty(solver: Solver) -> None:
    words = ["jazz", "buzz", "fizz", "statement", "conversation", "generations", "container", "state", "rate"]
    misses = dict(zip(words, solver.rate(words), strict=True))
    hardest = sorted(words, key=misses.__getitem__)[-3:]
    assert set(hardest) == {"jazz", "buzz", "fizz"}
    assert min(misses["jazz"], misses["buzz"]) >= HARD
    assert max(misses["statement"], misses["conversation"], misses["container"]) <= EASY + 1


def test_a_list_of_one_word_is_judged_by_spelling() -> None:
    alone = Solver(ENGLISH, ["jazz"])
    assert alone.rate(["jazz"]) == [0]  # the only word it ever saw
    assert alone.rate(["buzz"])[0] > 0


def test_misses_are_those_of_the_guesses_it_makes(solver: Solver) -> None:
    """The tree that words go down together is what the solver does with each alone."""
    words = ["state", "river", "o'clock", "king-size", "ice age"]
    for word, misses in zip(words, solver.rate(words), strict=True):
        keys = ENGLISH.keys(word)
        index = solver.index(keys)
        shown: list[str | None] = [None] * len(keys)
        tried: set[str] = set()
        count = 0
        while hidden := [place for place, key in enumerate(keys) if key is not None and shown[place] is None]:
            fits = index.filter(shown, tried - set(filter(None, shown)))
            letter = solver.choose(index, fits, shown, hidden, tried)
            assert letter is not None
            assert letter not in tried
            tried.add(letter)
            hits = [place for place in hidden if keys[place] == letter]
            for place in hits:
                shown[place] = letter
            count += not hits
        assert misses == count


def test_nothing_left_to_guess(solver: Solver) -> None:
    keys = ENGLISH.keys("ab")
    assert solver.choose(solver.index(keys), 0, [None, None], [0, 1], ENGLISH.letters) is None


def test_words_of_another_alphabet_are_left_out() -> None:
    german = Solver(Alphabet.of(AlphabetSpec("de")), ["Straße", "кот", "Maß"])
    assert german.index(("m", "a", "ß")).all == 1
    assert german.rate(["Spaß"])[0] >= 0


def test_order_and_repeats_do_not_matter(solver: Solver) -> None:
    words = ["state", "jazz", "rate", "state"]
    misses = solver.rate(words)
    assert misses[0] == misses[3]
    assert solver.rate(words[::-1]) == misses[::-1]
    assert solver.rate([]) == []


@pytest.mark.parametrize(("misses", "level"), [(0, "easy"), (2, "easy"), (3, "medium"), (5, "medium"), (6, "hard")])
def test_levels(misses: int, level: str) -> None:
    assert level_of(misses) == level
