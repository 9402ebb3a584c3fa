"""What `hangman-net words` prints: lists, checks, ratings and imports, as text.

It knows lists and files; it must not know the command line's library, rooms or rounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from hangman_net.game.alphabet import AlphabetSpec, language_is_known, parse_folds, parse_letters
from hangman_net.game.rating import level_of
from hangman_net.game.words import LEVELS, BadWord, Level, WordList, read_word, render
from hangman_net.grading import rated
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
from hangman_net.library import Library, ListRefused
from hangman_net.wordfiles import parse_file, read_file

GOOD, BAD, MISSING = 0, 1, 2
"""Exit codes of `check`: every line of every file is good; one is not; there is no such file."""


def list_text(library: Library) -> str:
    """A line a list: name, size, language, levels and title; below them, the lists that are refused and why."""
    refused = library.load_all()
    infos = [info for name in library.names() if (info := library.info(name))]
    width = max((len(info.name) for info in infos), default=0)
    lines = []
    for info in infos:
        more = "; ".join(filter(None, (info.levels, f"{info.problems} bad lines" if info.problems else "")))
        line = f"{info.name:{width}}  {info.size:>7,} words  {info.language or '-':5}  {info.title}"
        lines.append(f"{line} ({more})" if more else line)
    lines += [str(error) for error in refused]
    return "\n".join(lines)


def show(library: Library, name: str) -> str:
    """The list as its file would have it, without comments and bad lines. Raises `UnknownList` and `ListRefused`."""
    return render(library.load(name)).rstrip("\n")


def check(paths: Sequence[Path]) -> tuple[str, int]:
    """What is wrong with each file, a line a problem with the number of the line, and the exit code."""
    lines: list[str] = []
    worst = GOOD
    for path in paths:
        try:
            parsed = parse_file(path)
        except FileNotFoundError:
            lines.append(f"{path}: there is no such file")
            worst = MISSING
            continue
        lines += [f"{path}: {problem}" for problem in parsed.problems]
        words = len(parsed.wordlist.words) if parsed.wordlist else 0
        bad = f"{len(parsed.problems)} bad" if parsed.problems else "all good"
        lines.append(f"{path}: {words:,} words, {bad}")
        worst = max(worst, BAD if parsed.problems else GOOD)
    return "\n".join(lines), worst


def rate(path: Path) -> str:
    """A line a word of a file: the word, a tab, the misses it costs a good solver. Raises `ListRefused`."""
    wordlist = _open(path)
    return "\n".join(f"{text}\t{misses}" for text, misses in rated(wordlist))


def grade(path: Path) -> str:
    """The text of a list's file in three parts, from easy to hard by the rating. Raises `ListRefused`.

    Within a part words stand under the comment that they had right above them; other comments go to the top, bad lines
    into the first part.
    """
    wordlist = _open(path)
    levels = {text: level_of(misses) for text, misses in rated(wordlist)}
    header: list[str] = []
    parts: dict[Level, defaultdict[str, list[str]]] = {level: defaultdict(list) for level in LEVELS}
    comment = ""
    for line in map(str.strip, [*read_file(path).decode("utf-8-sig", "replace").splitlines(), ""]):
        if line.startswith("#:"):
            header += [] if line[2:].strip().startswith("level") else [line]
        elif line.startswith("#") or not line:
            if comment and not any(comment in part for part in parts.values()):
                header += ["", comment]
            comment = line
        else:
            try:
                level = levels[read_word(line, wordlist.alphabet).text]
            except BadWord:
                level = LEVELS[0]
            parts[level][comment].append(line)
    for level, comments in parts.items():
        header += ["", f"#: level = {level}"] if comments else []
        for comment, lines in comments.items():
            header += ["", *filter(None, [comment]), *lines]
    return "\n".join(header) + "\n"


def import_file(
    path: Path,
    *,
    filters: Filters = EVERYTHING,
    language: str = "",
    alphabet: str = "",
    fold: str = "",
    title: str = "",
    source: str = "",
    word: str | None = None,
    hint: str | None = None,
    encoding: str = "utf-8",
) -> Imported:
    """A file of another format as one of ours: by its ending a .kvtml or a .csv, else a plain dictionary.

    `language`, `alphabet`, `fold`, `title` and `source` are the new file's header (a vocabulary brings a language of
    its own), `word` and `hint` a table's columns. Raises `ImportRefused`.
    """
    try:
        data = read_file(path)
        found = _source(path, data, language, word, hint, encoding)
        spoken = language or (found.language if language_is_known(found.language) else "")
        spec = AlphabetSpec(spoken, parse_letters(alphabet) if alphabet else (), parse_folds(fold))
        return convert(found, path.stem, filters, spec=spec, title=title, origin=source or path.name)
    except FileNotFoundError:
        raise ImportRefused(f"{path}: there is no such file") from None
    except (UnicodeDecodeError, LookupError) as error:
        raise ImportRefused(f"{path}: it is not {encoding} text: {error}") from None
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{path}: {error}") from None


def summary(imported: Imported) -> str:
    """How many words came over, and why the others did not, a line a reason."""
    lines = [f"{imported.words:,} words"]
    return "\n".join(lines + [f"left out {count:,}: {reason}" for reason, count in imported.left_out.items()])


def _source(path: Path, data: bytes, language: str, word: str | None, hint: str | None, encoding: str) -> Source:
    if path.suffix.lower() == ".kvtml":
        return read_kvtml(data, language)
    text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    return read_csv(text, word, hint) if path.suffix.lower() in (".csv", ".tsv") else read_plain(text)


def _open(path: Path) -> WordList:
    try:
        parsed = parse_file(path)
    except FileNotFoundError:
        raise ListRefused(str(path), "there is no such file") from None
    if parsed.wordlist is None:
        raise ListRefused(str(path), parsed.problems[0].reason)
    return parsed.wordlist
