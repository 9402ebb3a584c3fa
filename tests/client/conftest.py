"""A room as a server would tell of it: a catalogue, four people, and a round in turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from hangman_net import messages as m
from hangman_net.client.events import Event
from hangman_net.client.model import Model, update

GOLDEN = Path(__file__).parent / "golden"

ART = "  +---+\n  |   |\n  O   |\n /|   |\n      |\n      |\n========="

CATALOGUE = (
    m.CommandInfo(
        "guess", ("g",), "/guess LETTER|WORD", "Guess a letter or the word", (m.Arg("what", "rest", True),), "playing"
    ),
    m.CommandInfo(
        "new",
        ("start",),
        "/new [WORDLIST] [mode=coop|turns|race] [lives=LIVES]",
        "Begin a round",
        (
            m.Arg("wordlist", "wordlist", False, dynamic=True),
            m.Arg("mode", "choice", False, "how it is played", choices=("coop", "turns", "race")),
            m.Arg("lives", "int", False, "wrong letters it takes"),
        ),
        "idle",
    ),
    m.CommandInfo("nick", (), "/nick NAME", "Take another name", (m.Arg("name", "str", True),), "any"),
    m.CommandInfo(
        "msg",
        ("w",),
        "/msg NAME TEXT",
        "Say something to one person",
        (m.Arg("name", "player", True, dynamic=True), m.Arg("text", "rest", True)),
        "any",
    ),
    m.CommandInfo(
        "secret", (), "/secret WORD [| HINT]", "Set a word of your own", (m.Arg("word", "rest", True),), "idle"
    ),
    m.CommandInfo(
        "table",
        (),
        "/table [small|large]",
        "Choose the table",
        (m.Arg("size", "choice", False, "its size", choices=("small", "large")),),
        "any",
    ),
    m.CommandInfo("help", (), "/help [COMMAND]", "What the commands do", (m.Arg("command", "str", False),), "any"),
    m.CommandInfo("q", ("quit", "exit"), "/q", "Leave", (), "any"),
)

WELCOME = m.Welcome(1, "ann", "lobby", "host", "t0k3n", "hangman_net/1", False, 0, CATALOGUE)

PEOPLE = (
    m.RosterEntry("ann", "host", True, True, 12),
    m.RosterEntry("bob", "member", True, True, 7),
    m.RosterEntry("cid", "member", True, False, 3),
    m.RosterEntry("dora", "member", False, True, 0),
)

PLAYING = m.Board(
    round=3,
    status="playing",
    mode="turns",
    cells=("b", None, "n", None, "n", None),
    found_by=("ann", None, "bob", None, "bob", None),
    missed=("z", "q", "x"),
    words_missed=("batten",),
    lives=3,
    max_lives=6,
    art=ART,
    turn="bob",
    seconds=25.0,
    hint="a yellow fruit",
    wordlist="food",
)

WON = m.Board(
    round=3,
    status="won",
    mode="turns",
    cells=tuple("banana"),
    found_by=("ann", "ann", "bob", "ann", "bob", "ann"),
    missed=("z", "q", "x"),
    words_missed=("batten",),
    lives=3,
    max_lives=6,
    art=ART,
    hint="a yellow fruit",
    wordlist="food",
    secret="banana",
)


def talk() -> tuple[m.ServerMessage, ...]:
    """What was said, of every kind."""
    return (
        m.Chat("bob", "were you here yesterday?", "lobby", replay=True),
        m.Board(),
        m.Notice("Welcome to the lobby. /new starts a round, /help lists the commands."),
        m.Chat("bob", "hi all, shall we play food again? the last word was so long that I had no idea", "lobby"),
        m.Chat("ann", "sure", "lobby"),
        m.Chat("bob", "stretches", "lobby", action=True),
        m.Chat("bob", "it begins with a b", "lobby", to="ann"),
        m.Chat("dora", "日本語のテキスト e\u0301a 👩‍👩‍👧 🇩🇪 ❤️", "lobby"),
        m.Error("not_your_turn", "It is bob's turn."),
    )


class Room:
    """Ready-made messages, and the model that comes of any of them."""

    catalogue = CATALOGUE
    welcome = WELCOME
    people = PEOPLE
    playing = PLAYING
    won = WON
    art = ART
    entered: tuple[m.ServerMessage, ...] = (WELCOME, m.Roster("lobby", 4, PEOPLE))
    played: tuple[m.ServerMessage, ...] = (*entered, *talk(), PLAYING)

    @staticmethod
    def model(*events: Event, at: float = 0.0) -> Model:
        model = Model()
        for event in events:
            model = update(model, event, at)
        return model


@pytest.fixture
def room() -> type[Room]:
    return Room


def golden(name: str, shown: str) -> None:
    """The picture must be the one in the file; after a wanted change, delete the file and run the test twice."""
    path = GOLDEN / f"{name}.txt"
    if not path.exists():
        path.write_text(shown, "utf-8")
        pytest.fail(f"{path.name} was missing; it was written: look at it")
    assert shown == path.read_text("utf-8")


@pytest.fixture(name="golden")
def golden_fixture() -> object:
    return golden
