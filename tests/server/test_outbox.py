"""What leaves: in order, in one write a turn, and nothing behind a `bye` or above what a client takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangman_net.chat.records import RoomRecord, SeatRecord
from hangman_net.chat.world import Room, Seat
from hangman_net.limits import DEFAULTS
from hangman_net.messages import Ack, Bye, Chat, Notice, Pong
from hangman_net.server.outbox import FEW, Mailbox, Outbox
from hangman_net.wire import NEED_DATA, ClientWire


class Reader(Mailbox):
    """A connection that keeps what it was told."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1")
        self.writes: list[bytes] = []

    def write(self, frames: bytes) -> None:
        self.writes.append(frames)

    def end(self) -> None:
        self.closed = True

    @property
    def heard(self) -> list[Any]:
        wire = ClientWire(DEFAULTS)
        wire.receive_data(b"".join(self.writes))
        heard = []
        while (event := wire.next_event()) is not NEED_DATA:
            heard.append(event)
        return heard


class Turn:
    """The end of a turn of the loop, when the test says so."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def soon(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def ends(self) -> None:
        """And the one behind it, which a room may wait for."""
        for _ in range(2):
            calls, self.calls = self.calls, []
            for call in calls:
                call()


def table(readers: int) -> tuple[Turn, Outbox, Room, list[Reader]]:
    turn = Turn()
    outbox, room = Outbox(turn.soon), Room(RoomRecord("den"), 10)
    people = [Reader() for _ in range(readers)]
    for number, person in enumerate(people):
        person.seat = Seat(str(number), SeatRecord(f"p{number}", "den", 0), room)
        room.sessions[person] = None
    return turn, outbox, room, people


def chat(text: str) -> Chat:
    return Chat("Ann", text, "den")


@pytest.mark.parametrize("readers", [1, FEW, FEW + 1, 50])
def test_all_that_was_said_in_a_turn_is_one_write_in_order(readers: int) -> None:
    turn, outbox, room, people = table(readers)
    first = people[0]
    outbox.to(first, Pong(1))
    outbox.to_room(room, chat("one"))
    outbox.to_room(room, chat("two"))
    outbox.to(first, Ack(1, True))
    outbox.to_room(room, chat("three"))
    assert not first.writes
    turn.ends()
    assert [len(person.writes) for person in people] == [1] * readers
    said = [chat("one"), chat("two"), chat("three")]
    assert first.heard == [Pong(1), *said[:2], Ack(1, True), said[2]]
    assert [person.heard for person in people[1:]] == [said] * (readers - 1)


def test_a_room_waits_until_those_are_read_who_spoke_meanwhile() -> None:
    unread = 3
    turn, _, room, people = table(FEW + 1)
    outbox = Outbox(turn.soon, unread=lambda: unread > 0)
    while unread:
        outbox.to_room(room, chat(f"{unread} are unread"))
        turn.ends()
        assert not any(person.writes for person in people)
        unread -= 1
    turn.ends()
    assert [len(person.writes) for person in people] == [1] * len(people)
    assert len(people[0].heard) == 3


def test_nothing_comes_after_a_bye() -> None:
    turn, outbox, room, people = table(5)
    outbox.bye(people[0], "kicked", "so")
    outbox.bye(people[0], "slow")
    outbox.to(people[0], Pong(1))
    outbox.to_room(room, chat("late"))
    turn.ends()
    assert people[0].heard == [Bye("kicked", "so")]
    assert people[0].closed
    assert people[1].heard == [chat("late")]


def test_who_goes_while_all_are_written_to_is_missed_by_all_who_stay() -> None:
    """Several at once cannot be written to: what the room is told of each comes behind what it was told before."""
    turn, outbox, room, people = table(12)

    class Gone(Reader):
        number = 0

        def write(self, frames: bytes) -> None:
            self.closed = True
            room.unhear(self)
            outbox.to_room(room, Notice(f"{self.number} went"))
            outbox.to(people[6], Pong(self.number))

    for number in (1, 3, 5):
        old, gone = people[number], Gone()
        gone.seat, gone.number = old.seat, number
        room.sessions = {gone if session is old else session: None for session in room.sessions}
    outbox.to(people[0], Pong(1))
    outbox.to(people[6], Pong(6))
    outbox.to_room(room, chat("one"))
    outbox.to_room(room, chat("two"))
    outbox.to(people[0], Ack(1, True))
    turn.ends()
    turn.ends()
    said = [chat("one"), chat("two")]
    went = [Notice(f"{number} went") for number in (1, 3, 5)]
    assert people[0].heard == [Pong(1), *said, Ack(1, True), *went]
    assert people[6].heard == [Pong(6), *said, went[0], Pong(1), went[1], Pong(3), went[2], Pong(5)]
    assert [people[number].heard for number in (2, 4, 7, 11)] == [[*said, *went]] * 4


@pytest.mark.parametrize("text", ["x" * 70_000, "é" * 40_000, "\n" * 40_000, "half \ud83d"])
def test_what_cannot_be_sent_is_left_out_with_a_word(text: str) -> None:
    turn, outbox, room, people = table(5)
    outbox.to_room(room, Notice(text))
    outbox.to(people[0], Notice(text))
    outbox.to_room(room, chat("and on"))
    turn.ends()
    assert [message.text for message in people[0].heard].count("and on") == 1
    assert [type(message) for message in people[1].heard] == [Notice, Chat]
    assert "left out" in people[1].heard[0].text


STEPS = st.tuples(st.sampled_from(["to", "room", "room", "hear", "unhear", "bye", "turn"]), st.integers(0, FEW + 2))


@given(st.lists(STEPS, max_size=60))
def test_each_hears_what_was_said_while_they_were_there_in_its_order(steps: list[tuple[str, int]]) -> None:
    turn, outbox, room, people = table(FEW + 3)
    expected: list[list[Any]] = [[] for _ in people]
    ended: set[int] = set()
    for number, (what, who) in enumerate(steps):
        person = people[who]
        if what == "to":
            outbox.to(person, Pong(number))
            if who not in ended:
                expected[who].append(Pong(number))
        elif what == "room":
            said = chat(str(number))
            outbox.to_room(room, said)
            for one, other in enumerate(people):
                if other in room.sessions and one not in ended:
                    expected[one].append(said)
        elif what == "hear":
            room.hear(person)
        elif what == "unhear":
            room.unhear(person)
        elif what == "bye":
            outbox.bye(person, "quit")
            if who not in ended:
                ended.add(who)
                expected[who].append(Bye("quit"))
        else:
            turn.ends()
    turn.ends()
    assert [person.heard for person in people] == expected
    assert not turn.calls
