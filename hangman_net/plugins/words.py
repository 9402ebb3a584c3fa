"""Word lists at the table: `/words` tells of those there are, and keeps a list of the room's own.

It knows lists by name and a room's own words; it must not know rounds, nor how a list is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, NoReturn

from msgspec import Struct
from msgspec.structs import replace

from hangman_net import Completion, Context, Converter, Doc, Plugin, Refusal, Rest, Services, command
from hangman_net.game.alphabet import Alphabet, AlphabetSpec
from hangman_net.game.words import BadWord, Word, WordList, read_word
from hangman_net.plugins.hangman_words import OWN, as_typed, in_memory, offers, own_name, wordlist

MAX_OWN = 200
"""Words of a room's own: a class and its subject; more is a file."""

MAX_OWN_WORD, MAX_OWN_HINT = 60, 120
"""Characters: so that a full list, told in one notice, fits a frame."""

MAX_TOLD = 60
"""Lists that one `/words` tells of: what a person still scrolls through."""


class Entry(Struct, frozen=True, array_like=True):
    """A word of the room's own, and who added it."""

    text: str
    hint: str | None
    by: str


class Own(Struct, frozen=True, omit_defaults=True):
    """A room's own words and the alphabet that all of them are in."""

    alphabet: AlphabetSpec = AlphabetSpec()
    entries: tuple[Entry, ...] = ()


def _verbs(ctx: Context, _: str) -> Iterator[Completion]:
    yield from offers(ctx.words)
    yield Completion(OWN, "the room's own words")
    yield Completion("add", "add a word to the room's own")
    yield Completion("remove", "remove one")
    yield Completion("like", "spell the room's own words as a list does")


What = Annotated[str, Converter("wordlist", "a list's name, add, remove or like", lambda _, word: word, _verbs)]


class Words(Plugin):
    """What lists there are, and the room's own."""

    State = Own

    def setup(self, services: Services) -> None:
        self.lists = services.words

    def on_join(self, ctx: Context) -> None:
        self._lend(ctx)

    def on_back(self, ctx: Context) -> None:
        self._lend(ctx)  # after a restart nobody joins: those who come back bring the room's words

    def on_leave(self, ctx: Context) -> None:
        if all(name == ctx.name for name in ctx.people):  # the last one takes them along, for the room may end
            ctx.when_applied(partial(self.lists.lend, as_list(own_name(ctx.room), ctx.room, Own())))

    @command(summary="Tell of the word lists; add to the room's own")
    def words(
        self,
        ctx: Context,
        what: Annotated[What | None, Doc("NAME|add|remove|like", "a list to hear of, or what to do")] = None,
        word: Annotated[Rest | None, Doc("WORD [| HINT]", "the word to add or remove; the list to spell like")] = None,
    ) -> None:
        """Without anything: the lists there are. With a NAME: what is in it; own is the room's.

        /words add WORD | HINT puts a word into the room's own list, /words remove WORD takes it out again, and
        /new own plays it. /words like LIST: the room's words are spelt with that list's letters.
        """
        verb = (what or "").lower()
        if verb in ("add", "remove", "like"):
            if not ctx.seated and ctx.rank < 2:
                ctx.fail("You look on; /play sits you down.", "forbidden")
            if word is None:
                ctx.fail(f"/words {verb} needs {'a list' if verb == 'like' else 'a word'}.")
        if verb == "add":
            self._add(ctx, word or "")
        elif verb == "remove":
            self._remove(ctx, word or "")
        elif verb == "like":
            self._like(ctx, word or "")
        elif verb == OWN and self.lists.find(OWN) is None:
            self._tell_own(ctx)
        elif what is None:
            self._tell_all(ctx)
        else:
            self._tell(ctx, what if word is None else f"{what} {word}")

    # --- what there is ------------------------------------------------------------------------------------------

    def _tell_all(self, ctx: Context) -> None:
        names = self.lists.names()
        if any(_info(self.lists, name) is None for name in names):
            ctx.job(self.lists.load_all, lambda ctx, _: self._tell_them(ctx))
        else:
            self._tell_them(ctx)

    def _tell_them(self, ctx: Context) -> None:
        infos = [info for name in self.lists.names() if (info := _info(self.lists, name)) is not None]
        lines = [_line(info) for info in infos[:MAX_TOLD]]
        if len(infos) > MAX_TOLD:
            lines.append(f"and {len(infos) - MAX_TOLD} more: " + ", ".join(i.name for i in infos[MAX_TOLD:])[:2_000])
        own: Own = ctx.state
        if own.entries:
            lines.append(f"{OWN}: the words of this room, {len(own.entries)} words")
        ctx.reply("\n".join(lines) or "There are no word lists.")

    def _tell(self, ctx: Context, name: str) -> None:
        known = self.lists.find(name)
        if known is None:
            _unknown(self.lists, name)
        if _info(self.lists, known) is not None:
            self._tell_one(ctx, known)
        else:
            ctx.job(partial(wordlist, self.lists, known, read=True), lambda ctx, _: self._tell_one(ctx, known))

    def _tell_one(self, ctx: Context, name: str) -> None:
        info = _info(self.lists, name)
        if info is None:
            _unknown(self.lists, name)
        about = [("Licence", info.license), ("Source", info.source)]
        lines = [_line(info), *(f"{what}: {text}" for what, text in about if text)]
        if info.problems:
            lines.append(f"{info.problems} bad lines were left out; the host's `hangman-net words check` names them.")
        ctx.reply("\n".join([*lines, f"/new {as_typed(name)} plays it."]))

    def _tell_own(self, ctx: Context) -> None:
        own: Own = ctx.state
        if not own.entries:
            ctx.reply("This room has no words of its own; /words add WORD | HINT adds one.")
            return
        told = f"Words of this room: {len(own.entries)} of {MAX_OWN}; /new {OWN} plays them."
        if ctx.playing:  # one of them may be the word
            ctx.reply(f"{told}\nWhich they are is told when the round is over.")
            return
        mine = [entry.text for entry in own.entries if ctx.rank >= 2 or entry.by == ctx.name]
        others = len(own.entries) - len(mine)
        told += f"\n{', '.join(mine)}" if mine else ""
        ctx.reply(told + (f"\n{others} that others added, and you may guess." if others else ""))

    # --- the room's own -----------------------------------------------------------------------------------------

    def _add(self, ctx: Context, line: str) -> None:
        own: Own = ctx.state
        if len(own.entries) >= MAX_OWN:
            ctx.fail(
                f"This room has {MAX_OWN} words of its own, which is all it may have; /words remove takes one out."
            )
        if own.entries or own.alphabet != AlphabetSpec():
            self._put(ctx, line, own.alphabet)
        else:
            ctx.job(partial(_alphabet_of, self.lists, line), lambda ctx, spec: self._put(ctx, line, spec))

    def _put(self, ctx: Context, line: str, spec: AlphabetSpec) -> None:
        own: Own = ctx.state
        alphabet = Alphabet.of(spec)
        try:
            word = read_word(line, alphabet)
        except BadWord as error:
            ctx.fail(f"That word cannot be added: {error}. /words like LIST changes the letters.")
        if len(word.text) > MAX_OWN_WORD or len(word.hint or "") > MAX_OWN_HINT:
            ctx.fail(f"A word has at most {MAX_OWN_WORD} characters here, and a hint {MAX_OWN_HINT}.")
        if any(alphabet.lower(entry.text) == alphabet.lower(word.text) for entry in own.entries):
            ctx.fail("That word is there already.")
        entry = Entry(word.text, word.hint, ctx.name)
        ctx.state = Own(spec, (*own.entries, entry))
        self._changed(ctx, f"{ctx.name} added a word to the room's own")

    def _remove(self, ctx: Context, text: str) -> None:
        own: Own = ctx.state
        alphabet = Alphabet.of(own.alphabet)
        wanted = alphabet.lower(" ".join(text[: MAX_OWN_WORD * 2].split()))
        found = next((entry for entry in own.entries if alphabet.lower(entry.text) == wanted), None)
        if found is None or (found.by != ctx.name and ctx.rank < 2):
            # One answer for both: else anybody could ask which words are there.
            ctx.fail("You added no such word; words of others are for the room's owner to remove.")
        ctx.state = replace(own, entries=tuple(entry for entry in own.entries if entry is not found))
        self._changed(ctx, f"{ctx.name} removed a word from the room's own")

    def _like(self, ctx: Context, name: str) -> None:
        known = self.lists.find(name)
        if known is None:
            _unknown(self.lists, name)
        ctx.job(partial(wordlist, self.lists, known, read=True), self._spell_like)

    def _spell_like(self, ctx: Context, listed: WordList) -> None:
        own: Own = ctx.state
        for entry in own.entries:
            try:
                read_word(entry.text, listed.alphabet)
            except BadWord as error:
                shown = entry.text if ctx.rank >= 2 or entry.by == ctx.name else "one of the words"
                ctx.fail(f"The room's words are not all in those letters: {shown}: {error}.")
        ctx.state = replace(own, alphabet=listed.alphabet.spec)
        self._changed(ctx, f"{ctx.name} chose the letters of {listed.name} for the room's own words")

    def _changed(self, ctx: Context, what: str) -> None:
        count = len(ctx.state.entries)
        ctx.event("own_words", count=count)  # not the word: it may be the next one to guess
        ctx.say(f"{what}: {count} of {MAX_OWN}." + (f" /new {OWN} plays them." if count else ""))
        self._lend(ctx)

    def _lend(self, ctx: Context) -> None:
        """Makes the room's words a list that rounds can draw from, as soon as this step counts."""
        own: Own = ctx.state
        name = own_name(ctx.room)
        if own.entries or self.lists.is_lent(name):
            ctx.when_applied(partial(self.lists.lend, as_list(name, ctx.room, own)))


def as_list(name: str, room: str, own: Own) -> WordList:
    """A room's own words as a list."""
    from hashlib import blake2b  # needed for words of one's own, not for a start

    digest = blake2b(repr(own).encode(), digest_size=16).hexdigest()
    return WordList(
        name=name,
        title=f"the words of room {room}",
        language=own.alphabet.language,
        license="",
        source="",
        level=None,
        alphabet=Alphabet.of(own.alphabet),
        words=tuple([Word(entry.text, entry.hint) for entry in own.entries]),
        digest=digest,
    )


def _alphabet_of(lists: Any, line: str) -> AlphabetSpec:
    """The alphabet for a room whose first own word is this: reads lists, so it belongs into a job.

    The default list's, or that of the first list in whose letters the word can be written; one that has all of its
    letters comes before one that would fold some.
    """
    lists.load_all()
    candidates = [listed.alphabet for name in (lists.default, *lists.names()) if (listed := in_memory(lists, name))]
    reasons: list[str] = []
    folding: list[AlphabetSpec] = []
    for alphabet in dict.fromkeys(candidates):
        try:
            word = read_word(line, alphabet)
        except BadWord as error:
            reasons.append(str(error))
            continue
        if all(alphabet.key(cell) in (None, alphabet.lower(cell)) for cell in alphabet.cells(word.text)):
            return alphabet.spec
        folding.append(alphabet.spec)
    if not folding:
        raise Refusal(f"That word cannot be added: {reasons[0] if reasons else 'there is no list to spell it like'}.")
    return folding[0]


def _info(lists: Any, name: str) -> Any:
    """What is told of a list in memory; None where it was not read yet, or is refused."""
    try:
        return lists.info(name)
    except (LookupError, ValueError):
        return None


def _unknown(lists: Any, name: str) -> NoReturn:
    wordlist(lists, name)  # which refuses it, unless it is lent
    raise Refusal(f"No word list is called {name[:40]!r}. /words lists them.", "unknown_wordlist")


def _line(info: Any) -> str:
    language = f", {info.language}" if info.language else ""
    levels = f" ({info.levels})" if info.levels else ""
    return f"{info.name}: {info.title}, {info.size:,} words{language}{levels}"
