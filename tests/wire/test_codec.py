"""Messages as payloads and back, and the three ways in which a payload will not do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from hangman_net.messages import (
    Ack,
    Arg,
    Board,
    Bye,
    Catalogue,
    Chat,
    ClientMessage,
    CommandInfo,
    Commands,
    Complete,
    Error,
    Hello,
    Line,
    MemberChange,
    Message,
    Notice,
    Ping,
    Pong,
    ServerMessage,
    Welcome,
)
from hangman_net.wire.codec import MOST_NESTED, Refused, Unknown, decode_client, decode_server, encode, payload_of

GOLDEN: list[tuple[Message, bytes]] = [
    (Hello(version=1), b'\0\0\0\x1c{"type":"hello","version":1}'),
    (Hello(version=1, name="José"), b'\0\0\0\x2b{"type":"hello","version":1,"name":"Jos\xc3\xa9"}'),
    (Line(text="/guess e", id=12), b'\0\0\0\x29{"type":"line","text":"/guess e","id":12}'),
    (Line(text='"\n'), b'\0\0\0\x1d{"type":"line","text":"\\"\\n"}'),
    (Complete(id=3, text="/gu"), b'\0\0\0\x27{"type":"complete","id":3,"text":"/gu"}'),
    (Ping(), b'\0\0\0\x0f{"type":"ping"}'),
    (Pong(id=7), b'\0\0\0\x16{"type":"pong","id":7}'),
    (Ack(id=12, ok=True), b'\0\0\0\x20{"type":"ack","id":12,"ok":true}'),
    (Error(code="no_round", text="No.", id=1), b'\0\0\0\x36{"type":"error","code":"no_round","text":"No.","id":1}'),
    (Bye(reason="stopping"), b'\0\0\0\x22{"type":"bye","reason":"stopping"}'),
    (Chat(name="ann", text="hi", room="lobby"), b'\0\0\0\x37{"type":"chat","name":"ann","text":"hi","room":"lobby"}'),
    (
        MemberChange("lobby", "ann", "member", True, True, 0, False, None),
        b'\0\0\0\x7e{"type":"member","room":"lobby","name":"ann","role":"member","seated":true,"connected":true,'
        b'"score":0,"left":false,"was":null}',
    ),
]


@pytest.mark.parametrize(("message", "framed"), GOLDEN, ids=[type(m).__name__ for m, _ in GOLDEN])
def test_golden_frames(message: Message, framed: bytes) -> None:
    assert encode(message) == framed
    assert payload_of(framed) == framed[4:]
    decode = decode_client if isinstance(message, ClientMessage) else decode_server
    assert decode(framed[4:]) == message


@pytest.mark.parametrize("make", [Commands, partial(Welcome, 1, "ann", "lobby", "member", "t", "s/1", False, 0)])
def test_a_catalogue_that_is_told_again_and_again_is_told_as_any(
    make: Callable[[tuple[CommandInfo, ...]], Welcome | Commands],
) -> None:
    commands = tuple(CommandInfo(name, ("x",), f"/{name}", "“é”", (Arg("n", "int", True),), "any") for name in "ab")
    catalogue = Catalogue(commands)
    for _ in range(2):
        assert encode(make(catalogue)) == encode(make(commands))
    assert make(catalogue) == make(commands) == decode_server(bytes(payload_of(encode(make(catalogue)))))


DEEP = b"[" * 100_000
BAD: list[tuple[str, bytes, str]] = [
    ("latin-1 in a known field", b'{"type":"line","text":"\xe9"}', "bad_utf8"),
    ("latin-1 in an unknown field", b'{"type":"ping","x":"\xe9"}', "bad_utf8"),
    ("latin-1 in an unknown key", b'{"type":"ping","\xe9":1}', "bad_utf8"),
    ("latin-1 behind what is no JSON", b'{"type"]\xff', "bad_utf8"),
    ("an overlong slash", b'{"type":"line","text":"\xc0\xaf"}', "bad_utf8"),
    ("a surrogate as three bytes", b'{"type":"line","text":"\xed\xa0\x80"}', "bad_utf8"),
    ("beyond U+10FFFF", b'{"type":"line","text":"\xf4\x90\x80\x80"}', "bad_utf8"),
    ("a cut character", b'{"type":"line","text":"\xf0\x9f\x98', "bad_utf8"),
    ("a blank", b" ", "bad_json"),
    ("a word", b"hello", "bad_json"),
    ("a cut object", b'{"type":"line","text":"a"', "bad_json"),
    ("a byte order mark", b'\xef\xbb\xbf{"type":"ping"}', "bad_json"),
    ("trailing bytes", b'{"type":"ping"}x', "bad_json"),
    ("two values", b'{"type":"ping"}{"type":"ping"}', "bad_json"),
    ("two numbers", b"5 5", "bad_json"),
    ("a NUL behind it", b'{"type":"ping"}\0', "bad_json"),
    ("NaN", b'{"type":"ping","id":NaN}', "bad_json"),
    ("NaN in an unknown field", b'{"type":"ping","x":NaN}', "bad_json"),
    ("Infinity in an unknown field", b'{"type":"ping","x":-Infinity}', "bad_json"),
    ("NaN behind a wrong field", b'{"type":5,"x":NaN}', "bad_json"),
    ("a lone surrogate", rb'{"type":"line","text":"\ud800"}', "bad_json"),
    ("a lone surrogate in an unknown field", rb'{"type":"ping","x":"\udc00"}', "bad_json"),
    ("a lone surrogate behind a wrong field", rb'{"type":5,"x":"\ud800x"}', "bad_json"),
    ("a raw line feed in a text", b'{"type":"line","text":"\n"}', "bad_json"),
    ("a raw control character in an unknown field", b'{"type":"ping","x":"\x1b"}', "bad_json"),
    ("a leading zero", b'{"type":"ping","id":01}', "bad_json"),
    ("a comma too many", b'{"type":"ping",}', "bad_json"),
    ("single quotes", b"{'type':'ping'}", "bad_json"),
    ("a comment", b'{"type":"ping"/**/}', "bad_json"),
    ("deep, alone", DEEP, "bad_json"),
    ("deep and closed", DEEP + b"]" * len(DEEP), "bad_json"),
    ("deep in an unknown field", b'{"type":"ping","x":' + DEEP + b"]" * len(DEEP) + b"}", "bad_json"),
    ("deep in a known field", b'{"type":"line","text":' + DEEP + b"]" * len(DEEP) + b"}", "bad_json"),
    ("one too deep", b'{"type":"ping","x":' + b"[" * MOST_NESTED + b"]" * MOST_NESTED + b"}", "bad_json"),
    ("deep objects behind a wrong type", b'{"type":5,"x":' + b'{"x":' * 50_000 + b"}" * 50_001, "bad_json"),
    ("a list", b'[{"type":"ping"}]', "bad_message"),
    ("a number", b"5", "bad_message"),
    ("null", b"null", "bad_message"),
    ("a text", b'"ping"', "bad_message"),
    ("an empty object", b"{}", "bad_message"),
    ("no type", b'{"text":"a"}', "bad_message"),
    ("an unknown type", b'{"type":"shout","text":"a"}', "bad_message"),
    ("a server's type", b'{"type":"ack","id":1,"ok":true}', "bad_message"),
    ("a type in capitals", b'{"type":"PING"}', "bad_message"),
    ("a type that is a number", b'{"type":5}', "bad_message"),
    ("a type that is null", b'{"type":null}', "bad_message"),
    ("two types", b'{"type":"line","text":"a","type":"ping"}', "bad_message"),
    ("a hello without version", b'{"type":"hello"}', "bad_message"),
    ("a version in quotes", b'{"type":"hello","version":"1"}', "bad_message"),
    ("a version that is null", b'{"type":"hello","version":null}', "bad_message"),
    ("a name that is a number", b'{"type":"hello","version":1,"name":5}', "bad_message"),
    ("a line without text", b'{"type":"line","id":1}', "bad_message"),
    ("a text that is null", b'{"type":"line","text":null}', "bad_message"),
    ("a text that is a list", b'{"type":"line","text":["a"]}', "bad_message"),
    ("id 0", b'{"type":"line","text":"a","id":0}', "bad_message"),
    ("id -1", b'{"type":"line","text":"a","id":-1}', "bad_message"),
    ("id 2^53", b'{"type":"line","text":"a","id":9007199254740992}', "bad_message"),
    ("id 1.0", b'{"type":"line","text":"a","id":1.0}', "bad_message"),
    ("id 1e2", b'{"type":"ping","id":1e2}', "bad_message"),
    ("id true", b'{"type":"ping","id":true}', "bad_message"),
    ("id in quotes", b'{"type":"line","text":"a","id":"1"}', "bad_message"),
    ("an id of 5,000 digits", b'{"type":"ping","id":' + b"9" * 5_000 + b"}", "bad_message"),
    ("a complete without id", b'{"type":"complete","text":"/gu"}', "bad_message"),
    ("NUL in a line", rb'{"type":"line","text":"a\u0000b"}', "bad_message"),
    ("NUL in a name", rb'{"type":"hello","version":1,"name":"\u0000"}', "bad_message"),
    ("NUL in a token", rb'{"type":"hello","version":1,"token":"x\u0000"}', "bad_message"),
    ("NUL in what to complete", rb'{"type":"complete","id":1,"text":"\u0000"}', "bad_message"),
    ("NUL in the type", rb'{"type":"ping\u0000"}', "bad_message"),
]


@pytest.mark.parametrize(("payload", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_payload_that_will_not_do_is_refused_in_a_sentence(payload: bytes, code: str) -> None:
    refused = decode_client(payload)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.text.startswith(("The ", "A "))
    assert refused.text.endswith(".")
    assert refused.text.isprintable()
    assert len(refused.text) < 300


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b' {"type" : "ping"}\r\n', Ping()),
        (b'{"id":4,"type":"ping"}', Ping(id=4)),
        (b'{"type":"ping","id":null}', Ping()),
        (b'{"type":"ping","id":-5}', Ping(id=-5)),
        (b'{"type":"line","text":"","id":9007199254740991}', Line(text="", id=2**53 - 1)),
        (b'{"type":"line","text":"a","x":{"type":"ping","deep":[[[1e999]]]}}', Line(text="a")),
        (b'{"type":"line","text":"a","text":"b"}', Line(text="b")),
        (b'{"type":"ping","x":' + b"9" * 5_000 + b"}", Ping()),
        (rb'{"type":"line","text":"\ud83d\ude00"}', Line(text="\N{GRINNING FACE}")),
        (rb'{"type":"line","text":"\\u0000"}', Line(text=r"\u0000")),
        (rb'{"type":"ping","x":"\u0000"}', Ping()),
        (b'{"type":"line","text":"\x7f\xc2\x85"}', Line(text="\x7f\x85")),
        (b'{"type":"hello","version":1,"name":null,"room":null,"token":null}', Hello(version=1)),
        (b'{"type":"hello","version":-7}', Hello(version=-7)),
        (
            b'{"type":"line","text":"a","x":' + b"[" * (MOST_NESTED - 1) + b"]" * (MOST_NESTED - 1) + b"}",
            Line(text="a"),
        ),
        (b'{"type":"line","text":"' + b'[\\"{' * MOST_NESTED + b'"}', Line(text='["{' * MOST_NESTED)),
        (b'{"type":"ping","x":[' + b"[]," * MOST_NESTED + b"{}]}", Ping()),
    ],
)
def test_what_is_odd_and_still_a_message(payload: bytes, message: ClientMessage) -> None:
    assert decode_client(payload) == message


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'{"type":"weather","rain":true}', Unknown("weather")),
        (b'{"type":"ack","id":1,"ok":true,"cost":0.5}', Ack(1, True)),
        (b'{"type":"notice","text":"a","room":null}', Notice("a")),
        (b'{"type":"board"}', Board()),
        (b'{"type":"board","seconds":3}', Board(seconds=3.0)),
    ],
)
def test_a_newer_server_may_say_more(payload: bytes, expected: ServerMessage | Unknown) -> None:
    assert decode_server(payload) == expected


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b'{"type":"ack","id":"1","ok":true}', "bad_message"),
        (b'{"type":"board","cells":"abc"}', "bad_message"),
        (b'{"type":"bye","reason":"' + b"x" * 60_000 + b'"}', "bad_message"),
        (b'{"type":"weather"', "bad_json"),
        (b'{"type":"weather","x":' + DEEP, "bad_json"),
        (b'{"type":"chat","name":"\xff"}', "bad_utf8"),
        (b"[]", "bad_message"),
        (b'{"type":[]}', "bad_message"),
    ],
)
def test_a_hostile_server_is_refused(payload: bytes, code: str) -> None:
    refused = decode_server(payload)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert len(refused.text) < 300


def test_a_lone_surrogate_cannot_be_said() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(Line(text="\ud800"))


def values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Every value that a type of the vocabulary allows."""
    match kind:
        case inspect.StructType():
            return st.builds(kind.cls, **{field.name: values(field.type) for field in kind.fields})
        case inspect.UnionType():
            return st.one_of([values(t) for t in kind.types])
        case inspect.IntType():
            low = kind.ge if kind.ge is not None else -(2**53) if kind.gt is None else kind.gt + 1
            return st.integers(low, 2**53 - 1 if kind.lt is None else kind.lt - 1)
        case inspect.VarTupleType():
            return st.lists(values(kind.item_type), max_size=4).map(tuple)
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.StrType():
            return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise AssertionError(f"no strategy for {kind}")


@pytest.mark.parametrize("cls", get_args(Message), ids=lambda cls: cls.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_encode_and_decode_are_inverse_for_every_message(cls: type[msgspec.Struct], data: st.DataObject) -> None:
    message = data.draw(values(inspect.type_info(cls)))
    decode = decode_client if isinstance(message, ClientMessage) else decode_server
    assert decode(bytes(payload_of(encode(message)))) == message


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_end_in_a_message_or_one_of_three_codes(payload: bytes) -> None:
    for result in (decode_client(payload), decode_server(payload)):
        assert isinstance(result, Refused | Unknown | Message)


@given(st.sampled_from([framed[4:] for _, framed in GOLDEN]), st.data())
def test_a_changed_byte_ends_in_a_message_or_one_of_three_codes(payload: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(payload) - 1))
    changed = payload[:at] + data.draw(st.binary(max_size=3)) + payload[at + 1 :]
    for result in (decode_client(changed), decode_server(changed)):
        assert isinstance(result, Refused | Unknown | Message)
