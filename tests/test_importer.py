"""Other people's formats: what comes over, and what is said of the rest."""

from __future__ import annotations

import pytest

from hangman_net.game.alphabet import AlphabetSpec
from hangman_net.game.words import parse
from hangman_net.importer import (
    EVERYTHING,
    Filters,
    Imported,
    ImportRefused,
    Source,
    convert,
    read_csv,
    read_kvtml,
    read_plain,
)

KVTML_2 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE kvtml PUBLIC "kvtml2.dtd" "http://edu.kde.org/kvtml/kvtml2.dtd">
<kvtml version="2.0">
  <information><title>Animals &amp; more</title><license>GPL</license></information>
  <identifiers>
    <identifier id="0"><name>English</name><locale>en</locale></identifier>
    <identifier id="1"><name>French</name><locale>fr</locale></identifier>
  </identifiers>
  <entries>
    <entry id="0">
      <translation id="0"><text>zebra</text><comment>It has
        stripes</comment></translation>
      <translation id="1"><text>zèbre</text></translation>
    </entry>
    <entry id="1"><translation id="0"><text>horse</text></translation>
      <translation id="1"><text>cheval</text><comment/></translation></entry>
    <entry id="2"><translation id="1"><text>âne</text></translation></entry>
    <entry id="3"/>
  </entries>
</kvtml>
""".encode()

KVTML_1 = b"""<?xml version="1.0"?>
<kvtml title="Animals" license="GPL"><e><o l="en">zebra</o><t>striped</t></e><e><o>horse</o></e><e/></kvtml>
"""


def lines(imported: Imported) -> list[str]:
    return [line for line in imported.text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("zebra\n\n horse \r\n", ["zebra", "horse"]),
        ("3\nzebra/MS\nhorse/S\n", ["3", "zebra", "horse"]),
    ],
)
def test_plain(text: str, entries: list[str]) -> None:
    assert read_plain(text).entries == tuple((word, None) for word in entries)


@pytest.mark.parametrize(
    ("text", "word", "hint", "entries"),
    [
        ("zebra,striped\nhorse,\n", None, None, [("zebra", "striped"), ("horse", None)]),
        ("zebra;striped\nhorse;to ride\n", None, None, [("zebra", "striped"), ("horse", "to ride")]),
        ("zebra\tstriped\nhorse\tto ride\n", None, None, [("zebra", "striped"), ("horse", "to ride")]),
        ("Hint,Word\nstriped,zebra\n", None, None, [("zebra", "striped")]),
        ("word\nzebra\nhorse\n", None, None, [("zebra", None), ("horse", None)]),
        ("n,animal,about\n1,zebra,striped\n2,horse\n", "Animal", "about", [("zebra", "striped"), ("horse", None)]),
        ('zebra,"striped, as, it ""is"""\n', None, None, [("zebra", 'striped, as, it "is"')]),
        ("", None, None, []),
    ],
)
def test_csv(text: str, word: str | None, hint: str | None, entries: list[tuple[str, str | None]]) -> None:
    assert list(read_csv(text, word, hint).entries) == entries


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(ImportRefused, match=r"no column 'beast'; there are 'word', 'hint'"):
        read_csv("word,hint\nzebra,striped\n", "beast")


def test_kvtml_of_version_2() -> None:
    source = read_kvtml(KVTML_2)
    assert source.entries == (("zebra", "It has stripes"), ("horse", "cheval"))
    assert (source.title, source.language, source.license) == ("Animals & more", "en", "GPL")
    french = read_kvtml(KVTML_2, "fr")
    assert french.entries == (("zèbre", "zebra"), ("cheval", "horse"), ("âne", None))
    assert french.language == "fr"


def test_kvtml_of_version_1() -> None:
    source = read_kvtml(KVTML_1)
    assert source.entries == (("zebra", "striped"), ("horse", None))
    assert (source.title, source.license) == ("Animals", "GPL")


@pytest.mark.parametrize(
    ("data", "reason"), [(b"zebra", "no XML"), (b"<html/>", "but <html>"), (b"\xff\xfe", "no XML")]
)
def test_what_is_no_vocabulary(data: bytes, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        read_kvtml(data)


def test_a_language_that_a_vocabulary_lacks() -> None:
    with pytest.raises(ImportRefused, match="only in en, fr"):
        read_kvtml(KVTML_2, "de")


def test_entities_do_not_grow() -> None:
    bomb = '<!DOCTYPE kvtml [<!ENTITY a "zebra">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    with pytest.raises(ImportRefused):
        read_kvtml(f"{bomb}]><kvtml><e><o>&m;</o></e></kvtml>".encode())


WORDS = ("zebra", "Zebra", "ox", "Paris", "ice cream", "naïve", "hippopotamus", "R2D2", "a|b", "#tag", "dog's")


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(shortest=1), ["zebra", "ox", "Paris", "ice cream", "hippopotamus", "R2D2", "dog's"]),
        (EVERYTHING, ["zebra", "Paris", "ice cream", "hippopotamus", "dog's"]),
        (Filters(longest=5), ["zebra", "Paris", "dog's"]),
        (Filters(capitals=False), ["zebra", "ice cream", "hippopotamus", "dog's"]),
        (Filters(phrases=False), ["zebra", "Paris", "hippopotamus", "dog's"]),
        (Filters(letters="zebra dogs"), ["zebra", "dog's"]),
    ],
)
def test_filters(filters: Filters, kept: list[str]) -> None:
    source = Source(tuple((word, None) for word in WORDS))
    imported = convert(source, "list", filters, spec=AlphabetSpec())
    assert lines(imported) == kept
    assert imported.words == len(kept)
    assert imported.words + sum(imported.left_out.values()) == len(WORDS)


def test_why_words_are_left_out() -> None:
    source = Source((("zebra", None), ("ZEBRA", "again"), ("ab", None), ("кот", None), ("a|b", None)))
    imported = convert(source, "list", EVERYTHING, spec=AlphabetSpec())
    assert imported.left_out == {
        "a duplicate": 1,
        "shorter than 3 letters": 1,
        "'к' is not in the alphabet": 1,
        "it holds a sign that our format uses": 1,
    }


def test_a_hint_that_cannot_be_shown_costs_no_word() -> None:
    source = Source((("zebra", "a\x00b | c"), ("horse", "x" * 5_000), ("wapiti", "  ")))
    assert lines(convert(source, "list", EVERYTHING, spec=AlphabetSpec())) == ["zebra | a b / c", "horse", "wapiti"]


def test_what_comes_out_is_a_good_list_of_ours() -> None:
    source = read_kvtml(KVTML_2, "fr")
    spec = AlphabetSpec("fr", folds=(("ß", "s"),))
    imported = convert(source, "animaux", EVERYTHING, spec=spec, title="Les\nanimaux", origin="animals.kvtml")
    parsed = parse("animaux", imported.text.encode())
    assert parsed.problems == ()
    found = parsed.wordlist
    assert found is not None
    assert [(word.text, word.hint) for word in found.words] == list(source.entries)
    assert (found.title, found.language, found.license, found.source) == ("Les animaux", "fr", "GPL", "animals.kvtml")
    assert found.alphabet.spec == spec


def test_nothing_left() -> None:
    with pytest.raises(ImportRefused, match="not in the alphabet"):
        convert(Source((("кот", None),)), "list", EVERYTHING, spec=AlphabetSpec())
    with pytest.raises(ImportRefused, match="no word is left"):
        convert(Source(()), "list", EVERYTHING, spec=AlphabetSpec())
