"""What `hangman-net words` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net.importer import Filters, ImportRefused
from hangman_net.library import Library, ListRefused, UnknownList
from hangman_net.wordtools import BAD, GOOD, MISSING, check, grade, import_file, list_text, rate, show, summary


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(
        tmp_path / "good.txt", "#: title = Good ones\n#: language = en\n#: level = easy\nzebra | striped\nox\n"
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return write(tmp_path / "bad.txt", "horse\n\n1\nкот\nhorse\n")


def test_check(good: Path, bad: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    assert check([good]) == (f"{good}: 2 words, all good", GOOD)
    text, code = check([bad, good])
    assert code == BAD
    assert text.splitlines() == [
        f"{bad}: line 3: no letter of the alphabet to guess: 1",
        f"{bad}: line 4: 'к' is not in the alphabet: кот",
        f"{bad}: line 5: a duplicate: horse",
        f"{bad}: 1 words, 3 bad",
        f"{good}: 2 words, all good",
    ]
    text, code = check([missing, bad])
    assert code == MISSING
    assert text.startswith(f"{missing}: there is no such file\n{bad}: line 3")
    assert check([tmp_path])[1] == BAD
    assert check([]) == ("", GOOD)


def test_list(good: Path, bad: Path, tmp_path: Path) -> None:
    write(tmp_path / "refused.txt", "1\n")
    lines = list_text(Library([tmp_path])).splitlines()
    assert lines == [
        "bad         1 words  -      bad (easy 1; 3 bad lines)",
        "good        2 words  en     Good ones (easy 2)",
        "the word list 'refused' cannot be used: no good word in the file",
    ]


def test_show(good: Path) -> None:
    library = Library([], [good])
    assert show(library, "good") == good.read_text().rstrip("\n")
    with pytest.raises(UnknownList):
        show(library, "goof")


def test_rate(tmp_path: Path) -> None:
    path = write(tmp_path / "list.txt", "#: language = en\njazz | music\nice cream\nstatement\nbuzz\n!\n")
    rows = [line.split("\t") for line in rate(path).splitlines()]
    assert [word for word, _ in rows] == ["jazz", "ice cream", "statement", "buzz"]
    misses = {word: int(number) for word, number in rows}
    assert min(misses["jazz"], misses["buzz"]) > max(misses["ice cream"], misses["statement"])
    for wrong in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ListRefused):
            rate(wrong)


def test_grade_sorts_by_level_and_loses_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path / "list.txt",
        "#: title = Mine\n#: level = hard\n# short\njazz | music\ntea\nthe!\n"
        "# long\nstatement | said\n#: level = easy\nbuzz",
    )
    graded = grade(path)
    assert graded == (
        "#: title = Mine\n\n#: level = easy\n\n# short\ntea\nthe!\n\n# long\nstatement | said\n"
        "\n#: level = hard\n\n# short\njazz | music\n\n# long\nbuzz\n"
    )
    assert grade(write(path, graded)) == graded


def test_import_by_the_file_s_ending(tmp_path: Path) -> None:
    plain = import_file(write(tmp_path / "words", "zebra\nZebra's\nox\n"))
    assert plain.text == "#: title = words\n#: source = words\nzebra\nZebra's\n"
    assert summary(plain) == "2 words\nleft out 1: shorter than 3 letters"
    table = import_file(
        write(tmp_path / "t.csv", "about,animal\nstriped,zèbre\n"),
        word="animal",
        hint="about",
        language="fr",
        title="T",
    )
    assert table.text == "#: title = T\n#: language = fr\n#: source = t.csv\nzèbre | striped\n"
    kvtml = "<kvtml><identifiers><identifier id='0'><locale>es</locale></identifier></identifiers><entries><entry>"
    kvtml += "<translation id='0'><text>año</text></translation></entry></entries></kvtml>"
    vocabulary = import_file(write(tmp_path / "v.kvtml", kvtml), filters=Filters(shortest=2), source="KDE")
    assert vocabulary.text == "#: title = v\n#: language = es\n#: source = KDE\naño\n"
    latin = tmp_path / "latin"
    latin.write_bytes("été\n".encode("latin-1"))
    assert import_file(latin, encoding="latin-1", alphabet="a-z", fold="é=e").text.endswith("fold = é=e\nété\n")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("missing", {}),
        ("latin", {}),
        ("latin", {"encoding": "klingon"}),
        ("good", {"language": "klingon"}),
        ("good", {"alphabet": "z-a"}),
        ("good", {"fold": "æ=ae"}),
        ("good.csv", {"word": "beast"}),
        (".", {}),
    ],
)
def test_imports_that_are_refused_say_which_file(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    write(tmp_path / "good", "zebra\n")
    write(tmp_path / "good.csv", "word,hint\nzebra,striped\n")
    with pytest.raises(ImportRefused, match=str(tmp_path / name)):
        import_file(
            tmp_path / name,
            language=options.get("language", ""),
            alphabet=options.get("alphabet", ""),
            fold=options.get("fold", ""),
            word=options.get("word"),
            encoding=options.get("encoding", "utf-8"),
        )
