"""The format of a list: every good line kept, every bad one named."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangman_net.game.alphabet import ENGLISH, Alphabet, AlphabetSpec
from hangman_net.game.words import (
    MAX_BYTES,
    MAX_HINT,
    MAX_WORD,
    MAX_WORDS,
    BadWord,
    Word,
    WordList,
    parse,
    read_word,
    render,
)

FRENCH = Alphabet.of(AlphabetSpec("fr"))


def words(text: str | bytes) -> list[Word]:
    parsed = parse("list", text.encode() if isinstance(text, str) else text)
    assert parsed.problems == ()
    assert parsed.wordlist is not None
    return list(parsed.wordlist.words)


def problems(text: str | bytes) -> list[tuple[int, str]]:
    parsed = parse("list", text.encode() if isinstance(text, str) else text)
    return [(problem.line, problem.reason) for problem in parsed.problems]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("zebra", Word("zebra")),
        ("  zebra\t", Word("zebra")),
        ("Zebra", Word("Zebra")),
        ("zebra | striped", Word("zebra", "striped")),
        ("zebra|striped", Word("zebra", "striped")),
        ("zebra | a | b", Word("zebra", "a | b")),
        ("zebra |", Word("zebra")),
        ("zebra | ", Word("zebra")),
        ("ice  cream", Word("ice cream")),
        ("ice\u00a0cream", Word("ice cream")),
        ("rock 'n' roll", Word("rock 'n' roll")),
        ("don\u2019t", Word("don\u2019t")),
        ("vitamin B12", Word("vitamin B12")),
        ("mother-in-law", Word("mother-in-law")),
        ("zebra | été, 100 %!", Word("zebra", "été, 100 %!")),
    ],
)
def test_a_line(line: str, word: Word) -> None:
    assert words(line + "\n") == [word]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("naïve", "'ï' is not in the alphabet"),
        ("what?", "'?' is not in the alphabet"),
        ("кот", "'к' is not in the alphabet"),
        ("| only a hint", "there is a hint and no word"),
        ("12 34", "no letter of the alphabet"),
        ("-", "no letter of the alphabet"),
        ("ab\tcd", "control character U+0009"),
        ("ab\x00cd", "control character U+0000"),
        ("ab\x1b[31mcd", "control character U+001B"),
        ("ab\rcd", "control character U+000D"),
        ("ab\u202ecd", "control character U+202E"),
        ("ab\u200bcd", "control character U+200B"),
        ("zebra | a\x07b", "a hint holds the control character U+0007"),
        ("abcdefghijklmnopqrstu", "cannot be lost"),
        ("e" + "\u0301" * 9, "too many marks"),
        ("a" * (MAX_WORD + 1), "at most"),
        ("zebra | " + "a" * (MAX_HINT + 1), "at most"),
        (b"caf\xe9", "not UTF-8"),
    ],
)
def test_a_bad_line_is_named_and_skipped(line: str | bytes, reason: str) -> None:
    raw = line.encode() if isinstance(line, str) else line
    parsed = parse("list", b"horse\n\n" + raw + b"\nzebra\n")
    assert parsed.wordlist is not None
    assert list(parsed.wordlist.words) == [Word("horse"), Word("zebra")]
    assert [problem.line for problem in parsed.problems] == [3]
    assert reason in parsed.problems[0].reason
    assert str(parsed.problems[0]).startswith("line 3: ")
    assert parsed.problems[0].text.isprintable()


@pytest.mark.parametrize("again", ["zebra", "ZEBRA", "Zebra | another hint", "  zebra "])
def test_a_duplicate_is_a_bad_line(again: str) -> None:
    assert problems(f"zebra | hint\nhorse\n{again}\n") == [(3, "a duplicate")]


def test_composed_and_decomposed_are_one_word_and_accents_make_two() -> None:
    head = "#: language = fr\n"
    assert problems(head + "côté\nco\u0302te\u0301\n") == [(3, "a duplicate")]
    assert [word.text for word in words(head + "côte\ncôté\n")] == ["côte", "côté"]
    assert words(head + "co\u0302te\n") == [Word("côte")]  # kept composed


def test_the_letters_left_decide_whether_a_word_can_be_lost() -> None:
    assert words("abcdefghijklmnopqrst") == [Word("abcdefghijklmnopqrst")]  # six of 26 are left
    assert words("#: language = fr\nabcdefghijklmnopqrst éàç") == [Word("abcdefghijklmnopqrst éàç")]


@pytest.mark.parametrize(
    "text", ["a\r\nzebra\r\n", "\ufeffa\nzebra", "a\n\n\n# no\n#no\nzebra\n\n", "a\nzebra\n \t \n"]
)
def test_marks_ends_blanks_and_comments(text: str) -> None:
    assert words(text) == [Word("a"), Word("zebra")]


def test_a_header() -> None:
    text = (
        "\ufeff# my list\r\n#: title = Les mots\r\n#:language=fr-CA\r\n#: License = CC0\r\n#: source = me\r\n"
        "#: alphabet = a-z é\r\n#: fold = ß=s, œ=o\r\n#: fold=ø=o\r\n#: level = easy\r\n\r\nÉté | saison\r\n"
    )
    parsed = parse("mots", text.encode())
    assert parsed.problems == ()
    assert parsed.lines == 11
    found = parsed.wordlist
    assert found is not None
    assert (found.name, found.title, found.language, found.license, found.source, found.level) == (
        "mots",
        "Les mots",
        "fr-CA",
        "CC0",
        "me",
        "easy",
    )
    assert [found.alphabet.letter(letter) for letter in "ÉèßœøÑ"] == ["é", "e", "s", "o", "o", "n"]


def test_a_list_without_header_is_a_to_z() -> None:
    parsed = parse("plain", b"zebra\n")
    assert parsed.wordlist is not None
    assert parsed.wordlist.alphabet == ENGLISH
    assert parsed.wordlist.title == "plain"
    assert parsed.wordlist.level is None


@pytest.mark.parametrize(
    ("header", "line", "reason"),
    [
        ("#: colour = red", 1, "no header is called 'colour'"),
        ("#: title", 1, "'#: key = value'"),
        ("#: title =", 1, "no value"),
        ("#: language = klingon", 1, "not known"),
        ("#: level = extreme", 1, "easy, medium, hard"),
        ("#: fold = æ=ae", 1, "one letter on each side"),
        ("#: fold = é=ö", 1, "not a letter of the alphabet"),
        ("#: alphabet = a-z 3", 1, "no letter"),
        ("#: alphabet = z-a", 1, "no range"),
        ("#: title = a\n#: title = b", 2, "there already"),
        ("# first\n#: language = fr\n#: fold = é=ж\n#: fold = ß=s", 3, "not a letter of the alphabet"),
    ],
)
def test_a_bad_header_line_is_named_and_skipped(header: str, line: int, reason: str) -> None:
    parsed = parse("list", f"{header}\nzebra\n".encode())
    assert [problem.line for problem in parsed.problems] == [line]
    assert reason in parsed.problems[0].reason
    assert parsed.wordlist is not None


def test_an_unknown_language_is_fine_with_an_alphabet() -> None:
    parsed = parse("list", "#: language = haw\n#: alphabet = aeiouhklmnpwāēīōū\naloha\nmāla\n".encode())
    assert parsed.problems == ()
    assert parsed.wordlist is not None
    assert parsed.wordlist.language == "haw"
    assert parsed.wordlist.alphabet.letter("Ā") == "ā"


def test_a_level_holds_from_its_line_on() -> None:
    text = "#: level = medium\nzebra\n#: level = hard\njazz | music\n#: level = easy\nhorse\n#: level = none\ncow\n"
    parsed = parse("list", text.encode())
    assert [(problem.line, problem.text) for problem in parsed.problems] == [(7, "none")]
    found = parsed.wordlist
    assert found is not None
    assert list(found.words) == [
        Word("zebra"),
        Word("jazz", "music", "hard"),
        Word("horse", None, "easy"),
        Word("cow", None, "easy"),
    ]
    assert [list(found.at_level(level)) for level in ("easy", "medium", "hard")] == [[2, 3], [0], [1]]


def test_a_header_line_after_the_first_word() -> None:
    assert problems("zebra\n#: language = fr\n#: a note\nhorse") == [(2, "a header line stands before the first word")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no good word"),
        (b"# nothing\n\n", "no good word"),
        (b"1\n2\n", "no good word"),
        ("zebra".encode("utf-16"), "UTF-16"),
        (b"a" * (MAX_BYTES + 1), "over 10 MB"),
    ],
)
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    parsed = parse("list", data)
    assert parsed.wordlist is None
    assert parsed.problems[0].line == 0
    assert reason in parsed.problems[0].reason


def test_too_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_WORDS == 500_000
    monkeypatch.setattr("hangman_net.game.words.MAX_WORDS", 3)
    assert parse("list", b"# four lines\na\nb\n3\n").wordlist is not None
    parsed = parse("list", b"a\nb\n3\na\n")
    assert (parsed.wordlist, [problem.line for problem in parsed.problems]) == (None, [0])
    assert "words" in parsed.problems[0].reason


def test_problems_come_by_line() -> None:
    text = "#: language = xx\n#: nothing = x\n1\nzebra\nZEBRA\n"
    assert [line for line, _ in problems(text)] == [1, 2, 3, 5]


def test_the_digest_names_the_content() -> None:
    lists = [parse("list", text).wordlist for text in (b"zebra\n", b"zebra\n", b"horse\n")]
    assert lists[0] is not None and lists[1] is not None and lists[2] is not None
    assert lists[0].digest == lists[1].digest != lists[2].digest


def test_a_line_of_marks_is_refused_at_once() -> None:
    before = time.process_time()
    assert problems("zebra\n" + "e\u0301\u0323" * 200_000 + "\n") == [(2, f"a word has at most {MAX_WORD} characters")]
    assert time.process_time() - before < 1


def numbered(count: int, letters: str) -> list[str]:
    """`count` different words of `letters`, 7 or more long."""
    base = len(letters)
    return ["".join(letters[n // base**k % base] for k in range(6)) + letters[n % 7] * 3 for n in range(count)]


@pytest.mark.parametrize("letters", ["abcdefghijklm", "абвгдежзийклм"])
def test_a_dictionary_is_read_piece_by_piece_and_as_exactly(letters: str) -> None:
    many = numbered(40_000, letters)
    many[12_345] = many[5].upper()
    many[20_000] = "4711"
    many[30_000] = many[30_000] + "?"
    text = "#: language = ru\n" if letters[0] == "а" else ""
    pauses: list[None] = []
    parsed = parse("big", (text + "\n".join(many)).encode(), lambda: pauses.append(None))
    assert parsed.wordlist is not None
    before = 2 if text else 1
    bad = {problem.line - before: problem.reason for problem in parsed.problems}
    assert bad == {
        12_345: "a duplicate",
        20_000: "no letter of the alphabet to guess",
        30_000: "'?' is not in the alphabet",
    }
    assert list(parsed.wordlist.texts()) == [word for n, word in enumerate(many) if n not in bad]
    assert len(pauses) > 10


def levelled(found: WordList) -> list[Word]:
    """The words with the level that each is drawn by."""
    return [Word(word.text, word.hint, word.level or found.level) for word in found.words]


lines = st.lists(
    st.one_of(
        st.text("abcXYZ é'-1|#:=\t\u0301", max_size=12),
        st.text(max_size=8),
        st.sampled_from(["#: language = fr", "#: level = hard", "#: fold = é=e", "word | hint", "é", "E\u0301"]),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(lines=lines, end=st.sampled_from(["\n", "\r\n"]))
def test_every_word_line_is_a_word_or_a_problem(lines: list[str], end: str) -> None:
    parsed = parse("list", end.join(lines).encode("utf-8", "surrogatepass"))
    if parsed.wordlist is None:
        return
    for word in parsed.wordlist.words:
        assert read_word(word.text, parsed.wordlist.alphabet).text == word.text
        assert word.hint is None or word.hint.isprintable()
    again = parse("list", render(parsed.wordlist).encode())
    assert again.problems == ()
    assert again.wordlist is not None
    assert levelled(again.wordlist) == levelled(parsed.wordlist)
    assert again.wordlist.alphabet.letters == parsed.wordlist.alphabet.letters
    assert again.wordlist.language == parsed.wordlist.language


@settings(deadline=None)
@given(tail=st.lists(st.text("abcXÉé '-|1\t\u0301\u2028", max_size=12), max_size=12))
def test_what_stands_deep_in_a_dictionary_is_read_as_anywhere(tail: list[str]) -> None:
    head = ["l'Éxé-X1", *numbered(1_000, "abcdefghijklm")]  # so many that what follows is read many lines at a time
    expected = list(head)
    known = set(map(FRENCH.lower, head))
    for line in tail:
        try:
            text = read_word(line.strip(" \t"), FRENCH).text
        except BadWord:
            continue
        if FRENCH.lower(text) not in known:
            expected.append(text)
            known.add(FRENCH.lower(text))
    parsed = parse("big", "\n".join(["#: language = fr", *head, *tail]).encode())
    assert parsed.wordlist is not None
    assert list(parsed.wordlist.texts()) == expected
    words = sum(bool(line.strip(" \t")) for line in tail)
    assert len(parsed.problems) == len(head) + words - len(expected)


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    parsed = parse("list", data)
    assert parsed.wordlist is not None or parsed.problems


def test_a_line_by_itself() -> None:
    german = Alphabet.of(AlphabetSpec("de"))
    assert read_word(" Straße |  wo Autos  fahren ", german, "easy") == Word("Straße", "wo Autos fahren", "easy")
    with pytest.raises(BadWord, match="there is no word"):
        read_word("", german)
