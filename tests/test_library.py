"""Lists by name: found, read, read again, and refused at once where they are no lists."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hangman_net.game.words import Word
from hangman_net.library import Library, ListRefused, UnknownList


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two lists, and one beside it that is not its own."""
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "animals.txt").write_text("#: title = Beasts\n#: language = en\nzebra | striped\nhorse\n1\n")
    (lists / "Fünf.txt").write_text("#: language = de\nfünf\n")
    (lists / "notes.md").write_text("not a list")
    (lists / ".hidden.txt").write_text("zebra")
    (tmp_path / "secret.txt").write_text("password\n")
    return lists


def touch(path: Path, text: str) -> None:
    """Writes `text` with a time of change that no earlier version had."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_lists_are_found_and_read_when_asked_for(folder: Path) -> None:
    library = Library([folder])
    assert library.names() == ("Fünf", "animals")
    assert library.get("animals") is None
    assert library.info("animals") is None
    found = library.load("animals")
    assert [word.text for word in found.words] == ["zebra", "horse"]
    assert library.get("animals") is found is library.load("ANIMALS")
    info = library.info("animals")
    assert info is not None
    assert (info.name, info.title, info.language, info.size, info.problems) == ("animals", "Beasts", "en", 2, 1)
    assert [problem.line for problem in library.problems("animals")] == [5]
    assert library.load("Fu\u0308nf").name == "Fünf"


def test_words_without_a_level_get_theirs_when_the_list_is_read(folder: Path) -> None:
    (folder / "hard.txt").write_text("jazz | music\nstatement\n")
    (folder / "own.txt").write_text("#: level = medium\njazz\nstatement\n")
    library = Library([folder])
    assert list(library.load("hard").words) == [Word("jazz", "music", "hard"), Word("statement", None, "easy")]
    assert [word.level for word in library.load("own").words] == [None, None]
    info = library.info("own")
    assert info is not None
    assert info.levels == "medium 2"


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "../secret.txt",
        "lists/animals",
        "./animals",
        "/etc/passwd",
        "animals.txt",
        "",
        ".",
        "..",
        ".hidden",
        "notes",
        "animals\0",
        "a" * 10_000,
        "animal",
    ],
)
def test_a_name_never_becomes_a_path(folder: Path, name: str) -> None:
    library = Library([folder])
    for ask in (library.get, library.load, library.info, library.problems, library.lexicon):
        with pytest.raises(UnknownList) as caught:
            ask(name)
        assert caught.value.name == name


def test_the_nearest_name(folder: Path) -> None:
    with pytest.raises(UnknownList, match=r"\(did you mean 'animals'\?\)$") as caught:
        Library([folder]).load("animlas")
    assert caught.value.nearest == "animals"


def link(folder: Path) -> None:
    (folder / "bad.txt").symlink_to(folder.parent / "secret.txt")


def link_to_itself(folder: Path) -> None:
    (folder / "bad.txt").symlink_to(folder / "bad.txt")


def broken_link(folder: Path) -> None:
    (folder / "bad.txt").symlink_to(folder / "nothing")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "bad.txt")


def subfolder(folder: Path) -> None:
    (folder / "bad.txt").mkdir()


def device(folder: Path) -> None:
    (folder / "bad.txt").symlink_to("/dev/zero")


def unix_socket(folder: Path) -> None:
    os.chdir(folder)  # a socket's path has a short limit
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("bad.txt")


def empty(folder: Path) -> None:
    (folder / "bad.txt").write_text("")


def large(folder: Path) -> None:
    with (folder / "bad.txt").open("wb") as file:
        file.truncate(20_000_000)


def odd_name(folder: Path) -> None:
    (folder / "bad\x1b.txt").write_text("zebra")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (link, "link out of its folder"),
        (link_to_itself, "."),
        (broken_link, "no such file"),
        (pipe, "no regular file"),
        (subfolder, "no regular file"),
        (device, "."),
        (unix_socket, "no regular file"),
        (empty, "no good word"),
        (large, "over 10 MB"),
        (odd_name, "no name that can be typed"),
    ],
)
def test_what_is_no_list_is_refused_at_once(
    folder: Path, make: Callable[[Path], None], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    make(folder)
    library = Library([folder])
    refused = library.load_all()
    assert len(refused) == 1
    assert refused[0].name.startswith("bad")
    assert refused[0].reason
    assert reason in str(refused[0]) + "."
    assert library.names() == ("Fünf", "animals")
    with pytest.raises(ListRefused):
        library.get(refused[0].name)
    with pytest.raises(ListRefused):
        library.load(refused[0].name)


def test_links_within_the_folder_and_files_named_by_the_host_may_be_links(folder: Path, tmp_path: Path) -> None:
    (folder / "beasts.txt").symlink_to(folder / "animals.txt")
    (tmp_path / "words").symlink_to(tmp_path / "secret.txt")
    library = Library([folder], [tmp_path / "words"])
    assert len(library.load("beasts").words) == 2
    assert [word.text for word in library.load("words").words] == ["password"]


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hangman_net.wordfiles.os.open", refuse)
    with pytest.raises(ListRefused, match="Permission denied"):
        Library([folder]).load("animals")


def test_files_come_before_folders(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "animals.txt"
    mine.write_text("wapiti\n")
    library = Library([folder, tmp_path], [mine])
    assert [word.text for word in library.load("animals").words] == ["wapiti"]
    assert library.names() == ("Fünf", "animals", "secret")


def test_choosing_by_name_or_file(folder: Path, tmp_path: Path) -> None:
    library = Library.choose([str(tmp_path / "secret.txt"), "animals"], [folder])
    assert library.default == "secret"
    assert {"secret", "animals", "Fünf"} <= set(library.names())
    assert Library.choose(["ANIMALS"], [folder]).default == "animals"
    missing = Library.choose([str(tmp_path / "nothing.txt")], [folder])
    with pytest.raises(ListRefused, match="no such file"):
        missing.load(missing.default)


def test_the_default_without_a_choice(folder: Path, tmp_path: Path) -> None:
    assert Library.choose().default == "english"
    assert Library([folder]).default in ("Fünf", "animals")
    assert Library([tmp_path / "nowhere"]).names() == ()


def test_an_edited_list_is_read_once_it_has_settled(folder: Path) -> None:
    library = Library([folder])
    before = library.load("animals")
    assert library.refresh() == ()
    touch(folder / "animals.txt", "wapiti\n")
    assert library.refresh() == ()  # it may still be in the middle of being written
    touch(folder / "animals.txt", "wapiti\nibis\n")
    assert library.refresh() == ()
    assert library.get("animals") is before
    assert library.refresh() == ("word list animals: read again",)
    after = library.get("animals")
    assert after is not None
    assert [word.text for word in after.words] == ["wapiti", "ibis"]
    assert [word.text for word in before.words] == ["zebra", "horse"]  # who has it keeps it
    assert library.refresh() == ()


def test_an_edit_that_is_refused_changes_nothing(folder: Path) -> None:
    library = Library([folder])
    before = library.load("animals")
    touch(folder / "animals.txt", "1\n2\n")
    library.refresh()
    (news,) = library.refresh()
    assert "refused (no good word in the file); it stays what it was" in news
    assert library.get("animals") is before
    assert library.refresh() == ()
    touch(folder / "animals.txt", "wapiti\n")
    library.refresh()
    library.refresh()
    assert library.load("animals") is not before


def test_lists_come_and_go_and_are_mended(folder: Path) -> None:
    library = Library([folder])
    library.load_all()
    (folder / "new.txt").write_text("1\n")
    (folder / "Fünf.txt").unlink()
    assert library.refresh() == ("word list new: found", "word list Fünf: its file is gone")
    with pytest.raises(UnknownList):
        library.get("Fünf")
    with pytest.raises(ListRefused):
        library.load("new")
    touch(folder / "new.txt", "wapiti\n")
    library.refresh()
    library.refresh()
    assert len(library.load("new").words) == 1


def test_watching_reads_an_edit_by_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library([folder])
    library.load("animals")
    read = threading.Event()
    refresh = library.refresh

    def tell() -> tuple[str, ...]:
        news = refresh()
        if news:
            read.set()
        return news

    monkeypatch.setattr(library, "refresh", tell)
    library.watch(0.001)
    touch(folder / "animals.txt", "wapiti\n")
    assert read.wait(10)
    library.close()
    assert [word.text for word in library.load("animals").words] == ["wapiti"]


def test_a_lexicon_is_made_once_for_each_content(folder: Path) -> None:
    library = Library([folder])
    lexicon = library.lexicon("animals")
    assert lexicon is library.lexicon("animals")
    assert len(lexicon.places("\0" * 5)) == 2
    touch(folder / "animals.txt", "wapiti\n")
    library.refresh()
    library.refresh()
    assert library.lexicon("animals") is not lexicon
    assert library.lexicon("animals").wordlist is library.get("animals")


def test_many_threads_read_a_list_once(folder: Path) -> None:
    library = Library([folder])
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(library.load("animals"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def test_the_loop_has_its_turns_while_a_dictionary_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (f"{a}{b}{c}{d}" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij" for d in "abcdefghij")
    (folder / "big.txt").write_text("\n".join(words))
    slept: list[float] = []
    monkeypatch.setattr("hangman_net.library.time.sleep", slept.append)
    library = Library([folder])

    def read() -> None:
        library.load("big")
        slept.append(-1)
        library.lexicon("big").index("\0" * 4)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert 0 < slept.index(-1) < len(slept) - 1
    slept.clear()
    Library([folder]).load("big")  # in the main thread, where the loop is not running
    assert slept == []
