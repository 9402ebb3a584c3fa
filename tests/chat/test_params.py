"""The signature as a schema: types, bounds, defaults, keys, quotes, the rest of the line; usage and completion."""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net import Context, Doc, Duration, Meta, Player, Plugin, Rest, RoomName, command
from hangman_net.chat.errors import PluginError, UsageError
from hangman_net.chat.params import complete_args, parse_args, schema, usage_of


class Colour(Enum):
    RED = "r"
    DARK_BLUE = "b"


class Here:
    """Somebody in a room with ann and Bob."""

    name = "ann"
    people = ("ann", "Bob")
    rooms = ("lobby", "den")


def parsed(handler: Any, text: str) -> Any:
    params = schema(handler, "test: /x")
    args, named = parse_args(params, text, Here(), usage_of("x", params))
    return handler(None, *args, **named)


def roll(ctx: Context, sides: int = 6, how: Literal["open", "secret"] = "open") -> Any:
    return sides, how


def all_kinds(
    ctx: Context,
    count: Annotated[int, Meta(ge=1, le=9)],
    share: float = 0.5,
    loud: bool = False,
    colour: Colour = Colour.RED,
    who: Player | None = None,
    *,
    note: str = "",
) -> Any:
    return count, share, loud, colour, who, note


def message(ctx: Context, name: str, text: Rest) -> Any:
    return name, text


def coded(
    ctx: Context,
    code: Annotated[str, Meta(min_length=2, max_length=4, pattern="^[a-z]+$")],
    size: Annotated[str, Meta(min_length=2, max_length=2)] = "XL",
    name: Annotated[str, Meta(min_length=3)] = "ann",
) -> Any:
    return code, size, name


def wait(ctx: Context, time: Duration, room: RoomName = "lobby") -> Any:
    return time, room


def ranged(ctx: Context, a: Annotated[int, range(1, 7)], b: Annotated[float, Meta(gt=0, lt=1)] = 0.5) -> Any:
    return a, b


@pytest.mark.parametrize(
    ("handler", "text", "result"),
    [
        (roll, "", (6, "open")),
        (roll, "20", (20, "open")),
        (roll, "  20   secret  ", (20, "secret")),
        (roll, "SECRET", None),
        (roll, "how=secret", (6, "secret")),
        (roll, "how=SECRET sides=8", (8, "secret")),
        (roll, "secret=1", None),
        (roll, "SIDES=8", (8, "open")),
        (roll, "sides=8 secret", (8, "secret")),
        (roll, "8 sides=9", None),
        (roll, "8 secret 9", None),
        (roll, "8.0", None),
        (roll, "1_000", None),
        (roll, "9" * 41, None),
        (roll, '"8"', (8, "open")),
        (roll, "sides=", None),
        (all_kinds, "3", (3, 0.5, False, Colour.RED, None, "")),
        (all_kinds, "3 0.25 yes dark_blue bob", (3, 0.25, True, Colour.DARK_BLUE, "Bob", "")),
        (all_kinds, "3 0.25 no B", (3, 0.25, False, Colour.DARK_BLUE, None, "")),
        (all_kinds, "3 loud=on who=ANN", (3, 0.5, True, Colour.RED, "ann", "")),
        (all_kinds, "0", None),
        (all_kinds, "10", None),
        (all_kinds, "", None),
        (all_kinds, "3 inf", None),
        (all_kinds, "3 nan", None),
        (all_kinds, "3 0.5 maybe", None),
        (all_kinds, "3 who=nobody", None),
        (all_kinds, "3 0.5 no red ann the rest = of it", (3, 0.5, False, Colour.RED, "ann", "the rest = of it")),
        (all_kinds, "3 note= all = of it", (3, 0.5, False, Colour.RED, None, "all = of it")),
        (all_kinds, "note=of it 3", None),
        (all_kinds, "3 note=", (3, 0.5, False, Colour.RED, None, "")),
        (message, "bob text=hello", ("bob", "text=hello")),
        (message, "text=hello bob", None),
        (message, "bob hello there", ("bob", "hello there")),
        (message, "bob   a=b  'c' \"d\"", ("bob", "a=b  'c' \"d\"")),
        (message, "name=bob hello", ("bob", "hello")),
        (message, "name=bob Text= hello = there", ("bob", "hello = there")),
        (message, "name=bob name=hello", ("bob", "name=hello")),
        (message, "name=bob text=", None),
        (message, '"bob b" hello', ("bob b", "hello")),
        (message, "'it''s' x", ("'it''s'", "x")),
        (message, r'"a \" b" x', ('a " b', "x")),
        (message, "bob", None),
        (message, "", None),
        (wait, "90", (90.0, "lobby")),
        (wait, "1h30m den", (5400.0, "den")),
        (wait, "7d", (604_800.0, "lobby")),
        (wait, "0", None),
        (wait, "m", None),
        (wait, "3x", None),
        (ranged, "6", (6, 0.5)),
        (ranged, "7", None),
        (ranged, "1 1", None),
    ],
)
def test_words_become_values(handler: Any, text: str, result: Any) -> None:
    if result is None:
        with pytest.raises(UsageError) as refused:
            parsed(handler, text)
        assert "Usage: /x" in refused.value.text
    else:
        assert parsed(handler, text) == result


@pytest.mark.parametrize(
    ("handler", "text", "said"),
    [
        (roll, "x", "sides: expected a whole number, got 'x'. Usage: /x [SIDES] [open|secret]"),
        (roll, "6 loud", "how: expected one of open, secret, got 'loud'"),
        (roll, "side=6", "There is no side= here (did you mean sides=?)"),
        (roll, "sides=6 sides=7", "sides is given twice"),
        (roll, "6 open 7", "'7' is one word too many"),
        (all_kinds, "", "count is missing: expected a whole number from 1 to 9. Usage: /x COUNT"),
        (message, "bob", "text is missing: expected some text. Usage: /x NAME TEXT"),
        (all_kinds, "3 nte=x", "There is no nte= here (did you mean note=?)"),
        (all_kinds, "12", "count: expected a whole number from 1 to 9, got '12'"),
        (all_kinds, "1 who=Bbo", "who: nobody here is called 'Bbo' (did you mean Bob?). Usage: "),
        (coded, "x", "code: expected 2 to 4 characters like ^[a-z]+$, got 'x'"),
        (coded, "ab c", "size: expected 2 characters, got 'c'"),
        (coded, "ab cd e", "name: expected at least 3 characters, got 'e'"),
        (wait, "soon", "time: expected a time such as 30s, 10m, 2h, 1d, got 'soon'"),
    ],
)
def test_an_error_names_the_argument_and_says_what_was_expected(handler: Any, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parsed(handler, text)
    assert refused.value.text.startswith(said)


@pytest.mark.parametrize(
    ("handler", "usage"),
    [
        (roll, "/x [SIDES] [open|secret]"),
        (message, "/x NAME TEXT"),
        (all_kinds, "/x COUNT [SHARE] [yes|no] [red|dark_blue] [WHO] [NOTE]"),
    ],
)
def test_usage_is_written_from_the_signature(handler: Any, usage: str) -> None:
    assert usage_of("x", schema(handler, "test: /x")) == usage


BAD_SIGNATURES = [
    "a",
    "*a: str",
    "a: int = 1, *, b",
    "a: Rest, b: int = 1",
    "a: Annotated[int, REST]",
    "a: list[int]",
    "a: str = []",
    "a: int = None",
    "a: int | str",
    "a: Annotated[int, Meta(le=5)] = 6",
    "a: Annotated[int, range(0, 9, 2)]",
    "a: Unheard",
]


def test_a_name_in_quotes_is_found_wherever_it_stands_in_an_annotation() -> None:
    names = dict(globals())
    exec("def handler(ctx: Context, colour: Annotated['Colour', Doc('COLOUR')]) -> None: return colour", names)
    assert parsed(names["handler"], "red") is Colour.RED


def test_what_only_a_type_checker_imports_may_annotate_the_context() -> None:
    names = {"Any": Any}
    exec("def handler(ctx: 'Context', sides: 'int') -> 'Unheard': return sides", names)
    assert parsed(names["handler"], "6") == 6


@pytest.mark.parametrize("parameters", BAD_SIGNATURES)
def test_a_bad_signature_is_refused_when_it_is_loaded(parameters: str) -> None:
    names = dict(globals())
    exec(f"def handler(ctx: Context, {parameters}) -> None: ...", names)
    with pytest.raises(PluginError, match=r"^test: /x: "):
        schema(names["handler"], "test: /x")


@pytest.mark.parametrize(
    ("handler", "text", "offers"),
    [
        (roll, "", ["how="]),
        (roll, "6 ", ["open", "secret"]),
        (roll, "6 s", ["secret"]),
        (roll, "how=", ["how=open", "how=secret"]),
        (roll, "how=o", ["how=open"]),
        (roll, "how=open ", []),
        (roll, "6 open ", []),
        (message, "bob he", []),
        (wait, "30s ", ["lobby", "den"]),
        (wait, "30s D", ["den"]),
        (all_kinds, "3 who=b", ["who=Bob"]),
        (all_kinds, "3 0.5 y", ["yes"]),
    ],
)
def test_completion_comes_from_the_signature(handler: Any, text: str, offers: list[str]) -> None:
    assert [item.text for item in complete_args(schema(handler, "test: /x"), text, Here())] == offers


@given(st.text(max_size=60))
def test_no_line_ends_in_another_error(text: str) -> None:
    for handler in (roll, all_kinds, message, wait, ranged):
        with suppress(UsageError):
            parsed(handler, text)
        complete_args(schema(handler, "test: /x"), text, Here())


@given(st.lists(st.text("abc \"'\\=", min_size=1, max_size=8), min_size=1, max_size=1))
def test_a_quoted_word_arrives_as_it_was(words: list[str]) -> None:
    word = words[0]
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert parsed(message, f"{quoted} x") == (word, "x")


class Documented(Plugin):
    """Help comes from the record."""

    @command(summary="Paint", aliases=("p",))
    def paint(self, ctx: Context, colour: Annotated[Colour, Doc("COLOUR", "what to paint with")] = Colour.RED) -> None:
        """Paint the table."""
        ctx.say(f"{ctx.name} paints {colour.name.lower()}")


def test_help_usage_and_catalogue_come_from_the_one_record(table: Any) -> None:
    help_text = table.ann.types("/help paint")[0].text
    assert help_text.splitlines() == [
        "/paint [COLOUR] (also /p)",
        "Paint the table.",
        "colour: what to paint with; one of red, dark_blue; red unless you say",
    ]
    welcome = table.bob.saw[0]
    entry = next(c for c in welcome.commands if c.name == "paint")
    assert (entry.usage, entry.summary, entry.aliases) == ("/paint [COLOUR]", "Paint", ("p",))
    assert entry.args[0].choices == ("red", "dark_blue")
    assert entry.args[0].default == "red"
    assert table.ann.types("/p dark_blue")[0].text == "ann paints dark_blue"
