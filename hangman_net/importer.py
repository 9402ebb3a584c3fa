"""Word lists from elsewhere: plain dictionaries, KDE's vocabularies (.kvtml) and tables (.csv) become our format.

It knows those formats; it must not know files, the command line or the game.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from hangman_net.game.alphabet import Alphabet, AlphabetSpec
from hangman_net.game.words import BadWord, Word, WordList, read_word, render

Entry = tuple[str, str | None]
"""A word and its hint, as the other format has them."""


class ImportRefused(ValueError):
    """What cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which words to take: lengths in letters, and whether those with capitals and phrases come along.

    `letters`, where it is given, are the only letters that a word may have: a list for beginners.
    """

    shortest: int = 3
    longest: int = 30
    letters: str = ""
    capitals: bool = True
    phrases: bool = True


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Source:
    """What was found in a file of another format: what it says of itself, and its entries."""

    entries: tuple[Entry, ...]
    title: str = ""
    language: str = ""
    license: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A list in our format (`text`), how many words it has, and why how many others were left out."""

    text: str
    words: int
    left_out: dict[str, int] = field(default_factory=dict)


def read_plain(text: str) -> Source:
    """A dictionary such as Debian's /usr/share/dict: a word a line, after a `/` the marks of a spelling checker."""
    return Source(tuple((line.partition("/")[0].strip(), None) for line in text.splitlines() if line.strip()))


def read_csv(text: str, word: str | None = None, hint: str | None = None) -> Source:
    """A table with a column of words and one of hints, named by its first row.

    Without names, columns called `word` and `hint` are looked for, and else the first two are taken, from the first
    row on. Raises `ImportRefused` for a column that is not there.
    """
    first = text.partition("\n")[0]
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)) if row]
    except csv.Error as error:
        raise ImportRefused(f"it is no table: {error}") from error
    names = [cell.strip().casefold() for cell in rows[0]] if rows else []
    for name in (word, hint):
        if name is not None and name.casefold() not in names:
            raise ImportRefused(f"there is no column {name!r}; there are {', '.join(map(repr, names))}")
    if word is None and "word" not in names:
        places, rest = (0, 1), rows
    else:
        wanted = ((word or "word").casefold(), (hint or "hint").casefold())
        places, rest = (names.index(wanted[0]), names.index(wanted[1]) if wanted[1] in names else len(names)), rows[1:]
    return Source(tuple((_cell(row, places[0]), _cell(row, places[1]) or None) for row in rest))


def read_kvtml(data: bytes, language: str = "") -> Source:
    """A KDE vocabulary, version 1 or 2: the words of one of its languages (the first without `language`).

    The hint is what KHangMan shows: the word's comment, or else the same entry in the other language. Raises
    `ImportRefused` for what is no vocabulary or lacks the language.
    """
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ImportRefused(f"it is no XML: {error}") from error
    if root.tag != "kvtml":
        raise ImportRefused(f"it is no KDE vocabulary but <{root.tag}>")
    if root.find("entries") is None:
        return _kvtml_1(root)
    locales = {item.get("id", ""): _text(item, "locale") or "" for item in root.iterfind("identifiers/identifier")} or {
        "0": ""
    }
    chosen = next((key for key, locale in locales.items() if not language or locale == language), None)
    if chosen is None:
        raise ImportRefused(f"it has no words in {language!r}, only in {', '.join(locales.values())}")
    entries: list[Entry] = []
    for item in root.iterfind("entries/entry"):
        sides = {side.get("id", ""): side for side in item.iterfind("translation")}
        if chosen in sides and (text := _text(sides[chosen], "text")):
            others = (_text(side, "text") for key, side in sides.items() if key != chosen)
            entries.append((text, _text(sides[chosen], "comment") or next(filter(None, others), None)))
    about = root.find("information")
    return Source(
        tuple(entries),
        title=(_text(about, "title") or "") if about is not None else "",
        language=locales[chosen],
        license=(_text(about, "license") or "") if about is not None else "",
    )


def convert(
    source: Source, name: str, filters: Filters, *, spec: AlphabetSpec, title: str = "", origin: str = ""
) -> Imported:
    """The entries that are playable and pass `filters`, as a file of our format, each once.

    `spec` is the alphabet. Raises `ImportRefused` where no word is left, naming the commonest reason.
    """
    alphabet = Alphabet.of(spec)
    allowed = frozenset(filter(None, map(alphabet.letter, filters.letters))) if filters.letters else None
    tests = tuple(_tests(alphabet, filters, allowed))
    kept: dict[str, Word] = {}
    left_out: Counter[str] = Counter()
    for text, hint in source.entries:
        try:
            word = _read(text, hint, alphabet)
        except BadWord as error:
            left_out[str(error)] += 1
            continue
        reason = next((reason for reason, fails in tests if fails(word.text)), None)
        if reason is None and alphabet.lower(word.text) in kept:
            reason = "a duplicate"
        if reason is None:
            kept[alphabet.lower(word.text)] = word
        else:
            left_out[reason] += 1
    if not kept:
        commonest = left_out.most_common(1)
        raise ImportRefused("no word is left" + (f"; most are out because: {commonest[0][0]}" if commonest else ""))
    wordlist = WordList(
        name=name,
        title=_one_line(title or source.title or name),
        language=spec.language or source.language,
        license=_one_line(source.license),
        source=_one_line(origin),
        level=None,
        alphabet=alphabet,
        words=tuple(kept.values()),
        digest="",
    )
    return Imported(render(wordlist), len(kept), dict(left_out.most_common()))


def _tests(
    alphabet: Alphabet, filters: Filters, allowed: frozenset[str] | None
) -> Iterator[tuple[str, Callable[[str], bool]]]:
    def letters(text: str) -> list[str]:
        return [key for key in alphabet.keys(text) if key is not None]

    yield f"shorter than {filters.shortest} letters", lambda text: len(letters(text)) < filters.shortest
    yield f"longer than {filters.longest} letters", lambda text: len(letters(text)) > filters.longest
    if allowed is not None:
        yield "it has other letters than those asked for", lambda text: not allowed.issuperset(letters(text))
    if not filters.capitals:
        yield "it has a capital", lambda text: text != alphabet.lower(text)
    if not filters.phrases:
        yield "it is more than one word", lambda text: " " in text


def _read(text: str, hint: str | None, alphabet: Alphabet) -> Word:
    """The word of an entry; a hint that cannot be shown is left out rather than the word."""
    if "|" in text or text.startswith("#"):
        raise BadWord("it holds a sign that our format uses")
    if hint and (hint := _one_line(hint.replace("|", "/"))):
        try:
            return read_word(f"{text} | {hint}", alphabet)
        except BadWord:
            pass  # with the word itself wrong the next line says so
    return read_word(text, alphabet)


def _kvtml_1(root: ElementTree.Element) -> Source:
    entries: Iterable[Entry] = ((text, _text(item, "t")) for item in root.iterfind("e") if (text := _text(item, "o")))
    return Source(tuple(entries), title=_one_line(root.get("title", "")), license=_one_line(root.get("license", "")))


def _text(element: ElementTree.Element, tag: str) -> str | None:
    return _one_line(element.findtext(tag) or "") or None


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
