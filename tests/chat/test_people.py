"""Coming in, names, rooms, going, coming back: what everybody is told, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from hangman_net.limits import DEFAULTS
from hangman_net.messages import Ack, Board, Bye, Chat, Commands, Error, Hello, MemberChange, Notice, Roster, Welcome
from hangman_net.testing import Player, Table


def kinds(messages: list[Any]) -> list[str]:
    return [message.type for message in messages]


def refused(table: Table, **hello: Any) -> str:
    """The code that refuses a hello."""
    player = Player(table, "x")
    table.run(lambda: table.hub.hello(player, Hello(**{"version": 1, **hello})))
    assert player.seat is None
    return player.error or ""


def test_coming_in_is_told_in_order(table: Table) -> None:
    table.ann.types("hello")
    assert kinds(table.bob.saw) == ["welcome", "roster", "chat", "board"]
    assert table.bob.seen(Chat)[0].replay
    assert [m.name for m in table.bob.seen(Roster)[0].members] == ["ann", "bob"]
    assert table.bob.seen(Board)[0].status == "idle"
    change = table.ann.saw[-1]
    assert isinstance(change, MemberChange)
    assert (change.name, change.seated, change.connected, change.left) == ("bob", True, True, False)


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"version": 2}, "bad_version"),
        ({"name": ""}, "name_invalid"),
        ({"name": "1st"}, "name_invalid"),
        ({"name": "a" * 21}, "name_invalid"),
        ({"name": "a b"}, "name_invalid"),
        ({"name": "Админ"}, "name_invalid"),
        ({"name": "admin"}, "name_invalid"),
        ({"name": "HOST"}, "name_invalid"),
        ({"name": "ANN"}, "name_taken"),
        ({"name": "Änn"}, "name_taken"),
        ({"name": "x", "room": "a/b"}, "name_invalid"),
    ],
)
def test_a_hello_is_refused_and_may_be_said_again(table: Table, hello: dict[str, Any], code: str) -> None:
    assert table.ann.name == "ann"
    assert refused(table, **hello) == code


def test_six_refused_hellos_end_the_connection(table: Table) -> None:
    player = Player(table, "x")
    for _ in range(5):
        table.run(lambda: table.hub.hello(player, Hello(2)))
        assert player.bye is None
    table.run(lambda: table.hub.hello(player, Hello(2)))
    assert isinstance(player.bye, Bye)


def test_guests_are_numbered(table: Table) -> None:
    names = []
    for _ in range(3):
        player = Player(table, "x")
        table.run(lambda player=player: table.hub.hello(player, Hello(1)))
        names.append(player.name)
    assert names == ["guest-1", "guest-2", "guest-3"]


def test_a_token_takes_the_same_seat_and_ends_the_older_connection(table: Table) -> None:
    old = table.ann
    old.types("/room den")
    new = table.sits("anna", token=old.token)
    welcome = new.seen(Welcome)[0]
    assert (welcome.name, welcome.room, welcome.resumed, welcome.token) == ("ann", "den", True, old.token)
    assert old.bye == Bye("replaced", "this seat was taken by another connection of yours")


@pytest.mark.parametrize(("days", "scores"), [(30, {"lobby": 3}), (31, {})])
def test_a_token_of_a_seat_that_was_given_up_lasts_thirty_days(table: Table, days: int, scores: dict[str, int]) -> None:
    ann = table.ann
    assert ann.seat is not None
    ann.seat.record = structs.replace(ann.seat.record, scores={"lobby": 3})
    ann.types("/q")
    table.passes(days * 86_400)
    back = table.sits("anna", token=ann.token)
    assert back.seat is not None and back.seat.record.scores == scores
    assert (back.token == ann.token) == bool(scores)


def test_an_unknown_token_is_as_if_none_had_been_sent(table: Table) -> None:
    ann = table.sits("ann", token="f" * 32)
    assert not ann.seen(Welcome)[0].resumed
    assert ann.token != "f" * 32


def test_a_dropped_person_is_away_and_keeps_seat_and_name_for_two_minutes(table: Table) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/who")
    ann.drops()
    change = bob.seen(MemberChange)[0]
    assert (change.name, change.connected, change.left) == ("ann", False, False)
    table.passes(119)
    assert refused(table, name="ann") == "name_taken"
    bob.types("/who")
    table.passes(2)
    assert bob.seen(MemberChange)[0].left
    assert table.sits("ann", token=None).name == "ann"


def test_coming_back_brings_one_board_and_the_talk(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.drops()
    bob.types("are you there?")
    back = ann.comes_back()
    assert kinds(back.saw) == ["welcome", "roster", "chat", "board"]
    assert back.seen(Welcome)[0].resumed
    assert bob.seen(MemberChange)[-1].connected


def test_quitting_gives_the_seat_up_at_once(table: Table) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/who")
    told = ann.types("/q", id=7)
    assert kinds(told)[-2:] == ["ack", "bye"]
    assert told[-2] == Ack(7, True)
    assert bob.seen(MemberChange)[0].left
    assert table.sits("ann").name == "ann"


def test_a_name_is_changed_and_everybody_told(table: Table) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/who")
    ann.types("/nick annika")
    change = bob.seen(MemberChange)[0]
    assert (change.name, change.was) == ("annika", "ann")
    assert bob.types("/nick ANNIKA")[0].code == "name_taken"
    assert bob.types("/nick ann") and bob.name == "ann"


def test_rooms_are_made_owned_and_passed_on(table: Table) -> None:
    ann, bob, cyd = table.ann, table.bob, table.cyd
    told = ann.types("/room den")
    assert kinds(told) == ["member", "roster", "board", "notice", "commands"]
    bob.types("/room DEN")
    assert bob.seen(Roster)[0].room == "den"
    assert [m.role for m in bob.seen(Roster)[0].members] == ["owner", "member"]
    cyd.types("hello")
    assert not bob.seen(Chat) and not ann.seen(Chat)
    ann.types("/room lobby")
    assert table.room("den").record.owner == bob.seat.id
    bob.types("/room lobby")
    assert table.hub.world.room("den") is None


def test_an_owner_who_is_away_for_a_minute_loses_the_room(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("/room den")
    bob.types("/room den")
    ann.drops()
    table.passes(61)
    assert table.room("den").record.owner == bob.seat.id


@pytest.mark.parametrize(("address", "most"), [("8.8.8.8", 3), ("2607:f8b0::5", 3), ("10.0.0.5", 5)])
def test_an_address_holds_no_more_seats_than_it_may_have_connections(address: str, most: int) -> None:
    """Else one could fill the lobby, or all rooms, by coming and going; those longest away pay for it."""
    table = Table(limits=DEFAULTS.with_options(["address_connections=3", "local_connections=5"]))
    table.ann.types("/new words=fruit")  # a round holds seats for ten minutes
    table.bob.drops()  # from elsewhere
    come = [table.sits(f"sly{number}x", room=f"room{number}") for number in range(9)]
    for one in come:
        one.address = address
        one.drops()
    table.passes(0)
    back = [one.comes_back().seen(Welcome)[-1].resumed for one in (*come, table.bob)]
    assert back == [False] * (9 - most) + [True] * (most + 1)


@pytest.mark.parametrize("how", ["left", "away"])
@pytest.mark.parametrize("who", ["back", "new", "moved"])
def test_a_room_that_nobody_was_there_to_have_goes_to_who_comes_in(table: Table, how: str, who: str) -> None:
    ann, bob, cyd = table.ann, table.bob, table.cyd
    ann.types("/room den")
    bob.types("/room den")
    bob.drops()
    if how == "left":
        ann.types("/q")
    else:
        ann.drops()
        table.passes(61)
    heir = bob
    if who == "back":
        heir = bob.comes_back()
    elif who == "moved":
        heir = cyd
        cyd.types("/room den")
    else:
        heir = table.sits("dan", room="den")
    assert table.room("den").record.owner == heir.seat.id
    assert heir.texts[-1] == f"{heir.name} owns den now."
    assert heir.seen(Commands)[-1].commands == table.hub.crew.registry.catalogue(heir.seat.rank)
    assert not any(text.endswith("owns den now.") for text in table.sits("eve", room="den").texts)


def test_a_room_whose_owner_has_only_just_gone_stays_theirs(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("/room den")
    ann.drops()
    table.passes(59)
    bob.types("/room den")
    ann = ann.comes_back()
    table.passes(100)
    assert table.room("den").record.owner == ann.seat.id


def test_a_private_room_opens_by_its_word(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("/room den")
    ann.types("/private sesame")
    assert bob.types("/room den")[0].code == "forbidden"
    assert bob.types("/room den open")[0].code == "forbidden"
    assert "den" not in bob.types("/rooms")[0].text
    bob.types("/room den Sesame")
    assert bob.seat.room.name == "den"


def test_a_private_line_reaches_any_room_and_nobody_else(table: Table) -> None:
    ann, bob, cyd = table.ann, table.bob, table.cyd
    bob.types("/room den")
    cyd.types("/who")
    assert ann.types("/msg BOB psst")[0].to == "bob"
    assert bob.seen(Chat)[-1].text == "psst"
    assert not cyd.seen(Chat)
    assert ann.types("/msg nobody psst")[0].code == "usage"


def test_chat_is_said_to_everybody_its_sender_included(table: Table) -> None:
    ann, bob = table.ann, table.bob
    assert ann.types("//help me", id=1) == [Chat("ann", "/help me", "lobby"), Ack(1, True)]
    assert bob.seen(Chat)[-1].text == "/help me"
    assert ann.types("/me waves")[0] == Chat("ann", "waves", "lobby", action=True)
    assert ann.types("  \t ", id=2) == [Ack(2, True)]


@pytest.mark.parametrize("text", ["{0.__class__}", "<b>x</b>", "%s %d", "héllo 👋🏽", "שלום", "a  b"])
def test_honest_text_arrives_as_it_is(table: Table, text: str) -> None:
    assert table.ann.types(text)[0].text == text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a\nb", "a b"),
        ("a\x1b[31mb", "a[31mb"),
        ("\u202eabc", "abc"),
        ("a\x07b", "ab"),
        ("z\u0301\u0301\u0301\u0301", None),
    ],
)
def test_text_is_made_safe_before_anyone_sees_it(table: Table, typed: str, said: str | None) -> None:
    text = table.ann.types(typed)[0].text
    assert text == said if said is not None else len(text) <= 4


def test_a_line_that_is_too_long_is_refused(table: Table) -> None:
    assert table.ann.types("x" * 501)[0].code == "too_long"
    assert table.ann.types("é" * 500)[0].text == "é" * 500
    assert table.ann.types("👋" * 500)[0].text == "👋" * 500
    assert table.ann.types("👋🏽" * 251)[0].code == "too_long"


def test_an_ignored_person_is_not_read(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("/ignore bob")
    bob.types("hello")
    bob.types("/msg ann hello")
    assert not ann.seen(Chat)
    assert bob.seen(Chat)
    ann.types("/unignore bob")
    bob.types("hello")
    assert ann.seen(Chat)


def test_the_host_and_the_owner_keep_order(table: Table) -> None:
    host, ann, bob = table.host, table.ann, table.bob
    assert ann.types("/kick bob")[0].code == "forbidden"
    host.types("/mute bob 10m")
    assert bob.types("hello")[0].code == "forbidden"
    host.types("/unmute bob")
    assert isinstance(bob.types("hello")[0], Chat)
    host.types("/kick bob spam")
    assert bob.bye is not None and bob.bye.reason == "kicked"
    host.types("/ban ann 2h")
    assert ann.bye is not None and ann.bye.reason == "banned"
    assert refused(table, name="ann") == "forbidden"
    assert refused(table, name="annika", token=ann.token) == "forbidden"
    host.types("/unban ann")
    assert table.sits("ann").name == "ann"
    assert host.types("/kick host")[0].code == "forbidden"


def test_a_ban_outlives_a_restart_and_ends_in_time(table: Table) -> None:
    table.host.types("/ban ann 2h")
    table.restarts()
    assert refused(table, name="ann") == "forbidden"
    table.passes(2 * 3600 + 1)
    assert table.sits("ann").name == "ann"


def test_a_vote_of_half_sends_somebody_away(table: Table) -> None:
    ann, bob, cyd, dan = table.ann, table.bob, table.cyd, table.dan
    ann.types("/votekick dan")
    assert "1 of 2" in bob.texts[-1]
    ann.types("/votekick dan")
    assert dan.bye is None
    cyd.types("/votekick dan")
    assert dan.bye is not None and dan.bye.reason == "kicked"


def test_votes_follow_a_new_name_and_stand_beside_each_other(table: Table) -> None:
    _, bob, cyd, dan, _, _ = [table.player(name) for name in ("ann", "bob", "cyd", "dan", "eve", "fay")]
    bob.types("/votekick dan")
    dan.types("/votekick bob")
    dan.types("/nick don")
    bob.types("/nick rob")
    bob.types("/votekick don")
    assert "1 of 3" in cyd.texts[-1]
    cyd.types("/votekick don")
    table.ann.types("/votekick don")
    assert dan.bye is not None
    table.sits("don").types("/votekick rob")
    assert "1 of 3" in cyd.texts[-1]  # whoever has that name now has not voted yet


def test_who_comes_when_every_seat_is_taken_looks_on() -> None:
    table = Table(limits=DEFAULTS.with_options(["all=none", "seats=2", "spectators=1"]))
    ann, _, cyd = table.ann, table.bob, table.cyd
    assert not cyd.seat.seated
    assert "look on" in cyd.texts[-1]
    assert cyd.types("/play")[0].code == "full"
    assert refused(table, name="dan") == "full"
    ann.types("/spectate")
    cyd.types("/play")
    assert cyd.seat.seated


def test_sitting_and_looking_on_change_the_catalogue(table: Table) -> None:
    told = table.ann.types("/spectate")
    assert kinds(told) == ["member", "commands"]
    names = {c.name for c in told[-1].commands}
    assert "guess" not in names and "play" in names
    assert table.ann.types("/spectate")[0].code == "usage"
    assert kinds(table.ann.types("/play")) == ["member", "commands"]


def test_a_notice_to_everyone_and_the_lock(table: Table) -> None:
    host, ann = table.host, table.ann
    host.types("/say dinner")
    assert ann.seen(Notice)[-1].text == "The host says: dinner"
    host.types("/lock")
    assert refused(table, name="bob") == "forbidden"
    host.types("/lock no")
    assert table.bob.name == "bob"


def test_an_id_is_carried_out_once(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("one", id=5)
    bob.types("/who")
    assert ann.types("one", id=5) == [Ack(5, True)]
    assert not bob.seen(Chat)
    refusal = ann.types("/nonsense", id=6)
    assert isinstance(refusal[0], Error) and refusal[0].id == 6 and refusal[1] == Ack(6, False)
    assert ann.types("two", id=6)[-1] == Ack(6, True)
    for number in range(7, 80):
        ann.types("x", id=number)
    assert ann.types("one", id=5)[0].code == "bad_message"
    back = ann.comes_back()
    assert back.seen(Welcome)[0].last_id == 79
    assert back.types("x", id=79) == [Ack(79, True)]


def test_a_room_that_two_leave_in_one_step_ends(table: Table) -> None:
    ann, bob = table.ann, table.bob
    ann.types("/room den")
    bob.types("/room den")
    ann.address = bob.address = "198.51.100.7"
    table.host.types("/ban 198.51.100.7")
    assert ann.bye and bob.bye
    assert table.hub.world.room("den") is None
    assert not [key for key in table.records if "den" in key]


def test_after_a_restart_people_are_in_the_order_in_which_they_came(table: Table) -> None:
    names = ["ann", "bob", "cat", "dan", "eve", "fay"]
    for number, name in enumerate(names):
        table.sits(name, room="den")
        table.passes(number)
    table.ann.types("/room attic")
    table.records = dict(sorted(table.records.items()))  # as a store gives them: by key
    table.restarts()
    assert [seat.name for seat in table.room("den").members.values()] == names[1:]


@pytest.mark.parametrize("name", ["room", "seat", "hangman"])
def test_a_room_whose_people_have_expired_takes_nothing_else_with_it(table: Table, name: str) -> None:
    table.sits("ann", room=name)
    table.passes(31 * 86_400)
    table.sits("bob", room="den").types("/config lives 9")
    kept = dict(table.records)
    table.restarts()
    assert {key for key in kept if key not in table.records} == {f"chat/room/{name}", f"chat/seat/{table.ann.seat.id}"}
    assert table.state("hangman", "den").settings.lives == 9


def test_an_ignored_person_is_not_read_afterwards_either(table: Table) -> None:
    ann, bob, cat = table.ann, table.bob, table.cat
    ann.types("/ignore bob")
    bob.types("hello")
    cat.types("good morning")
    ann.drops()
    assert [line.text for line in ann.comes_back().seen(Chat)] == ["good morning"]


@pytest.mark.parametrize("away", [False, True])
def test_a_ban_holds_the_address_also_of_who_has_just_gone(table: Table, away: bool) -> None:
    table.bob.address = "8.8.8.8"
    if away:
        table.bob.drops()
    table.host.types("/ban bob")
    (ban,) = table.hub.moves.bans.records.values()
    assert ban.address == "8.8.8.8"


def test_who_talks_or_invites_from_another_room_can_be_ignored(table: Table) -> None:
    ann, bob = table.ann, table.bob
    bob.types("/room den")
    ann.types("/ignore BOB")
    for line in ("/msg ann buy this", "/private buy-this", "/invite ann"):
        bob.types(line)
    assert bob.texts[-1] == "ann was asked."  # and is not told that it was for nothing
    assert not any("buy" in text for text in ann.texts)
    ann.types("/unignore bob")
    bob.types("/invite ann")
    assert ann.texts[-1] == "bob asks you to come to den: /room den buy-this"
    assert ann.types("/ignore ANN")[0].text == "You cannot ignore yourself."


def test_nothing_is_left_of_those_who_were_ignored_and_are_gone(table: Table) -> None:
    for name in ("bob", "cat", "dan"):
        troll = table.sits(name)
        table.ann.types(f"/ignore {name}")
        troll.types("/q")
    assert len(table.hub.world.ignored) == 1
    table.ann.types("/q")
    assert not table.hub.world.ignored


def test_who_comes_back_still_does_not_read_whom_they_ignored(table: Table) -> None:
    table.bob.types("hello")
    for line in ("/play", "/ignore bob", "/daily e", "/q"):
        table.ann.types(line)
    table.ann.comes_back()
    table.bob.types("hello again")
    assert "hello again" not in table.ann.texts


def test_an_invitation_holds_the_word_of_a_private_room(table: Table) -> None:
    table.hub.links = ["https://play.example/#%ROOM%"]
    ann = table.ann
    ann.types("/room den")
    assert ann.types("/invite")[0].text == "Who types /room den comes in. Or by link: https://play.example/#den"
    ann.types("/private open/sesame")
    expected = "Who types /room den open/sesame comes in. Or by link: https://play.example/#den/open%2Fsesame"
    assert ann.types("/invite")[0].text == expected


def test_who_owns_a_room_silences_nobody_elsewhere(table: Table) -> None:
    owner, ann = table.sits("dan", room="den"), table.sits("ann", room="den")
    owner.types("/mute ann 300d")
    ann.types("hello")
    assert ann.error == "forbidden"
    ann.types("/room lobby")
    ann.types("hello")
    assert ann.error is None
    for line in ("/room den", "/q"):
        ann.types(line)
    table.restarts()
    table.dan.comes_back()
    back = table.sits("ann", room="den", token=ann.token)
    back.types("hello")
    assert back.error == "forbidden"
    table.dan.types("/unmute ann")
    back.types("hello")
    assert back.error is None
