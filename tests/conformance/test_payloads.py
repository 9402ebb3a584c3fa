"""Payloads: strict UTF-8, one JSON value, known types, fields in range; and what each refusal is called."""

from __future__ import annotations

import json

import pytest
from judge import Json, Launched, Peer, holds

BAD_UTF8 = {
    "lone-continuation": b'{"type":"ping","x":"\x80"}',
    "cut-short": b'{"type":"ping","x":"\xc3"}',
    "overlong-slash": b'{"type":"ping","x":"\xc0\xaf"}',
    "overlong-nul": b'{"type":"ping","x":"\xc0\x80"}',
    "surrogate-as-utf8": b'{"type":"ping","x":"\xed\xa0\x80"}',
    "above-unicode": b'{"type":"ping","x":"\xf4\x90\x80\x80"}',
    "five-bytes": b'{"type":"ping","x":"\xf8\x88\x80\x80\x80"}',
    "latin-1": '{"type":"line","text":"é"}'.encode("latin-1"),
    "utf-16": '{"type":"ping"}'.encode("utf-16"),
    "in-an-unknown-key": b'{"type":"ping","\xff":1}',
    "no-json-at-all": b"\xff\xfe\xfd",
}

BAD_JSON = {
    "empty-object-cut": b"{",
    "white-space": b"   ",
    "word": b"hello",
    "byte-order-mark": b'\xef\xbb\xbf{"type":"ping"}',
    "trailing-bytes": b'{"type":"ping"} x',
    "two-objects": b'{"type":"ping"}{"type":"ping"}',
    "trailing-nul": b'{"type":"ping"}\x00',
    "nan": b'{"type":"ping","x":NaN}',
    "infinity": b'{"type":"ping","x":Infinity}',
    "minus-infinity": b'{"type":"ping","x":-Infinity}',
    "nan-as-id": b'{"type":"ping","id":NaN}',
    "lone-high-surrogate": rb'{"type":"line","text":"\ud800"}',
    "lone-low-surrogate": rb'{"type":"line","text":"\udc00x"}',
    "surrogate-in-an-unknown-field": rb'{"type":"ping","x":"\ud800"}',
    "surrogates-the-wrong-way": rb'{"type":"ping","x":"\udc00\ud800"}',
    "surrogate-in-a-key": rb'{"type":"ping","\ud800":1}',
    "single-quotes": b"{'type':'ping'}",
    "trailing-comma": b'{"type":"ping",}',
    "comment": b'{"type":"ping"/* */}',
    "leading-zero": b'{"type":"ping","id":01}',
    "plus": b'{"type":"ping","id":+1}',
    "hex": b'{"type":"ping","id":0x1}',
    "bare-fraction": b'{"type":"ping","x":.5}',
    "control-character": b'{"type":"line","text":"a\nb"}',
    "bad-escape": rb'{"type":"line","text":"\x41"}',
    "bad-unicode-escape": rb'{"type":"line","text":"\u12g4"}',
    "unfinished-text": b'{"type":"line","text":"abc',
    "nested-arrays": b'{"type":"ping","x":' + b"[" * 8_000 + b"]" * 8_000 + b"}",
    "nested-objects": b'{"type":"ping","x":' + b'{"a":' * 2_600 + b"1" + b"}" * 2_600 + b"}",
    "nested-and-cut": b"[" * 16_000,
}

BAD_MESSAGE = {
    "array": b"[]",
    "text": b'"ping"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "array-of-a-message": b'[{"type":"ping"}]',
    "no-type": b"{}",
    "type-null": b'{"type":null}',
    "type-number": b'{"type":1}',
    "type-list": b'{"type":["ping"]}',
    "type-unknown": b'{"type":"nothing"}',
    "type-empty": b'{"type":""}',
    "type-with-case": b'{"type":"Ping"}',
    "type-of-the-server": b'{"type":"pong","id":1}',
    "type-welcome": b'{"type":"welcome"}',
    "line-without-text": b'{"type":"line"}',
    "line-text-null": b'{"type":"line","text":null}',
    "line-text-number": b'{"type":"line","text":1}',
    "line-text-list": b'{"type":"line","text":["a"]}',
    "line-id-zero": b'{"type":"line","text":"a","id":0}',
    "line-id-negative": b'{"type":"line","text":"a","id":-1}',
    "line-id-too-big": b'{"type":"line","text":"a","id":9007199254740992}',
    "line-id-huge": b'{"type":"line","text":"a","id":' + b"9" * 400 + b"}",
    "line-id-very-long": b'{"type":"line","text":"a","id":' + b"9" * 5_000 + b"}",
    "line-id-text": b'{"type":"line","text":"a","id":"1"}',
    "line-id-fraction": b'{"type":"line","text":"a","id":1.5}',
    "line-id-bool": b'{"type":"line","text":"a","id":true}',
    "line-id-list": b'{"type":"line","text":"a","id":[1]}',
    "line-text-nul": rb'{"type":"line","text":"a\u0000b"}',
    "complete-without-id": b'{"type":"complete","text":"/"}',
    "complete-without-text": b'{"type":"complete","id":1}',
    "complete-text-nul": rb'{"type":"complete","id":1,"text":"\u0000"}',
    "complete-id-text": b'{"type":"complete","id":"1","text":""}',
    "ping-id-text": b'{"type":"ping","id":"1"}',
    "ping-id-object": b'{"type":"ping","id":{}}',
    "hello-again": b'{"type":"hello","version":1}',
}


def refused(peer: Peer, payload: bytes) -> Json:
    """What a payload is answered with; the connection must be good for more."""
    peer.send_payload(payload)
    messages = peer.barrier()
    assert [m["type"] for m in messages] == ["error"], messages
    return messages[0]


@pytest.mark.parametrize("payload", BAD_UTF8.values(), ids=BAD_UTF8)
@holds("2.02", "2.08", "2.12")
def test_bad_utf8(table: Launched, room: str, payload: bytes) -> None:
    assert refused(table.join(None, room), payload)["code"] == "bad_utf8"


@pytest.mark.parametrize("payload", BAD_JSON.values(), ids=BAD_JSON)
@holds("2.08", "2.12")
def test_bad_json(table: Launched, room: str, payload: bytes) -> None:
    assert refused(table.join(None, room), payload)["code"] == "bad_json"


@pytest.mark.parametrize("payload", BAD_MESSAGE.values(), ids=BAD_MESSAGE)
@holds("2.08", "2.12", "2.14", "2.15", "2.16", "2.19")
def test_bad_message(table: Launched, room: str, payload: bytes) -> None:
    assert refused(table.join(None, room), payload)["code"] == "bad_message"


BAD_HELLO = {
    "no-version": b'{"type":"hello"}',
    "version-text": b'{"type":"hello","version":"1"}',
    "version-null": b'{"type":"hello","version":null}',
    "version-fraction": b'{"type":"hello","version":1.5}',
    "name-number": b'{"type":"hello","version":1,"name":5}',
    "name-list": b'{"type":"hello","version":1,"name":["a"]}',
    "name-nul": rb'{"type":"hello","version":1,"name":"a\u0000"}',
    "room-number": b'{"type":"hello","version":1,"room":5}',
    "room-nul": rb'{"type":"hello","version":1,"room":"\u0000"}',
    "token-number": b'{"type":"hello","version":1,"token":5}',
    "token-nul": rb'{"type":"hello","version":1,"token":"\u0000"}',
}


@pytest.mark.parametrize("payload", BAD_HELLO.values(), ids=BAD_HELLO)
@holds("2.08", "2.13")
def test_a_hello_with_bad_fields(table: Launched, payload: bytes) -> None:
    peer = table.peer()
    peer.send_payload(payload)
    assert peer.read()["code"] == "bad_message"
    peer.hello()


@pytest.mark.parametrize(
    "payload",
    [
        b'{"type":"ping","id":4}',
        b' \t\r\n{ "type" : "ping" , "id" : 4 } \n',
        b'{"id":4,"type":"ping"}',
        b'{"type":"ping","id":4,"unknown":{"deep":[1,2,{"x":null}]}}',
        b'{"type":"ping","id":4,"x":1e308,"y":-0.0,"z":1E-5}',
        rb'{"type":"ping","id":4,"x":"\ud83d\ude00"}',
        rb'{"\u0074ype":"p\u0069ng","id":4}',
        rb'{"type":"ping","id":4,"x":"\u0000"}',
        '{"type":"ping","id":4,"é":"\U0010ffff"}'.encode(),
        b'{"type":"ping","id":4,"x":' + b"[" * 20 + b"]" * 20 + b"}",
    ],
)
@holds("2.02", "2.10")
def test_every_way_of_writing_json_is_read(table: Launched, room: str, payload: bytes) -> None:
    peer = table.join(None, room)
    peer.send_payload(payload)
    message = peer.read()
    if rb"\u0000" in payload and message["type"] == "error":
        assert message["code"] == "bad_message"  # a server may see a text with U+0000 in it
    else:
        assert message == {"type": "pong", "id": 4}


@pytest.mark.parametrize("number", [1, 2**31, 2**53 - 1])
@holds("2.14", "2.33")
def test_ids_up_to_two_to_the_fifty_third(table: Launched, room: str, number: int) -> None:
    assert table.join(None, room).say("hello", number).ok


@holds("2.10", "2.13")
def test_null_is_as_if_left_out(table: Launched) -> None:
    peer = table.peer()
    peer.send({"type": "hello", "version": 1, "name": None, "room": None, "token": None})
    assert peer.until("board")[0]["room"] == "lobby"
    peer.send({"type": "line", "text": "no id", "id": None}, {"type": "ping", "id": None})
    messages = peer.until("pong")
    assert messages[-1].get("id") is None
    assert not [m for m in messages if m["type"] in ("ack", "error")]


@holds("2.16", "2.36")
def test_a_ping_without_an_id(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send({"type": "ping"})
    assert peer.read().get("id") is None


@holds("2.10", "2.13")
def test_unknown_fields_are_skipped_in_every_message(table: Launched, room: str) -> None:
    peer = table.peer()
    peer.hello(None, room, future={"a": [1]}, colour="green")
    peer.send(
        {"type": "line", "text": "hi", "id": 1, "mood": "good"}, {"type": "complete", "id": 2, "text": "/h", "x": 0}
    )
    got = peer.until("completions")
    assert [m for m in got if m["type"] == "ack"] == [{"type": "ack", "id": 1, "ok": True}]


@holds("2.12", "2.33")
def test_a_bad_line_with_an_id_gets_no_ack(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send({"type": "line", "text": 5, "id": 1})
    assert [m["type"] for m in peer.barrier()] == ["error"]
    assert peer.say("good", 1).ok


HONEST = [
    "hello",
    "  spaces   inside  kept ",
    "{0.__class__} %s %(x)s ${x} `id`",
    "<b>bold</b> &amp; <script>alert(1)</script>",
    "emoji 😀 👩‍👩‍👧 🏳️‍🌈 👍🏽",
    "José Ñandú Ωmega Жук 日本語 العربية עברית",
    "back\\slash 'quote' \"double\" [red]x[/red]",
    "http://example.org/?a=1&b=2#c",
    "-- ; DROP TABLE seats; --",
    "null",
    "1",
    "{}",
    "é combining é",
]


@pytest.mark.parametrize("text", HONEST)
@holds("2.29", "2.49")
def test_honest_text_arrives_as_it_was_typed(table: Launched, room: str, text: str) -> None:
    import unicodedata

    ann, bob = table.join(None, room), table.join(None, room)
    assert ann.say(text).ok
    said = [m["text"] for m in bob.barrier() if m["type"] == "chat"]
    assert [unicodedata.normalize("NFC", s).strip() for s in said] == [unicodedata.normalize("NFC", text).strip()]


HOSTILE = {
    "escape": "a\x1b[31mred\x1b[0m",
    "c1-csi": "a\x9b31mred",
    "bell": "ding\a",
    "backspace": "abc\b\b\bxyz",
    "carriage-return": "one\rtwo",
    "newline": "one\ntwo",
    "line-separator": "one\u2028two\u2029three",
    "vertical-tab": "one\vtwo\ftwo\x85three",
    "delete": "a\x7fb",
    "shift-out": "a\x0eb\x0fc",
    "bidi-override": "abc\u202edcba\u202c",
    "bidi-isolate": "abc\u2066x\u2067y\u2069",
    "zero-width": "a\u200bb\u2060c\ufeffd",
    "soft-hyphen-tag": "a\u00adb\U000e0041c",
    "interlinear": "a\ufff9b\ufffac\ufffb",
    "prompt-toolkit": "a\x01b\x02c",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@holds("2.29")
def test_what_could_harm_a_terminal_reaches_nobody(table: Launched, room: str, text: str) -> None:
    """Issue 8: no control characters of any kind, no bidi overrides, no invisible ones, one line."""
    ann, bob = table.join(None, room), table.join(None, room)
    ann.say(text)
    ann.say("/me " + text)
    for message in bob.barrier():
        for said in (message.get("text", ""), json.dumps(message, ensure_ascii=False)):
            for char in said:
                assert char >= " ", (char, message)
                assert not "\x7f" <= char <= "\x9f", (char, message)
                assert (
                    char not in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff"
                )


@holds("2.29")
def test_no_tower_of_marks(table: Launched, room: str) -> None:
    """Issue 8: at most three combining marks on a base."""
    ann, bob = table.join(None, room), table.join(None, room)
    ann.say("z" + "\u0335\u0321\u0322\u0316\u0317" * 20 + "algo")
    for message in bob.barrier():
        run = 0
        for char in str(message.get("text", "")):
            run = run + 1 if "\u0300" <= char <= "\u036f" else 0
            assert run <= 3, message


@pytest.mark.parametrize(
    "text",
    ["x" * 501, "é" * 501, "😀" * 501, "x" * 4_000, "a" + "\u0301" * 3_000],
    ids=["501-characters", "501-accents", "501-emoji", "4000", "marks"],
)
@holds("2.50", "2.51", "2.34")
def test_a_line_that_is_too_long(table: Launched, room: str, text: str) -> None:
    """Issue 8: 500 characters and 2,000 bytes."""
    ann, bob = table.join(None, room), table.join(None, room)
    reply = ann.say(text)
    assert (reply.ok, reply.code) == (False, "too_long")
    assert [m for m in bob.barrier() if m["type"] == "chat"] == []


@pytest.mark.parametrize("text", ["x" * 500, "é" * 500, "😀" * 500], ids=["ascii", "accents", "emoji"])
@holds("2.29")
def test_a_line_that_is_just_not_too_long(table: Launched, room: str, text: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    assert ann.say(text).ok
    assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == [text]


@pytest.mark.parametrize(
    "text", ["", " ", "\t", "\u200b", "\x1b"], ids=["empty", "space", "tab", "zero-width", "escape"]
)
@holds("2.33", "2.51")
def test_a_line_of_nothing_says_nothing_and_is_acked(table: Launched, room: str, text: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    reply = ann.say(text)
    assert reply.ok == (reply.error is None)
    assert [m for m in bob.barrier() if m["type"] == "chat" and not m["text"].strip()] == []
