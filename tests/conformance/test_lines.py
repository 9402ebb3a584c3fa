"""Lines: ids and acks, what comes in which order, lines sent again, chat, commands and completions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from judge import Json, Launched, Peer, holds
from judge.peer import encode, kinds
from judge.shapes import NEEDED

Seated = Callable[..., list[Peer]]


def line(text: str, number: int | None = None) -> Json:
    """A line message."""
    return {"type": "line", "text": text} if number is None else {"type": "line", "text": text, "id": number}


# --- acks and order ---------------------------------------------------------------------------------------------


@holds("2.33", "2.11")
def test_one_ack_for_each_line_with_an_id_and_none_without(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send(line("one", 1), line("two"), line("/nonsense", 2), line("/nonsense"), line("/who", 3))
    got = peer.barrier()
    assert [(m["id"], m["ok"]) for m in got if m["type"] == "ack"] == [(1, True), (2, False), (3, True)]
    assert kinds(got) == ["chat", "ack", "chat", "error", "ack", "error", "notice", "ack"]
    assert [m.get("id") for m in got if m["type"] == "error"] == [2, None]


@holds("2.11", "2.33")
def test_everything_a_line_causes_comes_before_its_ack_and_the_pong(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send(line("/new fruit", 1), line("/guess banana", 2), {"type": "ping", "id": 5}, line("bye", 3))
    got = peer.until("ack", id=3)
    order = [(m["type"], m.get("id")) for m in got]
    pong = order.index(("pong", 5))
    assert order.index(("ack", 1)) < order.index(("ack", 2)) < pong < order.index(("ack", 3))
    won = next(n for n, m in enumerate(got) if m["type"] == "board" and m["status"] == "won")
    assert order.index(("ack", 1)) < won < order.index(("ack", 2))
    assert [m["type"] for m in got[pong:]] == ["pong", "chat", "ack"]


@holds("2.11")
def test_what_others_are_told_is_queued_before_the_ack_leaves(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    for letter in "ban":
        ann.types(f"/guess {letter}")
        boards = [m for m in bob.barrier() if m["type"] == "board"]
        assert boards and list(boards[-1]["cells"]) == list(ann.board()["cells"])


@holds("2.11", "2.46")
def test_a_hundred_pipelined_lines_keep_their_order(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    ann.send(*(line(f"line {n}", n) for n in range(1, 101)))
    got = ann.until("ack", id=100)
    assert [m["text"] for m in got if m["type"] == "chat"] == [f"line {n}" for n in range(1, 101)]
    assert [m["id"] for m in got if m["type"] == "ack"] == list(range(1, 101))
    assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == [f"line {n}" for n in range(1, 101)]


@holds("2.11")
def test_all_see_the_same_in_the_same_order(seated: Seated) -> None:
    peers = seated("ann", "bob", "carl", "dora")
    for number in range(1, 11):
        for peer in peers:
            peer.send(line(f"{peer.name} {number}", number))
    for peer in peers:
        peer.until("ack", id=10)
    streams = []
    for peer in peers:
        peer.barrier()
        streams.append([m["text"] for m in peer.seen if m["type"] == "chat"])
    assert len(streams[0]) == 40
    assert all(stream == streams[0] for stream in streams)


# --- the same line again ----------------------------------------------------------------------------------------


@holds("2.42", "2.43")
def test_an_id_again_is_acked_and_not_carried_out(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("once")
    ann.send(line("once", 1))
    assert ann.barrier() == [{"type": "ack", "id": 1, "ok": True}]
    assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == ["once"]


@holds("2.43")
def test_an_id_again_with_another_text_is_not_carried_out_either(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("once")
    ann.send(line("twice", 1))
    assert ann.barrier() == [{"type": "ack", "id": 1, "ok": True}]
    assert "twice" not in [m.get("text") for m in bob.barrier()]


@holds("2.43")
def test_a_guess_again_counts_once(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit", "/guess z")
    bob.barrier()
    ann.send(line("/guess z", 2), line("/guess x", 2))
    assert kinds(ann.barrier()) == ["ack", "ack"]
    assert bob.barrier() == []
    assert ann.board()["missed"] == ["z"]


@holds("2.42", "2.43")
def test_the_last_64_are_remembered(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    for number in range(1, 66):
        ann.say(f"line {number}", number)
    bob.barrier()
    for number in range(2, 66):
        ann.send(line(f"line {number}", number))
    got = ann.barrier()
    assert [(m["type"], m["id"], m["ok"]) for m in got] == [("ack", n, True) for n in range(2, 66)]
    assert bob.barrier() == []


@holds("2.44", "2.34")
def test_a_refused_line_is_not_remembered(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    assert ann.say("/guess a", 5).code == "no_round"
    bob.types("/new fruit")
    ann.barrier()
    reply = ann.say("/guess a", 5)
    assert reply.ok and reply.of("board")


@holds("2.43", "2.25")
def test_ids_are_remembered_over_a_resume(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("/new fruit", "/guess z", "hello")
    ann.reset()
    back = table.peer()
    assert back.hello(token=ann.token)[0]["last_id"] == 3
    bob.barrier()
    back.send(line("/guess z", 2), line("hello", 3), line("/guess z", 2))
    assert [m for m in back.barrier() if m["type"] != "member"] == [
        {"type": "ack", "id": number, "ok": True} for number in (2, 3, 2)
    ]
    assert [m for m in bob.barrier() if m["type"] in ("chat", "board")] == []
    assert back.board()["lives"] == 5


@holds("2.43")
def test_an_unacked_line_is_sent_again_over_another_connection(table: Launched, room: str) -> None:
    """The client died before the ack: whatever of it was carried out counts once."""
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("/new fruit")
    ann.send(line("/guess z", 2))
    ann.reset()
    back = table.peer()
    back.hello(token=ann.token)
    assert back.say("/guess z", 2).ok
    bob.barrier()
    assert (bob.board()["missed"], bob.board()["lives"]) == (["z"], 5)


@holds("2.25", "2.14")
def test_last_id_is_the_highest_that_was_used(table: Launched, room: str) -> None:
    ann = table.join(None, room)
    ann.say("hello", 41)
    ann.say("/nonsense", 50)
    ann.close()
    assert table.peer().hello(token=ann.token)[0]["last_id"] in (41, 50)


@holds("2.14")
def test_ids_may_leave_gaps(table: Launched, room: str) -> None:
    ann = table.join(None, room)
    for number in (3, 1_000, 2**40):
        assert ann.say("hello", number).ok


# --- chat -------------------------------------------------------------------------------------------------------


@holds("2.29", "3.01")
def test_chat_is_told_to_everyone_in_the_room_and_to_nobody_else(table: Launched, room: str) -> None:
    ann, bob, carl = table.join(f"A{room}", room), table.join(None, room), table.join(None, room + "x")
    said = ann.types("hello there")[0].of("chat")
    assert said == [{"type": "chat", "name": ann.name, "text": "hello there", "room": room}]
    assert [m for m in bob.barrier() if m["type"] == "chat"] == said
    assert carl.barrier() == []


@holds("2.29", "3.01")
def test_me(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("/me waves  a hand")
    said = [m for m in bob.barrier() if m["type"] == "chat"]
    assert [(m["text"], m["action"], m["name"]) for m in said] == [("waves  a hand", True, ann.name)]


@pytest.mark.parametrize("word", ["/msg", "/w", "/MSG"])
@holds("2.29", "3.01")
def test_a_private_message_reaches_any_room_and_nobody_else(table: Launched, room: str, word: str) -> None:
    ann, bob, carl = table.join(f"A{room}", room), table.join(f"B{room}", room + "x"), table.join(None, room)
    reply = ann.types(f"{word} B{room} psst  {{x}}")[0]
    told = [m for m in bob.barrier() if m["type"] == "chat"]
    assert [(m["name"], m["to"], m["text"]) for m in told] == [(ann.name, bob.name, "psst  {x}")]
    assert [(m["to"], m["text"]) for m in reply.of("chat")] == [(bob.name, "psst  {x}")]
    assert [m for m in carl.barrier() if m["type"] == "chat"] == []
    late = table.join(None, room)
    assert "chat" not in kinds(late.seen), "a private message is no part of what is replayed"


@pytest.mark.parametrize("text", ["/msg nobody-here hi", "/msg", "/msg x"])
@holds("2.34", "2.50")
def test_a_private_message_to_nobody(table: Launched, room: str, text: str) -> None:
    assert table.join(None, room).say(text).code == "usage"


@pytest.mark.parametrize(("text", "said"), [("//q", "/q"), ("///x", "//x"), ("// hello", "/ hello"), ("//", "/")])
@holds("3.03")
def test_two_slashes_are_chat_with_one(table: Launched, room: str, text: str, said: str) -> None:
    peer = table.join(None, room)
    assert [m["text"] for m in peer.types(text)[0].of("chat")] == [said]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("/gues e", "/guess"), ("/hlep", "/help"), ("/nwe", "/new"), ("/rom lobby", "/room"), ("/WHOO", "/who")],
)
@holds("3.04", "2.50")
def test_an_unknown_command_names_the_nearest(table: Launched, room: str, text: str, nearest: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    reply = ann.say(text)
    assert (reply.ok, reply.code) == (False, "unknown_command")
    assert nearest in reply.text
    assert bob.barrier() == []


@pytest.mark.parametrize("text", ["/", "/ ", "/ help", "/\u00e9", "/" + "x" * 400, "/%s{}"])
@holds("3.04", "2.51")
def test_slashes_with_nothing_good_behind_them(table: Launched, room: str, text: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    reply = ann.say(text)
    assert (reply.ok, reply.code) == (False, "unknown_command")
    assert bob.barrier() == []


@holds("3.01")
def test_help_tells_every_command_of_the_role(table: Launched, room: str) -> None:
    peer = table.join()
    text = peer.types("/help")[0].text
    for entry in peer.welcome["commands"]:
        assert f"/{entry['name']}" in text
    assert "/ban" not in text.replace("/banner", "")
    assert "/guess" in peer.types("/help guess")[0].text
    assert "/guess" in peer.types("/help /guess")[0].text
    assert not peer.say("/help nonsense").ok


@pytest.mark.parametrize("text", ["/who", "/rooms", "/words", "/words fruit", "/score", "/top", "/help", "/board"])
@holds("3.01")
def test_what_can_be_asked_is_answered_to_the_asker_alone(seated: Seated, text: str) -> None:
    ann, bob = seated("ann", "bob")
    reply = ann.types(text)[0]
    assert reply.of("notice") or reply.of("board")
    assert bob.barrier() == []


@holds("3.01", "2.34")
def test_words_of_an_unknown_list(table: Launched, room: str) -> None:
    assert table.join(None, room).say("/words nosuch").code == "unknown_wordlist"


@holds("3.01")
def test_words_tells_no_word(table: Launched, room: str) -> None:
    text = table.join(None, room).types("/words", "/words fruit")[1].text
    assert "fruit" in text
    assert "banana" not in text


@holds("3.01", "2.29")
def test_a_muted_person_is_not_read(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(f"B{room}", room)
    ann.types(f"/mute B{room}")
    bob.barrier()
    reply = bob.say("can you hear me")
    assert (reply.ok, reply.code) == (False, "forbidden")
    assert "chat" not in kinds(ann.barrier())
    ann.types(f"/unmute B{room}")
    bob.barrier()
    assert bob.say("and now").ok


@pytest.mark.parametrize("text", ["/ban x", "/unban x", "/plugins", "/reload hangman", "/say hello"])
@holds("3.01", "6.07")
def test_what_is_the_hosts_is_not_an_owners(table: Launched, room: str, text: str) -> None:
    assert table.join(None, room).say(text).code in ("forbidden", "unknown_command")


# --- completions ------------------------------------------------------------------------------------------------


def completed(peer: Peer, text: str) -> list[str]:
    """What the server offers in place of the last word."""
    peer.send({"type": "complete", "id": 9, "text": text})
    answer = peer.wait("completions", id=9)
    assert all(set(item) >= {"text", "help"} for item in answer["items"])
    return [item["text"] for item in answer["items"]]


@holds("2.15", "2.35")
def test_completions_of_what_only_the_server_knows(table: Launched, room: str) -> None:
    ann, _bob = table.join(f"Ann-{room}", room), table.join(f"Bob-{room}", room)
    assert f"Bob-{room}" in completed(ann, "/msg Bob")
    assert room in completed(ann, f"/room {room[:3]}")
    assert "fruit" in completed(ann, "/new fr")
    assert "fruit" in completed(ann, "/words f")


@pytest.mark.parametrize(
    "text", ["", " ", "hello", "/", "/nonsense ", "/kick ", "/ban ", "//x", "/guess ", "x" * 5_000]
)
@holds("2.15", "2.35", "2.11")
def test_any_text_can_be_completed(table: Launched, room: str, text: str) -> None:
    peer = table.join(None, room)
    peer.send({"type": "complete", "id": 3, "text": text}, {"type": "ping", "id": 4})
    got = peer.until("pong", id=4)
    assert kinds(got) == ["completions", "pong"]


@holds("2.35", "2.48")
def test_completions_tell_no_word(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/secret quokka")
    bob.barrier()
    for text in ("/guess ", "/guess q", "/hint ", "/words ", "/new "):
        assert not [item for item in completed(bob, text) if "quokka" in item]


# --- one connection does not slow another -----------------------------------------------------------------------


@holds("2.11")
def test_a_line_sent_byte_by_byte_is_one_line(table: Launched, room: str) -> None:
    ann, bob = table.join(None, room), table.join(None, room)
    for byte in encode(line("slowly", 1)):
        ann.send_bytes(bytes([byte]))
        assert bob.say("quick").ok
    assert ann.reply(1).ok


@holds("2.25", "2.27", "2.28", "2.29", "2.30", "2.31", "2.32", "2.33", "2.35", "2.36", "2.37", "2.45")
def test_every_kind_of_message_has_its_fields(table: Launched, room: str) -> None:
    """All twelve in one session; what is around the cases holds each to the contract's table."""
    ann, bob = table.join(None, room), table.join(None, room)
    ann.types("hello", "/me waves", "/who", "/new fruit", "/guess banana", "/new fruit mode=race", "/stop")
    ann.say("/nonsense")
    completed(ann, "/new ")
    ann.types("/room lobby", "/q")
    assert ann.bye() == "quit"
    bob.send({"type": "ping"})
    bob.wait("pong")
    assert {m["type"] for m in ann.seen + bob.seen} == set(NEEDED)
