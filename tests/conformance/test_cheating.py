"""Cheating: who may know the word, and what becomes of the word in the mouth of who does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from judge import Launched, Peer, holds

Seated = Callable[..., list[Peer]]

WORD = "quokka"


@pytest.mark.parametrize(
    "text",
    [
        "quokka",
        "QUOKKA",
        "it is quokka!",
        "q u o k k a",
        "q-u-o-k-k-a",
        "q.u.o.k.k.a",
        "q\u200bu\u200bo\u200bk\u200bk\u200ba",
        "ｑｕｏｋｋａ",
        "qüókkà",
        "xxquokkaxx",
        "/me is a quokka",
        "/me q_u_o_k_k_a",
        "//quokka",
    ],
)
@holds("2.48", "2.49")
def test_the_setters_word_is_withheld(seated: Seated, text: str) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    ann.types(f"/secret {WORD}")
    for peer in (bob, carl):
        peer.barrier()
    reply = ann.say(text)
    assert not reply.ok or reply.of("notice"), "they are told"
    assert reply.error is None or reply.error["text"]
    for peer in (bob, carl):
        assert [m for m in peer.barrier() if m["type"] == "chat"] == []


@holds("2.49")
def test_the_setters_private_messages_and_names_too(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types(f"/secret {WORD}")
    bob.barrier()
    for text in (f"/msg {bob.name} {WORD}", f"/w {bob.name} say {WORD}", f"/nick {WORD}", f"/nick {WORD.upper()}x"):
        assert not ann.say(text).ok
    assert bob.barrier() == []


@holds("2.49")
def test_the_setters_words_reach_no_other_room(table: Launched, room: str) -> None:
    ann, _bob = table.join(f"A{room}", room), table.join(None, room)
    carl = table.join(f"C{room}", room + "x")
    ann.types(f"/secret {WORD}")
    carl.barrier()
    assert not ann.say(f"/msg {carl.name} {WORD}").ok
    assert carl.barrier() == []


@holds("2.49", "2.51")
def test_the_setters_other_words_pass(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types(f"/secret {WORD}")
    bob.barrier()
    ann.types("good luck", "/me smiles", f"/msg {bob.name} not yet")
    assert len([m for m in bob.barrier() if m["type"] == "chat"]) == 3


@holds("2.49")
def test_chat_of_those_who_do_not_know_passes_as_typed(seated: Seated) -> None:
    """Whether it passes must not tell whether it is the word."""
    ann, bob, carl = seated("ann", "bob", "carl")
    ann.types(f"/secret {WORD}")
    bob.types("is it quokka?", "or a numbat?")
    assert [m["text"] for m in carl.barrier() if m["type"] == "chat"] == ["is it quokka?", "or a numbat?"]


@holds("2.49")
def test_after_the_round_the_word_may_be_said(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types(f"/secret {WORD}", "/stop", f"it was {WORD}")
    assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == [f"it was {WORD}"]


@holds("2.47", "2.48", "2.49")
def test_who_solved_a_race_keeps_the_word_to_themselves(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    ann.types("/new fruit mode=race", "/guess banana")
    for text in ("banana", "/me banana", f"/msg {bob.name} b a n a n a", "/nick banana"):
        assert not ann.say(text).ok
    bob.barrier()
    carl.barrier()
    assert b"banana" not in bytes(bob.raw)
    assert b"banana" not in bytes(carl.raw)
    bob.types("banana?")
    assert [m["text"] for m in carl.barrier() if m["type"] == "chat"] == ["banana?"]


@holds("2.48")
def test_nothing_that_a_guesser_can_ask_tells_the_word(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types(f"/secret {WORD} | an animal")
    for text in ("/board", "/hint", "/help", "/words", "/score", "/top", "/who", "/rooms", "/config", "/guess x"):
        bob.say(text)
    for text in ("/guess ", "/new ", "/words ", "/secret "):
        bob.send({"type": "complete", "id": 1, "text": text})
    bob.barrier()
    assert WORD.encode() not in bob.raw


@pytest.mark.parametrize("who", ["resume", "newcomer", "spectator", "other-room"])
@holds("2.48", "2.38")
def test_whoever_comes_in_is_told_no_word(table: Launched, room: str, who: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(f"B{room}", room)
    ann.types(f"/secret {WORD}", "/board")
    bob.types("/guess k")
    if who == "resume":
        bob.reset()
        late = table.peer()
        late.hello(token=bob.token)
    elif who == "other-room":
        late = table.join(None, room + "x")
        late.types(f"/room {room}")
    else:
        late = table.join(None, room)
        if who == "spectator":
            late.types("/spectate", "/board")
    late.barrier()
    assert WORD.encode() not in late.raw
    board = late.board()
    assert (board["secret"], board["setter"], board["cells"]) == (None, ann.name, [None, None, None, "k", "k", None])


@holds("2.45", "2.48")
def test_the_setter_who_comes_back_still_sees_it(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types(f"/secret {WORD}")
    ann.reset()
    back = table.peer()
    back.hello(token=ann.token)
    assert back.board()["secret"] == WORD
    bob.barrier()
    assert WORD.encode() not in bob.raw


@holds("2.48")
def test_the_setters_seat_given_up_gives_nobody_the_word(table: Launched, room: str) -> None:
    """Somebody who takes the setter's name when it is free is another person."""
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types(f"/secret {WORD}")
    ann.send({"type": "line", "text": "/q"})
    ann.bye()
    late = table.peer()
    got = late.hello(f"A{room}", room)
    board = got[-1]
    assert board["status"] != "playing" or board["secret"] is None
    bob.barrier()


@pytest.mark.parametrize("leave", ["/q", "/room"])
@holds("2.47", "2.48")
def test_the_board_of_a_racer_is_not_taken_with_the_name(table: Launched, room: str, leave: str) -> None:
    """Who solved a race and left: the next one of that name, who sits down late, sees nothing of it."""
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types("/new fruit mode=race", "/guess banana")
    bob.barrier()
    if leave == "/q":
        ann.send({"type": "line", "text": "/q"})
        ann.bye()
    else:
        ann.types(f"/room {room}x", f"/nick N{room}")
    late = table.join(f"A{room}", room)
    late.types("/board")
    if late.board()["status"] == "playing":
        assert "b" not in late.board()["cells"]
    assert late.board()["secret"] is None or late.board()["status"] != "playing"
    bob.types("/board")
    if bob.board()["status"] == "playing":
        assert b"banana" not in late.raw


@holds("2.48")
def test_a_renamed_guesser_is_not_the_setter(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types(f"/secret {WORD}", f"/nick N{room}")
    bob.types(f"/nick A{room}", "/board", "/guess x")
    assert WORD.encode() not in bob.raw
    assert bob.board()["setter"] == f"N{room}"
    ann.barrier()
    assert ann.board()["secret"] == WORD
    assert ann.say("/guess k").code == "forbidden"


@holds("2.48", "2.50")
def test_the_setter_who_looks_on_and_sits_down_again_still_guesses_nothing(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types(f"/secret {WORD}")
    ann.say("/spectate")
    ann.say("/play")
    assert ann.say("/guess q").code == "forbidden"
    assert not ann.say(WORD).ok
    bob.barrier()
    assert WORD.encode() not in bob.raw


@holds("2.48", "2.49")
def test_the_setter_who_leaves_the_room_does_not_tell_elsewhere(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(f"B{room}", room)
    ann.types(f"/secret {WORD}")
    ann.types(f"/room {room}x")
    bob.barrier()
    if bob.board()["status"] == "playing":
        assert not ann.say(f"/msg B{room} {WORD}").ok
    assert WORD.encode() not in bob.raw or bob.board()["status"] != "playing"


@holds("2.51", "2.21")
def test_a_seat_is_not_taken_by_its_name(table: Launched, room: str) -> None:
    ann = table.join(f"A{room}", room)
    ann.close()
    for token in (None, f"A{room}", ann.token[:-1], ann.token.upper() + "x", ann.token + " "):
        peer = table.peer()
        assert peer.refused(name=f"A{room}", room=room, token=token) == "name_taken"


@holds("2.39")
def test_the_first_who_comes_is_no_host(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", canaries=True)
    peer = server.join()
    assert peer.welcome["role"] == "member"
    assert peer.say("/say I am host").code in ("forbidden", "unknown_command")


@holds("2.48")
def test_no_log_line_holds_the_secret(serve: Callable[..., Launched], lists: list[str]) -> None:
    server = serve("--limit", "all=none", *lists, stdin=True)
    ann, bob = server.join("Ann", "x"), server.join("Bob", "x")
    ann.types(f"/secret {WORD}")
    bob.types("/guess k", "/guess z")
    lobby = server.join("Cid")
    lobby.types("/new fruit", "/guess z")
    server.type("hello from the console")
    lobby.wait("chat", text="hello from the console")
    lobby.barrier()
    server.kill()
    said = "\n".join([*server.out.finish(), *server.err.finish()])
    assert WORD not in said
    assert "banana" not in said
