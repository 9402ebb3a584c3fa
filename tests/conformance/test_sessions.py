"""Sessions: hello and its refusals, names, tokens, coming back, who is told what on coming in."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from judge import Json, Launched, Peer, holds
from judge.peer import encode, kinds

# --- hello ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        {"type": "ping", "id": 1},
        {"type": "line", "text": "hello", "id": 1},
        {"type": "line", "text": "/q"},
        {"type": "complete", "id": 1, "text": "/"},
    ],
    ids=["ping", "line", "quit", "complete"],
)
@holds("2.17")
def test_anything_before_hello(table: Launched, message: Json) -> None:
    peer = table.peer()
    peer.send(message)
    assert peer.read()["code"] == "hello_required"
    if "text" in message and "id" in message and message["type"] == "line":
        assert peer.read() == {"type": "ack", "id": 1, "ok": False}
    assert kinds(peer.hello())[0] == "welcome"


@pytest.mark.parametrize("version", [0, 2, -1, 10**9])
@holds("2.13", "2.18")
def test_another_version(table: Launched, version: int) -> None:
    peer = table.peer()
    assert peer.refused(version=version) == "bad_version"
    peer.hello()


@holds("2.19")
def test_hello_after_welcome_changes_nothing(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    peer.send({"type": "hello", "version": 1, "name": "somebody-else", "room": "elsewhere"})
    assert [(m["type"], m.get("code")) for m in peer.barrier()] == [("error", "bad_message")]
    assert peer.say("/who").ok


@holds("2.18")
def test_a_refused_hello_may_be_said_again_five_times(stock: Launched, room: str) -> None:
    peer = stock.peer()
    for _ in range(5):
        assert peer.refused(version=2) == "bad_version"
    assert peer.hello(None, room)[0]["type"] == "welcome"


@holds("2.18", "2.37")
def test_and_not_for_ever(stock: Launched) -> None:
    peer = stock.peer()
    peer.send(*({"type": "hello", "version": 2} for _ in range(8)))
    got = peer.closed()
    assert got[-1]["type"] == "bye"
    assert 5 <= kinds(got).count("error") <= 7


@holds("2.25", "2.38")
def test_what_welcome_holds(table: Launched, room: str) -> None:
    peer = table.join("Ann", room)
    welcome = peer.welcome
    assert (welcome["version"], welcome["name"], welcome["room"]) == (1, "Ann", room)
    assert welcome["role"] in ("owner", "member")
    assert (welcome["resumed"], welcome["last_id"]) == (False, 0)
    product, slash, version = welcome["server"].partition("/")
    assert product and slash and version
    assert isinstance(welcome["token"], str) and len(welcome["token"]) >= 22, "128 bits at least"


CATALOGUE: dict[str, set[str]] = {
    "q": {"quit", "exit"},
    "guess": {"g"},
    "new": {"start"},
    "secret": set(),
    "help": set(),
    "board": set(),
    "hint": set(),
    "stop": set(),
    "score": set(),
    "top": set(),
    "who": set(),
    "nick": set(),
    "me": set(),
    "msg": {"w"},
    "rooms": set(),
    "room": {"join"},
    "words": set(),
    "spectate": set(),
    "play": set(),
}
OWNERS: dict[str, set[str]] = {"kick": set(), "mute": set(), "unmute": set(), "config": {"set"}}
HOSTS: dict[str, set[str]] = {"ban": set(), "unban": set(), "plugins": set(), "reload": set(), "say": set()}


def catalogue(peer: Peer) -> dict[str, Json]:
    """The commands that a person was told of last, by name."""
    told = next(m for m in reversed(peer.seen) if m["type"] in ("welcome", "commands"))
    return {entry["name"]: entry for entry in told["commands"]}


@pytest.mark.parametrize("name", CATALOGUE)
@holds("2.25", "3.01")
def test_every_command_is_in_the_catalogue(table: Launched, name: str) -> None:
    """In the lobby, which nobody owns: what every seated member may do."""
    entry = catalogue(table.join())[name]
    assert CATALOGUE[name] <= set(entry["aliases"])
    assert entry["phase"] in ("any", "idle", "playing")
    assert isinstance(entry["summary"], str) and entry["summary"]
    assert isinstance(entry["usage"], str)
    assert isinstance(entry["args"], list)
    assert not any(word.startswith("/") for word in (entry["name"], *entry["aliases"]))


@holds("2.25", "3.01", "2.39")
def test_the_catalogue_is_what_the_role_allows(table: Launched, room: str) -> None:
    owner, member = table.join(None, room), table.join(None, room)
    assert (owner.welcome["role"], member.welcome["role"]) == ("owner", "member")
    assert OWNERS.keys() <= catalogue(owner).keys()
    assert not (OWNERS.keys() | HOSTS.keys()) & catalogue(member).keys()
    assert not HOSTS.keys() & catalogue(owner).keys()
    assert "set" in catalogue(owner)["config"]["aliases"]


@holds("2.25", "2.26")
def test_the_catalogue_holds_commands_of_every_phase(table: Launched, seated: Callable[..., list[Peer]]) -> None:
    """`welcome` is the same in a round and out of it, and no `commands` is sent because a round began or ended."""
    (ann,) = seated("ann")
    ann.types("/new fruit")
    bob = table.join(None, ann.welcome["room"])
    ann.types("/stop")
    carl = table.join(None, ann.welcome["room"])
    assert catalogue(bob) == catalogue(carl)
    assert {"guess", "new"} <= catalogue(bob).keys()
    assert "commands" not in kinds(ann.seen)
    assert (catalogue(bob)["guess"]["phase"], catalogue(bob)["new"]["phase"]) == ("playing", "idle")


# --- names ------------------------------------------------------------------------------------------------------


@holds("2.20")
def test_without_a_name_the_server_gives_one(table: Launched, room: str) -> None:
    names = {table.join(None, room).name for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("guest-") and name.removeprefix("guest-").isdigit() for name in names)


@pytest.mark.parametrize("name", ["a", "José", "Ñandú", "x" * 20, "a_b-c", "R2D2", "Zoë", "Łukasz", "ß"])
@holds("2.13")
def test_good_names(table: Launched, room: str, name: str) -> None:
    peer = table.join(name, room)
    assert peer.name == name
    peer.types("/q")


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "x" * 21,
        "1abc",
        "-abc",
        "_abc",
        "a\x1b[31m",
        "a\nb",
        "a\u202eb",
        "a\u200bb",
        "a/b",
        "@ann",
        "a.b",
        "<b>",
        "😀",
        "Жук",
        "аnn",
        "日本",
        "a" + "\u0301" * 4,
        "x" * 900,
    ],
)
@holds("2.18")
def test_names_that_are_none(table: Launched, name: str) -> None:
    """Issue 8: 1 to 20 letters of the Latin script with marks, digits, `_` and `-`, starting with a letter."""
    peer = table.peer()
    assert peer.refused(name=name) == "name_invalid"
    peer.hello()


@pytest.mark.parametrize(
    "name", ["host", "HOST", "server", "system", "admin", "everyone", "Admin", "h0st", "h\u00f6st"]
)
@holds("2.18")
def test_reserved_names(table: Launched, name: str) -> None:
    peer = table.peer()
    assert peer.refused(name=name) in ("name_invalid", "name_taken")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ann{}", "Ann{}"),
        ("Ann{}", "ANN{}"),
        ("Zoë{}", "Zoe{}"),
        ("Bill{}", "BiIl{}"),
        ("Bob{}", "B0b{}"),
        ("Ill{}", "l1I{}"),
        ("Barn{}", "Bam{}"),
        ("Wim{}", "VVim{}"),
        ("José{}", "Jose\u0301{}"),
    ],
)
@holds("2.18")
def test_names_are_one_without_case_marks_and_look_alikes(table: Launched, room: str, first: str, second: str) -> None:
    tail = "z" + "".join(chr(ord("a") + int(d)) for d in room.split("-")[0][1:])
    table.join(first.format(tail), room)
    assert table.peer().refused(name=second.format(tail), room=room) == "name_taken"


@holds("2.18")
def test_a_hundred_ask_for_one_name_and_one_gets_it(table: Launched, room: str) -> None:
    peers = [table.peer() for _ in range(100)]
    data = encode({"type": "hello", "version": 1, "name": "Onlyone", "room": room})
    gate = threading.Barrier(4)

    def rush(mine: list[Peer]) -> None:
        gate.wait()
        for peer in mine:
            peer.send_bytes(data)

    threads = [threading.Thread(target=rush, args=(peers[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = [peer.read() for peer in peers]
    assert kinds(first).count("welcome") == 1
    assert {m["code"] for m in first if m["type"] == "error"} == {"name_taken"}


@holds("2.18", "2.51", "3.01")
def test_a_name_by_nick_is_as_atomic(table: Launched, room: str) -> None:
    peers = [table.join(None, room) for _ in range(20)]
    for peer in peers:
        peer.send({"type": "line", "text": "/nick Wanted", "id": 1})
    replies = [peer.reply(1) for peer in peers]
    assert [reply.ok for reply in replies].count(True) == 1
    assert {reply.code for reply in replies} == {None, "name_taken"}


@holds("2.28", "3.01")
def test_nick_tells_everyone_the_old_name(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types(f"/nick N{room}")
    for peer in (ann, bob):
        peer.barrier()
        member = peer.last("member")
        assert member is not None
        assert (member["name"], member["was"], member["left"]) == (f"N{room}", f"A{room}", False)
    assert table.join(f"A{room}", room).name == f"A{room}", "the old name is free"
    assert ann.say("/nick 1bad").code == "name_invalid"


# --- coming in --------------------------------------------------------------------------------------------------


@holds("2.38", "2.27", "2.28")
def test_the_order_of_coming_in(table: Launched, room: str) -> None:
    first = table.join("First" + room[:4], room)
    first.types("one", "two")
    second = table.peer()
    got = second.hello(None, room)
    second.barrier()
    assert kinds(got) == ["welcome", "roster", "chat", "chat", "board"]
    assert all(m["replay"] is True for m in got if m["type"] == "chat")
    assert [m["text"] for m in got if m["type"] == "chat"] == ["one", "two"]
    assert "member" not in kinds(second.seen), "a newcomer is told by roster instead"
    newcomer = first.barrier()[-1]
    assert {k: newcomer[k] for k in ("type", "name", "room", "left", "was", "connected", "seated")} == {
        "type": "member",
        "name": second.name,
        "room": room,
        "left": False,
        "was": None,
        "connected": True,
        "seated": True,
    }


@holds("2.38", "2.45")
def test_the_board_with_no_round(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    board = peer.board()
    assert (board["status"], board["cells"], board["missed"], board["secret"]) == ("idle", [], [], None)
    assert board.keys() >= {
        "round", "status", "mode", "cells", "found_by", "missed", "words_missed", "lives", "max_lives", "art",
        "caption", "turn", "setter", "seconds", "hint", "wordlist", "players", "secret",
    }  # fmt: skip


@holds("2.27", "2.39")
def test_the_roster(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(f"B{room}", room)
    bob.types("/spectate")
    ann.types("hello")
    roster = next(m for m in table.join(f"C{room}", room).seen if m["type"] == "roster")
    assert (roster["room"], roster["total"]) == (room, 3)
    members = {m["name"]: m for m in roster["members"]}
    assert members[f"A{room}"] == {"name": f"A{room}", "role": "owner", "seated": True, "connected": True, "score": 0}
    assert members[f"B{room}"]["seated"] is False
    assert f"C{room}" in members, "the person included"


@holds("2.27")
def test_a_roster_of_many_holds_200_and_the_person(table: Launched, room: str) -> None:
    peers = [table.peer() for _ in range(205)]
    hello = encode({"type": "hello", "version": 1, "room": room})
    for peer in peers:
        peer.send_bytes(hello)
    for peer in peers:
        peer.until("board")
    last = table.join(f"L{room}", room)
    roster = next(m for m in last.seen if m["type"] == "roster")
    assert roster["total"] == 206
    assert len(roster["members"]) == 200
    assert f"L{room}" in {m["name"] for m in roster["members"]}


@holds("2.38", "2.28", "3.01")
def test_room_moves_a_person(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    there = table.join(None, room + "b")
    there.types("said before")
    reply = ann.say(f"/room {room}b")
    assert reply.ok
    assert [k for k in kinds(reply.messages) if k in ("welcome", "roster", "chat", "board")] == [
        "roster",
        "chat",
        "board",
    ]
    left = [m for m in bob.barrier() if m["type"] == "member"]
    assert [(m["name"], m["left"]) for m in left if m["name"] == f"A{room}"] == [(f"A{room}", True)]
    came = [m for m in there.barrier() if m["type"] == "member"]
    assert [(m["name"], m["left"], m["room"]) for m in came] == [(f"A{room}", False, room + "b")]
    ann.types("here now")
    assert [m for m in bob.barrier() if m["type"] == "chat"] == []
    assert [m["text"] for m in there.barrier() if m["type"] == "chat"] == ["here now"]


@holds("2.24", "2.39", "2.26")
def test_a_room_that_does_not_exist_is_made_and_owned(table: Launched, room: str) -> None:
    peer = table.join(None, room)
    assert peer.welcome["role"] == "owner"
    reply = peer.types(f"/room {room}x")[0]
    roster = reply.of("roster")[0]
    assert roster["members"][0]["role"] == "owner"
    reply = peer.types("/room lobby")[0]
    assert next(m for m in reply.of("roster")[0]["members"] if m["name"] == peer.name)["role"] == "member"
    assert reply.of("commands"), "another role, another catalogue"
    assert "kick" not in catalogue(peer)


@holds("2.28", "2.23")
def test_leaving_is_told_as_left(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.send({"type": "line", "text": "/q", "id": 1})
    got = ann.closed()
    assert kinds(got)[-2:] == ["ack", "bye"], "bye alone comes after the ack"
    assert (got[-2]["ok"], got[-1]["reason"]) == (True, "quit")
    member = bob.wait("member", name=f"A{room}")
    assert (member["left"], member["connected"]) == (True, False)


@pytest.mark.parametrize("word", ["/q", "/quit", "/exit", "/Q", "/QuIt"])
@holds("3.01", "3.02", "2.37", "2.23")
def test_every_way_to_leave(table: Launched, room: str, word: str) -> None:
    peer = table.join(f"Q{room}", room)
    peer.send({"type": "line", "text": word})
    assert peer.bye() == "quit"
    assert table.join(f"Q{room}", room).name == f"Q{room}", "seat and name are free at once"


# --- tokens -----------------------------------------------------------------------------------------------------


@holds("2.21", "2.25")
def test_a_token_takes_the_same_seat_again(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.types("one", "two", "three")
    ann.close()
    bob.wait("member", name=ann.name, connected=False)
    back = table.peer()
    got = back.hello("Another", "elsewhere", token=ann.token)
    assert (got[0]["name"], got[0]["room"], got[0]["resumed"], got[0]["last_id"]) == (ann.name, room, True, 3)
    assert kinds(got) == ["welcome", "roster", "chat", "chat", "chat", "board"]
    told = [m for m in bob.barrier() if m["type"] == "member"]
    assert [(m["name"], m["connected"], m["left"]) for m in told] == [(ann.name, True, False)]


@holds("2.21", "2.37")
def test_an_older_connection_is_replaced(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    bob.barrier()
    back = table.peer()
    assert back.hello(token=ann.token)[0]["resumed"] is True
    assert ann.bye() == "replaced"
    back.types("still here")
    told = bob.barrier()
    assert [m["text"] for m in told if m["type"] == "chat"] == ["still here"]
    assert not [m for m in told if m["type"] == "member" and not m["connected"]], "nobody was away"


@holds("2.21")
def test_the_replaced_connection_types_no_more(table: Launched, room: str) -> None:
    """Lines that the older connection still sends are nobody's."""
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    back = table.peer()
    back.hello(token=ann.token)
    with contextlib.suppress(OSError):
        ann.send({"type": "line", "text": "a ghost", "id": 9})
    assert ann.bye() == "replaced"
    back.barrier()
    assert "a ghost" not in [m.get("text") for m in bob.barrier()]


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "' OR 1=1 --", "é" * 20, "z" * 800])
@holds("2.21")
def test_an_unknown_token_is_as_if_none_had_been_sent(table: Launched, room: str, token: str) -> None:
    peer = table.peer()
    welcome = peer.hello(f"T{room}", room, token=token)[0]
    assert (welcome["name"], welcome["room"], welcome["resumed"]) == (f"T{room}", room, False)
    assert welcome["token"] != token


@holds("2.22", "2.18")
def test_a_dropped_person_keeps_seat_and_name(table: Launched, room: str) -> None:
    ann, bob = table.join(f"A{room}", room), table.join(None, room)
    ann.reset()
    bob.wait("member", name=ann.name, connected=False)
    assert table.peer().refused(name=ann.name, room=room) == "name_taken"
    roster = next(m for m in table.join(None, room).seen if m["type"] == "roster")
    assert {m["name"]: m["connected"] for m in roster["members"]}[ann.name] is False


@holds("2.23")
def test_after_q_the_token_opens_no_seat_with_the_name_gone(table: Launched, room: str) -> None:
    ann = table.join(f"A{room}", room)
    ann.send({"type": "line", "text": "/q"})
    assert ann.bye() == "quit"
    other = table.join(f"A{room}", room)
    back = table.peer()
    back.send({"type": "hello", "version": 1, "token": ann.token, "name": f"B{room}", "room": room})
    welcome = back.until("board")[0]
    assert (welcome["type"], welcome["name"], welcome["resumed"]) == ("welcome", f"B{room}", False)
    assert other.say("mine").ok


@holds("2.23", "2.37", "3.01")
def test_a_kick_gives_the_seat_up_at_once(table: Launched, room: str) -> None:
    owner, bob = table.join(None, room), table.join(f"B{room}", room)
    owner.types(f"/kick {bob.name}")
    assert bob.bye() == "kicked"
    told = [m for m in owner.seen if m["type"] == "member" and m["name"] == bob.name]
    assert told[-1]["left"] is True
    assert table.join(f"B{room}", room).name == bob.name


@holds("3.01", "2.50", "2.51")
def test_a_member_kicks_nobody(table: Launched, room: str) -> None:
    owner, bob = table.join(f"A{room}", room), table.join(None, room)
    assert bob.say(f"/kick {owner.name}").code in ("forbidden", "unknown_command")
    assert owner.say("still here").ok


@holds("2.26", "2.39")
def test_the_owner_goes_and_the_next_is_told_the_new_catalogue(table: Launched, room: str) -> None:
    owner, bob = table.join(None, room), table.join(None, room)
    owner.send({"type": "line", "text": "/q"})
    owner.bye()
    member = bob.wait("member", name=bob.name)
    assert member["role"] == "owner"
    bob.barrier()
    assert "kick" in catalogue(bob)


@holds("2.22")
def test_seats_are_held_for_their_time_and_no_longer(serve: Callable[..., Launched]) -> None:
    server = serve("--no-console", "--limit", "seat_hold=0.2", canaries=True)
    bob = server.join()
    ann = server.join("Ann")
    ann.close()
    assert bob.wait("member", name="Ann", connected=False, left=False)
    assert bob.wait("member", name="Ann", left=True)["connected"] is False
    assert server.join("Ann").name == "Ann"


@holds("2.22")
def test_in_a_round_they_are_held_longer(serve: Callable[..., Launched], lists: list[str]) -> None:
    server = serve(
        "--no-console", "--limit", "seat_hold=0.2", "--limit", "seat_hold_playing=1.2", *lists, canaries=True
    )
    bob, ann, carl = server.join(), server.join("Ann"), server.join("Carl", "other")
    bob.types("/new fruit")
    ann.close()
    carl.close()
    other = server.join(None, "other")
    other.wait("member", name="Carl", left=True)
    assert [m for m in bob.barrier() if m["type"] == "member" and m["left"]] == [], "a round runs here"
    assert bob.wait("member", name="Ann", left=True)


@holds("2.22", "2.21")
def test_what_was_earned_stays_with_the_token(table: Launched, room: str) -> None:
    ann = table.join(f"A{room}", room)
    ann.types("/new fruit", "/guess banana")
    earned = next(m for m in reversed(ann.seen) if m["type"] == "member" and m["name"] == ann.name)["score"]
    assert earned > 0
    ann.send({"type": "line", "text": "/q"})
    ann.bye()
    back = table.peer()
    got = back.hello(None, room, token=ann.token)
    members = {m["name"]: m for m in got[1]["members"]}
    assert members[got[0]["name"]]["score"] == earned
