"""Words for rounds: what people type for a list, a mode or a letter, and drawing the next word in a thread.

It knows word lists by name and what is drawn from them; it must not know rounds, rooms or people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import Completion, Context, Converter, Refusal, Rest
from hangman_net.game.alphabet import Alphabet
from hangman_net.game.art import ARTS, GALLOWS, Art
from hangman_net.game.evil import Shelf
from hangman_net.game.modes import MODES, Mode
from hangman_net.game.pool import Pool, take
from hangman_net.game.round import Puzzle
from hangman_net.game.solver import Lexicon
from hangman_net.game.view import gives_away
from hangman_net.game.wordlist import Level, WordList

OWN = "own"
"""What people call the list of the room's own words, which `plugins/words.py` keeps and lends to the library."""

MAX_LEXICONS = 8
"""Lists that are kept ready for evil rounds: a large one takes some 30 MB."""


class Drawn(Struct, frozen=True):
    """A word for the next round, and the pool without it."""

    puzzle: Puzzle
    pool: Pool


def wordlist(words: Any, name: str, *, read: bool = False) -> WordList | None:
    """The list of that name; None where it is not in memory and may not be `read` now, which a job may.

    Raises `Refusal` `unknown_wordlist` where there is none, or it cannot be used.
    """
    try:
        found: WordList | None = words.load(name) if read else words.get(name)
    except (LookupError, ValueError) as error:
        raise Refusal(f"{str(error)[:1].upper()}{str(error)[1:]}. /words lists them.", "unknown_wordlist") from error
    return found


def in_memory(words: Any, name: str | None) -> WordList | None:
    """The list of that name where it was read and can be played, else None: a file may go once its name was told."""
    try:
        found: WordList | None = words.get(name) if name else None
    except (LookupError, ValueError):
        return None
    return found


def as_typed(name: str) -> str:
    """A list's name as it is typed behind a command."""
    return f'"{name}"' if " " in name else name


def offers(words: Any) -> Iterator[Completion]:
    """Every list as what may be typed, with its title where it was read."""
    for name in words.names():
        listed = in_memory(words, name)
        yield Completion(as_typed(name), "" if listed is None else listed.title)


def own_name(room: str) -> str:
    """The name under which a room's own words are lent: no file can have it, and nobody types it elsewhere."""
    return f"{OWN}:{room}"


def chosen_name(words: Any, name: str | None) -> str:
    """The list that a room's settings name, or the default where there is none of that name (any more)."""
    found: str = name if name and words.is_lent(name) else words.find(name or "") or words.default
    return found


def draw(words: Any, name: str, level: Level | None, pool: Pool | None, fresh: int) -> Drawn:
    """The next word of a list for a room that has had what `pool` says; reads files, so it belongs into a job.
    `fresh` seeds a pool that begins anew. Raises `Refusal` where there is no such list or level.
    """
    listed = wordlist(words, name, read=True)
    assert listed is not None
    try:
        pool, place = take(pool or Pool(listed.name, listed.digest, fresh), listed, level, fresh)
    except LookupError as error:
        raise Refusal(f"There are none: {error}.") from None
    return Drawn(puzzle_of(listed, place), pool)


def puzzle_of(listed: WordList, place: int) -> Puzzle:
    """The word at a place of a list; a hint that holds it is left out: whoever asks for one wants to guess on."""
    word = listed.words[place]
    puzzle = Puzzle(word.text, listed.alphabet.spec, word.hint, listed.name, listed.digest)
    return puzzle if word.hint is None or not gives_away(puzzle, word.hint) else replace(puzzle, hint=None)


class Shelves:
    """The shelves that evil rounds are played from; `fetch` fills them in a thread, `of` only looks."""

    def __init__(self, words: Any) -> None:
        self._words = words
        self._lexicons: dict[str, Lexicon | None] = {}  # by the list's digest; None: the list is gone or was edited

    def ready(self, puzzle: Puzzle) -> bool:
        """Whether `of` can answer."""
        if puzzle.digest is None or (puzzle.digest in self._lexicons and self._lexicons[puzzle.digest] is None):
            return True
        lexicon = self._lexicons.get(puzzle.digest)
        return lexicon is not None and lexicon.ready(lexicon.shape(puzzle.text)) is not None

    def of(self, puzzle: Puzzle) -> Shelf | None:
        """The shelf that the puzzle's word stands on; None where its list is gone or was edited."""
        lexicon = self._lexicons.get(puzzle.digest or "")
        return None if lexicon is None else Shelf(lexicon, lexicon.shape(puzzle.text))

    def fetch(self, puzzle: Puzzle) -> None:
        """Makes `ready` true: reads the list and builds the index."""
        if puzzle.digest is None or puzzle.wordlist is None:
            return
        try:
            lexicon: Lexicon | None = self._words.lexicon(puzzle.wordlist)
        except (LookupError, ValueError):
            lexicon = None
        if lexicon is not None and lexicon.wordlist.digest == puzzle.digest:
            lexicon.index(lexicon.shape(puzzle.text))
        else:
            lexicon = None
        known = {**self._lexicons, puzzle.digest: lexicon}
        self._lexicons = dict(list(known.items())[-MAX_LEXICONS:])


# --- what people type -------------------------------------------------------------------------------------------


def modes(ctx: Context) -> dict[str, Mode]:
    """Every mode by name: those of the game, then what plugins offer."""
    return {mode.name: mode for mode in (*ctx.offered(Mode), *MODES.values())}


def arts(ctx: Context) -> dict[str, Art]:
    """Every set of pictures by name."""
    return {art.name: art for art in (*ctx.offered(Art), *ARTS.values())}


def art_named(ctx: Context, name: str) -> Art:
    """The pictures of that name; the gallows where their plugin is gone."""
    return ARTS.get(name) or arts(ctx).get(name, GALLOWS)


def _list(ctx: Context, word: str) -> str:
    name: str | None = ctx.words.find(word)
    if name is None and word.lower() in (OWN, own_name(ctx.room).lower()):  # the second is what boards say
        name = own_name(ctx.room)
        if not ctx.words.is_lent(name):
            raise Refusal("This room has no words of its own; /words add WORD | HINT adds one.", "unknown_wordlist")
    wordlist(ctx.words, name or word.replace(":", "?"))  # the words of another room's own are that room's affair
    return name or word


def _lists(ctx: Context, prefix: str) -> Iterator[Completion]:
    if ctx.words.is_lent(own_name(ctx.room)):
        yield Completion(OWN, "the room's own words")
    yield from offers(ctx.words)


def _mode(ctx: Context, word: str) -> str:
    known = modes(ctx)
    if word.lower() not in known:
        raise ValueError(word)
    return word.lower()


def _art(ctx: Context, word: str) -> str:
    if word.lower() not in arts(ctx):
        raise ValueError(word)
    return word.lower()


def _letters(ctx: Context, _: str) -> tuple[str, ...]:
    """The letters of the word's alphabet: what a page with letter keys asks for, whatever the language."""
    round = ctx.state.running
    return () if round is None else round.puzzle.alphabet.letters


def _letter(_: Context, word: str) -> str:
    if len(Alphabet.cells(word[:8])) != 1 or not word[0].isalpha():
        raise ValueError(word)
    return word.lower()


ListName = Annotated[str, Converter("wordlist", "a word list (/words lists them)", _list, _lists)]
"""A word list, by its name in any case; the handler gets the name as it is."""

ModeName = Annotated[
    str,
    Converter(
        "mode",
        "a mode: " + ", ".join(MODES),
        _mode,
        lambda ctx, _: [Completion(mode.name, mode.summary) for mode in modes(ctx).values()],
    ),
]
"""A mode, those of plugins included."""

ArtName = Annotated[str, Converter("art", "a picture: " + ", ".join(ARTS), _art, lambda ctx, _: list(arts(ctx)))]
"""A set of pictures, those of plugins included."""

Letter = Annotated[str, Converter("letter", "a letter", _letter)]
"""One letter of whatever alphabet, in small."""

Guess = Annotated[Rest, Converter("guess", "a letter or a word", lambda _, what: what, _letters)]
"""A letter or the whole word; completed by the alphabet."""
