"""A plain byte mutator over golden frames, word lists and typed lines: a million executions by one command.

    python tests/fuzz/fuzz.py --executions 1000000

It knows what must hold whatever comes in; what breaks it is printed as a case to keep, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from unicodedata import category

from hangman_net.game.words import parse
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Ack, Bye, Error
from hangman_net.testing import Table
from hangman_net.wire.codec import Refused
from hangman_net.wire.connection import ServerWire
from hangman_net.wire.framing import Fatal, NeedData, frame

FRAMES = [
    frame(payload)
    for payload in (
        b'{"type":"hello","version":1}',
        b'{"type":"hello","version":1,"name":"Ann","room":"lobby","token":"0123456789abcdef"}',
        b'{"type":"line","text":"/guess e","id":1}',
        '{"type":"line","text":"Grüße, 日本 😀"}'.encode(),
        rb'{"type":"line","text":"\ud83d\ude00 \"quoted\" \\ \/ \b\f\n\r\t","id":9007199254740991}',
        b'{"type":"complete","id":7,"text":"/msg b"}',
        b'{"type":"ping","id":-3}',
        b'{"type":"ping","x":[1,2.5e3,{"a":null,"b":[true,false]}]}',
        b"[]",
        b"",
    )
]

LISTS = [
    b"banana\ncherry | red\n# comment\n\nrock and roll\n",
    "#: title = Mots\n#: language = fr\n#: fold = é=e è=e\ncafé | à boire\ncrème\n".encode(),
    "#: alphabet = αβγδεζηθικλμνξοπρσςτυφχψω\nκαλημερα\n".encode(),
    b"#: level = easy\r\nbanana\r\nbanana\r\n123\r\n",
    "\ufeffpomme\npoire\n".encode(),
]

LINES = [
    "/new fruit lives=3 mode=race", "/guess banana", "/g é", "/secret quokka | an animal", "/msg bob hi there",
    "/nick José", "/room elsewhere", "/config lives 4", "/help guess", "//slash", "hello", "e", "/kick bob reason",
    "/words add kiwi | a bird", '/echo "two words" key=value', "/q", "/me waves", "/stop", "/hint", "/spectate",
]  # fmt: skip

PIECES = [
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc3", b"NaN",
    b"[" * 200, b'{"a":' * 100, b"1e999", b"9" * 50, rb"\ud800", rb"\u0000", b'"', b"\\", b"|", b"#:", b"=", b"\n",
    b"\r", b" ", b"\t", "\u202e".encode(), "\u0301".encode() * 5, "😀".encode(), b"/", b"'", b"null", b"true",
]  # fmt: skip


UNSAFE = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that nobody is ever sent, but for a notice's own line ends."""


def mutated(data: bytes, chance: Random) -> bytes:
    """Some bytes changed, cut, doubled, or with a nasty piece put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0 if out:
                out[at % len(out)] = chance.randrange(256)
            case 1 if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
            case 2:
                del out[at : at + chance.choice((1, 1, 2, 4, 16))]
            case 3:
                out[at:at] = out[at : at + chance.randrange(1, 20)]
            case _:
                out[at:at] = chance.choice(PIECES)
    return bytes(out)


def events(data: bytes, cuts: Sequence[int], *, opened: bool) -> list[object]:
    """What a server's wire makes of a stream that is cut at those places."""
    wire = ServerWire(DEFAULTS)
    if opened:
        wire.opened()
    found: list[object] = []
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        wire.receive_data(data[start:end])
        while not isinstance(event := wire.next_event(), NeedData):
            found.append(event)
            if isinstance(event, Fatal):
                return found
    return found


def fuzz_wire(data: bytes, chance: Random) -> None:
    """Whole, byte by byte and cut anywhere give the same events, each documented."""
    opened = chance.random() < 0.5
    whole = events(data, [], opened=opened)
    for event in whole:
        if isinstance(event, Refused):
            assert event.code in ("bad_utf8", "bad_json", "bad_message"), event
            assert event.text.isprintable(), event
        elif isinstance(event, Fatal):
            assert event.reason in ("too_big", "protocol"), event
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    assert events(data, cuts, opened=opened) == whole
    if len(data) < 400 and chance.random() < 0.2:
        assert events(data, range(1, len(data)), opened=opened) == whole


def fuzz_list(data: bytes, _chance: Random) -> None:
    """A list or a report, never an exception; every problem names a line that is there; good words are whole."""
    parsed = parse("fuzzed", data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for problem in parsed.problems:
        assert 0 <= problem.line <= lines, problem
        assert problem.reason
        assert str(problem).isprintable(), problem
    assert parsed.wordlist is not None or parsed.problems
    if parsed.wordlist is not None:
        assert parsed.wordlist.words


class Typing:
    """A table that lines are typed at; it is set anew from time to time."""

    def __init__(self) -> None:
        self._table = Table()
        self._count = 0

    def __call__(self, data: bytes, chance: Random) -> None:
        """One ack, documented errors, and nothing but safe text for anybody; never `internal`."""
        text = data.decode("utf-8", "replace").replace("\0", "")
        self._count += 1
        if self._count % 500 == 0:
            self._table = Table()
        player = self._table.player(chance.choice(("ann", "bob")))
        if player.seat is None or player.seat.session is not player:
            player = self._table.sits(f"{chance.choice(('ann', 'bob'))}{'abcdefgh'[self._count % 8]}{self._count}")
        said = player.types(text, id=self._count)
        assert [m for m in said if isinstance(m, Ack)], said
        for message in said:
            if isinstance(message, Error):
                assert message.code != "internal", (text, message)
            if not isinstance(message, (Ack, Bye)):
                for value in (getattr(message, "text", ""), getattr(message, "name", "")):
                    assert not any(category(char) in UNSAFE and char != "\n" for char in value or ""), (text, message)


def run(executions: int, seed: int, say: Callable[[str], None] = print) -> int:
    """Runs so many and gives how many failed."""
    chance = Random(seed)
    typing = Typing()
    targets: list[tuple[str, Sequence[bytes], Callable[[bytes, Random], None], int]] = [
        ("wire", FRAMES, fuzz_wire, 80),
        ("list", LISTS, fuzz_list, 14),
        ("line", [line.encode() for line in LINES], typing, 6),
    ]
    failed = 0
    done = dict.fromkeys((name for name, *_ in targets), 0)
    began = time.monotonic()
    weights = [weight for *_, weight in targets]
    for _ in range(executions):
        name, golden, target, _weight = chance.choices(targets, weights)[0]
        data = (
            b"".join(chance.choice(golden) for _ in range(chance.choice((1, 1, 2, 3))))
            if name != "line"
            else (chance.choice(golden))
        )
        data = mutated(data, chance)
        done[name] += 1
        try:
            target(data, chance)
        except Exception as error:
            failed += 1
            say(f"{name}: {data!r}: {type(error).__name__}: {error}")
            if failed >= 10:
                break
    spent = time.monotonic() - began
    say(f"{sum(done.values()):,} executions in {spent:.0f} s ({done}), {failed} failed")
    return failed


def main(args: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(args)
    return 1 if run(options.executions, options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
