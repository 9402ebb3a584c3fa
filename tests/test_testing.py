"""The kit that plugins are tested with: what it loads by itself, and what it does not let pass."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pytest

from hangman_net import Board, Context, Plugin, command
from hangman_net.messages import Chat, Notice
from hangman_net.testing import Table, plugins_of


@dataclass(frozen=True)
class Kept:
    count: int = 0


class First(Plugin):
    State = Kept

    @command(summary="Keep what does not fit")
    def spoil(self, ctx: Context) -> None:
        ctx.state = Kept("many")  # as a plugin that nobody type-checks might


class Second(Plugin):
    @command(summary="Say it")
    def hail(self, ctx: Context) -> None:
        ctx.say(f"hail {ctx.name}")


class Restless(Plugin):
    @command(summary="Seat one who answers what it causes")
    def rest(self, ctx: Context) -> None:
        ctx.enter("robbie")

    @command(summary="Wake at once")
    def rush(self, ctx: Context) -> None:
        ctx.wake(0)

    def on_board(self, ctx: Context, board: Board) -> None:
        ctx.types(ctx.name, "/board")

    def on_tick(self, ctx: Context, key: str) -> None:
        ctx.wake(0)


def test_what_never_ends_fails_the_test_that_begins_it(table: Table) -> None:
    with pytest.raises(AssertionError, match="10,000 things in a row"):
        table.ann.types("/rest")
    table.hub.puppets.later.clear()
    table.ann.types("/rush")
    with pytest.raises(AssertionError, match="does a wake call itself"):
        table.passes(1)


def test_the_fixture_loads_every_plugin_of_the_tests_module(table: Table) -> None:
    table.bob.types("/who")
    assert table.ann.types("/hail") and table.bob.texts[-1] == "hail ann"
    assert set(table.hub.crew.plugins) >= {"test_testing", "second", "restless"}


def test_a_module_that_was_imported_gives_its_own_plugin_and_no_other() -> None:
    mine = ModuleType("mine")
    mine.Mine = type("Mine", (Plugin,), {"__module__": "mine"})
    mine.First = First
    test = ModuleType("test_mine")
    test.mine = mine
    assert list(plugins_of(test)) == [mine.Mine]
    test.First = First
    assert list(plugins_of(test)) == [mine.Mine, First]


def test_a_record_that_would_not_come_back_fails_the_test_that_makes_it(table: Table) -> None:
    with pytest.raises((AssertionError, ValueError), match="str"):
        table.ann.types("/spoil")


def test_players_are_told_apart_and_come_back_to_their_seat(table: Table) -> None:
    ann, bob = table.ann, table.player("bob")
    assert ann is table.ann and ann is not bob
    bob.drops()
    ann.types("hello")
    assert bob.seen(Chat) == []
    back = bob.comes_back()
    assert table.bob is back and back.texts[0] == "hello"
    assert not ann.seen(Notice)
