"""Rounds: boards, guesses and what they cost, who may do what when."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from judge import Json, Launched, Peer, Reply, holds

Seated = Callable[..., list[Peer]]


def guessed(peer: Peer, *guesses: str) -> list[Reply]:
    """Guesses one after the other, each carried out."""
    return peer.types(*(f"/guess {guess}" for guess in guesses))


def mask(board: Json) -> str:
    """The cells as text, `_` for each hidden one."""
    return "".join("_" if cell is None else cell for cell in board["cells"])


# --- beginning --------------------------------------------------------------------------------------------------


@holds("4.01", "2.45", "2.46", "3.01")
def test_a_round_begins_with_six_lives_and_all_hidden(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    bob.barrier()
    for peer in (ann, bob):
        board = peer.board()
        assert (board["status"], board["lives"], board["max_lives"], mask(board)) == ("playing", 6, 6, "______")
        assert (board["found_by"], board["missed"], board["words_missed"]) == ([None] * 6, [], [])
        assert (board["wordlist"], board["setter"], board["turn"], board["secret"]) == ("fruit", None, None, None)
        assert (board["mode"], board["players"], board["hint"]) == ("coop", [], None)
        assert isinstance(board["round"], int) and board["round"] >= 1
        assert board["art"].count("\n") >= 3 and "\t" not in board["art"]
        assert "\n" not in board["caption"]


@holds("1.07")
def test_no_round_begins_by_itself(table: Launched) -> None:
    assert table.join().board()["status"] == "idle"


@holds("3.09", "1.18")
def test_a_rooms_first_list_is_the_first_that_was_named(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new")
    assert ann.board()["wordlist"] == "fruit"


@holds("3.09")
def test_new_without_a_list_takes_the_rooms(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/config words feline", "/new")
    assert ann.board()["wordlist"] == "feline"
    ann.types("/stop", "/new fruit", "/stop", "/new")
    assert ann.board()["wordlist"] in ("feline", "fruit"), "whichever of the two the room's is then"


@pytest.mark.parametrize("command", ["/new fruit", "/start fruit", "/NEW fruit", "/Start fruit lives=6"])
@holds("3.01", "3.02")
def test_every_way_to_begin(seated: Seated, command: str) -> None:
    (ann,) = seated("ann")
    ann.types(command)
    assert ann.board()["status"] == "playing"


@holds("3.07", "2.50")
def test_a_second_one_while_a_round_runs(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit", "/guess a")
    before = ann.board()
    for peer in (ann, bob):
        for line in ("/new", "/new feline", "/secret zebra"):
            reply = peer.say(line)
            assert (reply.ok, reply.code) == (False, "round_running")
    assert not [m for m in ann.barrier() if m["type"] == "board"]
    ann.types("/board")
    assert mask(ann.board()) == mask(before)


@pytest.mark.parametrize("line", ["/new fruit", "/secret zebra"])
@holds("3.07")
def test_anyone_who_is_seated_may_begin_and_a_spectator_may_not(seated: Seated, line: str) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    assert carl.say(line).code == "forbidden"
    assert bob.say(line).ok
    ann.barrier()
    assert ann.board()["status"] == "playing"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/new nosuchlist", "unknown_wordlist"),
        ("/new ../../etc/passwd", "unknown_wordlist"),
        ("/new fruit lives=many", "usage"),
        ("/new fruit lives=0", "usage"),
        ("/new fruit lives=-1", "usage"),
        ("/new fruit nokey=1", "usage"),
        ("/new fruit mode=nomode", "usage"),
        ("/new fruit level=nolevel", "usage"),
        ("/secret", "usage"),
        ("/guess e", "no_round"),
        ("/hint", "no_round"),
        ("/stop", "no_round"),
    ],
)
@holds("2.34", "2.50", "2.51", "3.01")
def test_what_is_refused_before_a_round(seated: Seated, line: str, code: str) -> None:
    ann, bob = seated("ann", "bob")
    reply = ann.say(line)
    assert (reply.ok, reply.code) == (False, code)
    assert reply.error is not None and reply.error["id"] == ann.last_id and reply.error["text"]
    assert bob.barrier() == [], "nobody else is told"


@holds("3.01")
def test_lives_and_level_are_keys_of_new(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit lives=3")
    assert (ann.board()["lives"], ann.board()["max_lives"]) == (3, 3)
    ann.types("/stop", "/new english level=easy mode=coop")
    assert ann.board()["status"] == "playing"


# --- guessing ---------------------------------------------------------------------------------------------------


@holds("2.45", "2.46", "4.03")
def test_hits_and_misses_are_shown_to_all(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit", "/guess a")
    bob.barrier()
    bob.types("/guess z")
    ann.barrier()
    for peer in (ann, bob):
        board = peer.board()
        assert (mask(board), board["missed"], board["lives"]) == ("_a_a_a", ["z"], 5)
        assert board["found_by"] == [None, ann.name, None, ann.name, None, ann.name]


@pytest.mark.parametrize("line", ["/guess a", "/g a", "/G A", "a", "A", "/guess A", " a "])
@holds("3.01", "3.02", "3.06")
def test_every_way_to_guess_a_letter(seated: Seated, line: str) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit", line)
    assert mask(ann.board()) == "_a_a_a"


@pytest.mark.parametrize("line", ["1", "é", "ж", "?", "ab", "😀", "//a"])
@holds("3.06")
def test_what_is_no_letter_of_the_list_is_chat(seated: Seated, line: str) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    bob.barrier()
    ann.types(line)
    assert [m["text"] for m in bob.barrier() if m["type"] == "chat"] == [line.removeprefix("/")]
    assert ann.board()["lives"] == 6


@holds("3.06")
def test_a_letter_is_chat_where_no_round_runs_and_from_who_may_not_guess(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    ann.types("e")
    carl.types("/spectate")
    ann.types("/secret zebra")
    ann.types("q")
    carl.types("x")
    said = [m["text"] for m in bob.barrier() if m["type"] == "chat"]
    assert said == ["e", "q", "x"]
    assert bob.board()["missed"] == []


@holds("4.02", "2.50", "2.51")
def test_a_letter_already_tried_costs_nothing(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit", "/guess z", "/guess a")
    bob.barrier()
    for peer in (ann, bob):
        for letter in "zaZA":
            assert peer.say(f"/guess {letter}").code == "already_guessed"
    assert ann.board()["lives"] == 5
    assert not [m for m in ann.barrier() if m["type"] == "board"]


@holds("4.03", "4.08", "4.09", "2.45")
def test_six_misses_lose_the_round_and_tell_the_word(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    ann.types("/new fruit")
    guessed(ann, *"cdefgh")
    for peer in (ann, bob, carl):
        peer.barrier()
        board = peer.board()
        assert (board["status"], board["lives"], board["secret"]) == ("lost", 0, "banana")
        assert board["missed"] == list("cdefgh")
    assert ann.say("/guess a").code == "no_round"
    assert bob.say("/guess banana").code == "no_round"


@holds("4.06")
def test_the_last_letter_with_the_last_life_wins(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit")
    guessed(ann, *"cdefg", "b", "a")
    assert (ann.board()["lives"], ann.board()["status"]) == (1, "playing")
    guessed(ann, "n")
    board = ann.board()
    assert (board["status"], board["lives"], mask(board), board["secret"]) == ("won", 1, "banana", "banana")


@pytest.mark.parametrize("word", ["banana", "BANANA", "Banana", "  banana  "])
@holds("3.01", "4.08")
def test_the_whole_word_wins(seated: Seated, word: str) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit", f"/guess {word}")
    bob.barrier()
    for peer in (ann, bob):
        assert (peer.board()["status"], mask(peer.board()), peer.board()["secret"]) == ("won", "banana", "banana")
    assert set(ann.board()["found_by"]) == {ann.name}


@holds("4.03", "2.45")
def test_a_wrong_whole_word_costs_one_life(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit", "/guess cabana")
    board = ann.board()
    assert (board["lives"], board["words_missed"], board["missed"], mask(board)) == (5, ["cabana"], [], "______")


@holds("4.02", "4.03", "2.51")
def test_the_same_wrong_word_again_costs_nothing(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit", "/guess cabana")
    assert ann.say("/guess CABANA").code in ("already_guessed", "invalid_guess")
    assert ann.board()["lives"] == 5


@pytest.mark.parametrize(
    ("before", "guess"),
    [
        ("", "ban"),
        ("", "bananas"),
        ("z", "zanana"),
        ("a", "bonono"),
        ("a", "cccccc"),
        ("a", "aaaaaa"),
        ("bn", "nabana"),
    ],
)
@holds("4.04", "2.50", "2.51")
def test_a_word_that_cannot_be_right_is_refused_free(seated: Seated, before: str, guess: str) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    guessed(ann, *before)
    lives = ann.board()["lives"]
    bob.barrier()
    assert ann.say(f"/guess {guess}").code == "invalid_guess"
    ann.types("/board")
    assert (ann.board()["lives"], ann.board()["words_missed"]) == (lives, [])
    assert bob.barrier() == []


@pytest.mark.parametrize("guess", ["1", "é", "ж", "?", "-", "'", "😀"])
@holds("4.05", "2.51")
def test_what_is_no_letter_is_refused_free(seated: Seated, guess: str) -> None:
    (ann,) = seated("ann")
    ann.types("/new phrases")
    before = ann.board()
    reply = ann.say(f"/guess {guess}")
    assert (reply.ok, reply.code) == (False, "invalid_guess")
    ann.types("/board")
    assert (ann.board()["lives"], mask(ann.board())) == (6, mask(before))


@holds("4.07", "2.45")
def test_what_is_no_letter_is_always_shown(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new phrases")
    assert mask(ann.board()) == "____ '_' ____-__ 2"
    guessed(ann, *"rockn")
    assert mask(ann.board()) == "rock 'n' ro__-on 2"
    guessed(ann, "l")
    assert (ann.board()["status"], ann.board()["secret"]) == ("won", "rock 'n' roll-on 2")


@holds("5.04")
def test_a_fold_holds_for_guesses_and_the_words_own_letter_is_shown(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new cafe", "/guess e")
    assert mask(ann.board()) == "___é"
    assert ann.say("/guess é").code == "already_guessed"
    ann.types("/guess cafe")
    assert (ann.board()["status"], ann.board()["secret"]) == ("won", "café")


@holds("5.04")
def test_without_a_language_nothing_is_folded(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit")
    assert ann.say("/guess á").code == "invalid_guess"


@holds("2.45")
def test_rounds_count_up_within_a_room(seated: Seated) -> None:
    (ann,) = seated("ann")
    numbers = []
    for _ in range(3):
        ann.types("/new fruit")
        numbers.append(ann.board()["round"])
        ann.types("/guess banana")
        assert ann.board()["round"] == numbers[-1]
    assert all(a < b for a, b in pairwise(numbers))


@holds("2.28", "2.33")
def test_points_are_told_to_everyone_before_the_ack(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    reply = ann.types("/guess banana")[0]
    changed = [m for m in reply.of("member") if m["name"] == ann.name]
    assert changed and changed[-1]["score"] > 0
    assert [m for m in bob.barrier() if m["type"] == "member" and m["name"] == ann.name] == changed
    reply = ann.types("/score")[0]
    assert str(changed[-1]["score"]) in reply.text


@holds("1.21", "2.45")
def test_the_caption_tells_the_board_in_words(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new feline", "/guess o", "/guess z")
    caption = ann.board()["caption"]
    assert caption == "Word: o blank blank blank o blank, 5 lives left, missed z"


@holds("2.45", "3.05")
def test_the_picture_grows(seated: Seated) -> None:
    (ann,) = seated("ann")
    ann.types("/new fruit")
    pictures = [ann.board()["art"]]
    for letter in "cdefgh":
        guessed(ann, letter)
        pictures.append(ann.board()["art"])
    assert len(set(pictures)) == 7


# --- hint, stop, roles ------------------------------------------------------------------------------------------


@holds("2.45", "3.01", "3.07")
def test_the_hint_is_null_until_it_is_asked_for(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit")
    assert ann.board()["hint"] is None
    bob.barrier()
    bob.types("/hint")
    ann.barrier()
    assert ann.board()["hint"] == bob.board()["hint"] == "long and yellow"


@holds("3.07")
def test_a_spectator_gets_no_hint_and_guesses_nothing(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    bob.types("/spectate")
    ann.types("/new fruit")
    bob.barrier()
    for line in ("/hint", "/guess a", "/guess banana"):
        assert bob.say(line).code == "forbidden"
    bob.types("/play", "/guess a")
    assert mask(bob.board()) == "_a_a_a"


@holds("2.28", "2.39", "3.01")
def test_spectate_and_play_change_the_roster(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    bob.types("/spectate")
    assert [m["seated"] for m in ann.barrier() if m["type"] == "member"] == [False]
    bob.types("/play")
    assert [m["seated"] for m in ann.barrier() if m["type"] == "member"] == [True]


@holds("3.08", "4.08")
def test_the_owner_stops_at_once(seated: Seated) -> None:
    ann, bob, _carl = seated("ann", "bob", "carl")
    bob.types("/new fruit")
    ann.types("/stop")
    bob.barrier()
    assert (bob.board()["status"], bob.board()["secret"]) == ("stopped", "banana")


@holds("3.08")
def test_whoever_began_stops_at_once(seated: Seated) -> None:
    _ann, bob, _carl = seated("ann", "bob", "carl")
    bob.types("/new fruit", "/stop")
    assert bob.board()["status"] == "stopped"


@holds("3.08")
def test_the_setter_stops_at_once(seated: Seated) -> None:
    _ann, bob, _carl = seated("ann", "bob", "carl")
    bob.types("/secret zebra", "/stop")
    assert bob.board()["status"] == "stopped"


@pytest.mark.parametrize(("people", "votes"), [(3, 2), (4, 2), (5, 3)])
@holds("3.08")
def test_from_anyone_else_it_is_a_vote_of_half_rounded_up(seated: Seated, people: int, votes: int) -> None:
    names = ["ann", "bob", "carl", "dora", "emil"][:people]
    peers = seated(*names)
    peers[0].types("/new fruit")
    for number, peer in enumerate(peers[1 : votes + 1], 1):
        peer.types("/stop")
        peers[0].barrier()
        assert peers[0].board()["status"] == ("stopped" if number == votes else "playing")


@holds("3.08")
def test_one_vote_counts_once(seated: Seated) -> None:
    ann, bob, _carl = seated("ann", "bob", "carl")
    ann.types("/new fruit")
    bob.types("/stop")
    bob.say("/stop")
    bob.say("/stop")
    ann.barrier()
    assert ann.board()["status"] == "playing"


@holds("3.08")
def test_a_spectator_has_no_vote(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    ann.types("/new fruit")
    carl.barrier()
    carl.say("/stop")
    ann.barrier()
    assert ann.board()["status"] == "playing"
    bob.types("/stop")
    assert bob.board()["status"] == "stopped", "two are seated: one is half of them"


@holds("3.08")
def test_who_is_seated_with_nobody_but_people_who_are_away_stops_at_once(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    ann.types("/new fruit")
    ann.close()
    carl.close()
    bob.wait("member", name=carl.name, connected=False)
    bob.barrier()
    bob.types("/stop")
    assert bob.board()["status"] == "stopped"


# --- a word of one's own ----------------------------------------------------------------------------------------


@holds("3.01", "2.45", "2.48")
def test_a_players_own_word_is_hidden_from_everyone_else(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    ann.types("/secret quokka | from Rottnest")
    for peer in (bob, carl):
        peer.barrier()
        board = peer.board()
        assert (board["secret"], board["setter"], mask(board)) == (None, ann.name, "______")
        assert b"quokka" not in peer.raw
    board = ann.board()
    assert (board["secret"], board["setter"]) == ("quokka", ann.name)
    bob.types("/hint")
    assert bob.board()["hint"] == "from Rottnest"
    guessed(bob, *"quoka")
    for peer in (ann, bob, carl):
        peer.barrier()
        assert (peer.board()["status"], peer.board()["secret"]) == ("won", "quokka")


@holds("2.50", "2.51")
def test_the_setter_guesses_nothing(seated: Seated) -> None:
    ann, _bob = seated("ann", "bob")
    ann.types("/secret quokka")
    for line in ("/guess q", "/guess quokka"):
        assert ann.say(line).code == "forbidden"
    assert ann.board()["missed"] == [] and mask(ann.board()) == "______"


@pytest.mark.parametrize("word", ["1234", "- - -", "'", "|", "| hint only", "   ", "x" * 400, "a\x1b[31mb"])
@holds("3.01", "2.51")
def test_a_secret_that_cannot_be_guessed_is_refused(seated: Seated, word: str) -> None:
    ann, bob = seated("ann", "bob")
    reply = ann.say(f"/secret {word}")
    assert not reply.ok
    assert reply.code in ("usage", "too_long", "invalid_guess")
    assert bob.barrier() == []


# --- modes ------------------------------------------------------------------------------------------------------


def modes(peer: Peer) -> list[str]:
    """The modes that `complete` offers for `/new mode=`."""
    peer.send({"type": "complete", "id": 77, "text": "/new fruit mode="})
    return [item["text"].removeprefix("mode=") for item in peer.wait("completions", id=77)["items"]]


@holds("3.01", "2.35")
def test_the_modes_can_be_asked_for(seated: Seated) -> None:
    (ann,) = seated("ann")
    assert {"coop", "race"} <= set(modes(ann))


@holds("2.47", "2.45", "2.46")
def test_in_a_race_each_has_an_own_board(seated: Seated) -> None:
    ann, bob, carl = seated("ann", "bob", "carl")
    carl.types("/spectate")
    ann.types("/new fruit mode=race")
    guessed(ann, "a")
    bob.barrier()
    guessed(bob, "z")
    for peer in (ann, carl):
        peer.barrier()
    assert (mask(ann.board()), ann.board()["missed"], ann.board()["lives"]) == ("_a_a_a", [], 6)
    assert (mask(bob.board()), bob.board()["missed"], bob.board()["lives"]) == ("______", ["z"], 5)
    assert (mask(carl.board()), carl.board()["secret"]) == ("______", None)
    for peer in (ann, bob, carl):
        players = {p["name"]: p for p in peer.board()["players"]}
        assert players.keys() == {ann.name, bob.name}
        assert (players[ann.name]["found"], players[bob.name]["lives"]) == (3, 5) or players[ann.name]["found"] == 1
        assert all(p.keys() >= {"name", "found", "lives", "place"} for p in players.values())


@holds("2.45", "2.47", "2.48", "4.08")
def test_a_race_goes_on_until_it_is_over_for_everyone(seated: Seated) -> None:
    ann, bob = seated("ann", "bob")
    ann.types("/new fruit mode=race", "/guess banana")
    bob.barrier()
    assert (ann.board()["status"], bob.board()["status"]) == ("won", "playing")
    assert ann.board()["secret"] is None, "not before the round is over for everyone"
    assert b"banana" not in bytes(bob.raw)
    guessed(bob, *"cdefgh")
    for peer in (ann, bob):
        peer.barrier()
        assert peer.board()["secret"] == "banana"
    assert (ann.board()["status"], bob.board()["status"]) == ("won", "lost")
    assert {p["name"]: p["place"] for p in ann.board()["players"]}[ann.name] == 1


@pytest.mark.parametrize("leave", ["close", "/q", "/spectate"])
@holds("2.50", "2.45")
def test_turns_go_round_and_never_stop(seated: Seated, leave: str) -> None:
    """Whoever holds the turn goes: it passes on to somebody who is here."""
    peers = seated("ann", "bob", "carl")
    mine = peers[0]
    if "turns" not in modes(mine):
        pytest.fail("a server with `not_your_turn` has a mode with turns")
    mine.types("/new fruit mode=turns")
    by_name = {peer.name: peer for peer in peers}
    holder = by_name[mine.board()["turn"]]
    other = next(peer for peer in peers if peer is not holder)
    other.barrier()
    assert other.say("/guess z").code == "not_your_turn"
    if leave == "close":
        holder.close()
    else:
        holder.send({"type": "line", "text": leave})
    board = other.wait("board", lambda b: b["turn"] != holder.name)
    assert board["status"] == "playing"
    next_one = by_name[board["turn"]]
    next_one.barrier()
    assert next_one.say("/guess z").ok
    assert next_one.board()["missed"] == ["z"]


@holds("2.45")
def test_every_mode_can_be_played_to_its_end(seated: Seated) -> None:
    """Whatever modes there are: guesses are made by whoever may, until the round is over."""
    peers = seated("ann", "bob")
    for mode in modes(peers[0]):
        reply = peers[0].say(f"/new fruit mode={mode}")
        assert reply.ok, (mode, reply.error)
        for letter in "bcdefghaijklmnop":
            for peer in peers:
                peer.barrier()
                if peer.board()["status"] == "playing":
                    peer.say(f"/guess {letter}")
        for peer in peers:
            peer.barrier()
        if peers[0].board()["status"] == "playing":
            peers[0].types("/stop")
        if peers[0].say("/stop").code != "no_round":
            peers[0].say("/stop")
        for peer in peers:
            peer.barrier()
            assert peer.board()["status"] != "playing", mode
