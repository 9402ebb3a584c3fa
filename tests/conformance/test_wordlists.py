"""Word lists: what a file may hold, what becomes of a bad line, and the commands that read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import Launched, Launcher, holds

Serve = Callable[..., Launched]


def check(launcher: Launcher, tmp_path: Path, data: str | bytes, name: str = "list.txt") -> tuple[int, str]:
    """Exit code and output of `words check` for a file with that content."""
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    done = launcher.run("words", "check", str(path))
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


GOOD = {
    "words": "banana\ncherry\n",
    "hints": "banana | long and yellow\ncherry|red\n",
    "phrases": "rock and roll\nthat's life\nwell-known\nroute 66\n",
    "comments-and-blanks": "# a comment\n\nbanana\n   \n# another\n",
    "header": "#: title = Fruit\n#: language = en\n#: license = CC0-1.0\n#: source = mine\n#: level = easy\nbanana\n",
    "alphabet": "#: alphabet = abcdefghinч\nbanana\n",
    "fold": "#: language = fr\n#: fold = é=e è=e\ncafé\ncrème\n",
    "other-script": "#: language = ru\nпривет\n",
    "no-last-newline": "banana",
    "windows-newlines": "banana\r\ncherry\r\n",
    "capitals": "Paris\nLondon\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
@holds("5.01", "5.02", "5.03", "5.04", "5.07")
def test_good_files(launcher: Launcher, tmp_path: Path, text: str) -> None:
    code, output = check(launcher, tmp_path, text)
    assert code == 0, output


BAD = {
    "letters-of-no-alphabet": ("banana\ncafé\n", 2),
    "other-script": ("banana\nпривет\n", 2),
    "no-letter": ("banana\n123\n", 2),
    "only-a-hint": ("banana\n| a hint\n", 2),
    "duplicate": ("banana\ncherry\nbanana\n", 3),
    "duplicate-by-case": ("banana\nBanana\n", 2),
    "duplicate-with-a-hint": ("banana\nbanana | yellow\n", 2),
    "control-character": ("banana\nche\x1brry\n", 2),
    "nul": ("banana\nche\x00rry\n", 2),
    "bidi": ("banana\nche\u202erry\n", 2),
    "very-long": ("banana\n" + "x" * 5_000 + "\n", 2),
    "symbols": ("banana\na=b;c\n", 2),
}


@pytest.mark.parametrize(("text", "number"), BAD.values(), ids=BAD)
@holds("5.06", "5.07", "1.11")
def test_a_bad_line_is_named_by_its_number(launcher: Launcher, tmp_path: Path, text: str, number: int) -> None:
    code, output = check(launcher, tmp_path, text)
    assert code == 1, output
    assert re.search(rf"\b{number}\b", output), output


@pytest.mark.parametrize(
    "data",
    [b"", b"# nothing\n", b"123\n", b"\n\n\n", b"banana\nche\xffrry\n", "banana\n".encode("utf-16"), b"\xff\xff"],
    ids=["empty", "comments", "no-letters", "blank", "latin-1", "utf-16", "no-text"],
)
@holds("5.01", "5.06", "5.07")
def test_files_that_are_not_good(launcher: Launcher, tmp_path: Path, data: bytes) -> None:
    code, output = check(launcher, tmp_path, data)
    assert code == 1, output
    assert output.strip()


@holds("5.07", "1.11")
def test_several_files_are_checked_each(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("banana\n")
    (tmp_path / "bad.txt").write_text("banana\nbanana\n")
    done = launcher.run("words", "check", str(tmp_path / "good.txt"), str(tmp_path / "bad.txt"))
    assert done.returncode == 1
    assert "bad" in done.stdout + done.stderr
    missing = launcher.run("words", "check", str(tmp_path / "good.txt"), str(tmp_path / "none.txt"))
    assert missing.returncode == 2


@holds("5.06", "5.05", "1.18")
def test_a_bad_line_is_skipped_and_the_rest_is_played(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_text("123\nbanana\ncafé\n")
    server = serve("--no-console", "--words", str(path))
    peer = server.join()
    peer.types("/new")
    assert peer.board()["wordlist"] == "mixed"
    peer.types("/guess banana")
    assert peer.board()["status"] == "won"
    assert "1" in server.err.until("mixed")
    assert "3" in server.err.until("mixed")


@holds("5.06", "1.25", "1.26")
def test_a_list_with_no_good_word_is_refused(launcher: Launcher, tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    path.write_text("123\n456\n")
    done = launcher.run("serve", "--port", "0", "--memory", "--no-console", "--words", str(path))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "none" in done.stderr


@holds("1.11")
def test_list_and_show(launcher: Launcher, tmp_path: Path) -> None:
    listed = launcher.run("words", "list")
    assert listed.returncode == 0
    assert "english" in listed.stdout
    shown = launcher.run("words", "show", "english")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) > 100
    (tmp_path / "mine.txt").write_text("banana | yellow\n")
    assert "mine" in launcher.run("words", "list", "--words-dir", str(tmp_path)).stdout
    assert "banana" in launcher.run("words", "show", "mine", "--words-dir", str(tmp_path)).stdout


@holds("5.08", "1.11")
def test_rate_prints_the_word_a_tab_and_a_number(launcher: Launcher, tmp_path: Path) -> None:
    path = tmp_path / "rated.txt"
    path.write_text("# fruit\nbanana | yellow\njazz\nrock and roll\n")
    done = launcher.run("words", "rate", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["banana", "jazz", "rock and roll"] or {row[0] for row in rows} == {
        "banana", "jazz", "rock and roll",
    }  # fmt: skip
    assert all(len(row) == 2 and float(row[1]) >= 0 for row in rows)


@holds("1.18", "5.05")
def test_a_folder_of_lists(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("banana\n")
    server = serve("--no-console", "--words-dir", str(tmp_path), "--words", "mine")
    peer = server.join()
    peer.types("/new")
    assert peer.board()["wordlist"] == "mine"
    assert "mine" in peer.types("/words")[0].text


@pytest.mark.parametrize("name", ["../list", "/etc/passwd", "..", ".", "list.txt/..", "%2e%2e", "a\\b", "x" * 300])
@holds("2.50", "2.51")
def test_a_name_is_never_a_path(table: Launched, room: str, name: str) -> None:
    peer = table.join(None, room)
    for line in (f"/new {name}", f"/words {name}"):
        assert peer.say(line).code in ("unknown_wordlist", "usage")
    assert b"root:" not in peer.raw


@holds("5.04", "2.45")
def test_an_alphabet_of_ones_own(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "greek.txt").write_text("#: language = el\nκαλημέρα\n", encoding="utf-8")
    (tmp_path / "few.txt").write_text("#: alphabet = abcdefghin\nbanana\n", encoding="utf-8")
    server = serve("--no-console", "--words", str(tmp_path / "greek.txt"), "--words", str(tmp_path / "few.txt"))
    peer = server.join()
    peer.types("/new greek", "/guess α")
    assert [c for c in peer.board()["cells"] if c] in (["α", "α"], ["α", "ά", "α"])
    assert peer.say("/guess a").code == "invalid_guess"
    peer.types("/stop", "/new few")
    assert peer.say("/guess z").code == "invalid_guess"
    peer.types("/guess b")
    assert peer.board()["cells"][0] == "b"


@holds("1.18")
def test_a_word_list_that_changes_on_disk_is_no_reason_to_stop(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("banana\n")
    server = serve("--no-console", "--words", str(path))
    peer = server.join()
    peer.types("/new", "/guess a")
    path.unlink()
    peer.types("/guess banana")
    assert peer.board()["status"] == "won"
    assert peer.say("hello").ok
