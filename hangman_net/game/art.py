"""The pictures: each a drawing and an ordered list of its parts, as data.

It knows drawings and how they scale to any number of lives; it must not know rounds, nor who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

SCENERY = "."
"""In a plan: what is always there."""


class ArtError(ValueError):
    """A set of pictures that cannot be drawn; the text says why."""


class Part(Struct, frozen=True):
    """A piece of a drawing: its letter in the drawing's plan, its name, and when it counts.

    With so many lives as `rank` or more, losing one of them is this part's own; with fewer it goes along with the
    part before it in the list.
    """

    code: str
    name: str
    rank: int


class Art(Struct, frozen=True, eq=False):
    """A set of pictures from untouched to finished.

    `drawing` holds all of it and `plan`, of the same shape, for each character the letter of its part or `SCENERY`;
    `parts` stand in the order in which lives take them, with the ranks 1 to their number. Where `fades`, the whole
    drawing is there at first and lives take it away. `says` is a caption's sentence on the last part, with `{part}`
    in it, or empty. Raises `ArtError` where drawing, plan and parts do not go together or are not 7-bit ASCII.
    """

    name: str
    drawing: str = ""
    plan: str = ""
    parts: tuple[Part, ...] = ()
    fades: bool = False
    says: str = ""
    _frames: dict[int, tuple[tuple[str, str], ...]] = {}

    def __post_init__(self) -> None:
        self._check()

    def frame(self, lost: int, lives: int) -> tuple[str, str]:
        """The picture when `lost` of `lives` are gone, its lines joined by newlines, and its caption.

        The caption tells of the last life lost, as half a sentence; it is empty where there is nothing to say.
        """
        most = len(self.parts)
        if not most:
            return "", ""
        if lives > most:  # more lives than parts: the parts are spread over them, the last for the last
            lost, lives = lost * most // lives, most
        frames = self._frames.get(lives)
        if frames is None:  # drawn once for each number of lives, when it is first played: a guess only looks one up
            frames = self._frames[lives] = self._scale(lives)
        return frames[min(lost, lives)]

    def _scale(self, lives: int) -> tuple[tuple[str, str], ...]:
        steps = [place for place, part in enumerate(self.parts) if part.rank <= lives]
        ends = [*steps, len(self.parts)]
        frames = []
        for lost, end in enumerate(ends):
            taken = frozenset(part.code for part in self.parts[:end])
            said = self.says.format(part=self.parts[steps[lost - 1]].name) if lost else ""
            frames.append((self._draw(taken), said))
        return tuple(frames)

    def _draw(self, taken: frozenset[str]) -> str:
        lines = []
        for line, plan in zip(self.drawing.split("\n"), self.plan.split("\n"), strict=True):
            kept = (
                char if code == SCENERY or (code in taken) != self.fades else " "
                for char, code in zip(line, plan, strict=True)
            )
            lines.append("".join(kept).rstrip())
        return "\n".join(lines)

    def _check(self) -> None:
        codes = [part.code for part in self.parts]
        if not (self.name.isascii() and self.name.isidentifier()):
            raise ArtError(f"{self.name!r} cannot be a picture's name")
        if not all(" " <= char <= "~" or char == "\n" for char in self.drawing):
            raise ArtError(f"{self.name}: the drawing is not printable 7-bit ASCII")
        if _shape(self.drawing) != _shape(self.plan):
            raise ArtError(f"{self.name}: the plan has not the drawing's shape")
        if any(len(code) != 1 for code in codes) or len(set(codes)) != len(codes):
            raise ArtError(f"{self.name}: each part needs a letter of its own")
        if sorted(part.rank for part in self.parts) != list(range(1, len(self.parts) + 1)):
            raise ArtError(f"{self.name}: the parts' ranks are not 1 to {len(self.parts)}")
        if stray := set(self.plan) - set(codes) - {" ", "\n", SCENERY}:
            raise ArtError(f"{self.name}: the plan names no part by {', '.join(sorted(stray))}")


def _shape(text: str) -> list[list[bool]]:
    """Where something stands."""
    return [[char != " " for char in line] for line in text.split("\n")]


GALLOWS = Art(
    name="gallows",
    drawing=r"""
  +------+
  | /    |
  |/     O
  |    o/|\o
  |      |
  |     / \
  |   _/   \_
==+=="""[1:],
    plan=r"""
  pbbbbbbb
  p x    r
  px     h
  p    jatcl
  p      t
  p     d e
  p   kd   em
ggpgg"""[1:],
    parts=(
        Part("g", "the ground", 10),
        Part("p", "the post", 9),
        Part("b", "the beam", 8),
        Part("x", "the brace", 11),
        Part("r", "the rope", 7),
        Part("h", "the head", 1),
        Part("t", "the body", 2),
        Part("a", "the left arm", 3),
        Part("c", "the right arm", 5),
        Part("d", "the left leg", 4),
        Part("e", "the right leg", 6),
        Part("j", "the left hand", 12),
        Part("l", "the right hand", 13),
        Part("k", "the left foot", 14),
        Part("m", "the right foot", 15),
    ),
)
"""The classic: six lives are head, body, arms and legs under a gallows that stands; more lives build that first.

Its caption says no more than lives and misses: the picture is known to everyone.
"""

SNOWMAN = Art(
    name="snowman",
    drawing=r"""
     ___
    |   |
   _|___|_
    (o o)
    ( > )
    (\_/)
\__(=====)__/
   (  *  )
   (  *  )
  (   *   )
 (_________)
~~~~~~~~~~~~~"""[1:],
    plan=r"""
     ttt
    t   t
   bbbbbbb
    hl rh
    h n h
    hmmmh
aaafffffffccc
   w  i  w
   w  j  w
  s   k   s
 sssssssssss
............."""[1:],
    parts=(
        Part("t", "the hat", 1),
        Part("b", "the hat's brim", 12),
        Part("a", "the left arm", 3),
        Part("c", "the right arm", 4),
        Part("f", "the scarf", 7),
        Part("n", "the nose", 8),
        Part("l", "the left eye", 13),
        Part("r", "the right eye", 14),
        Part("m", "the mouth", 15),
        Part("h", "the head", 2),
        Part("i", "the top button", 9),
        Part("j", "the middle button", 10),
        Part("k", "the last button", 11),
        Part("w", "the belly", 5),
        Part("s", "the last of the snowman", 6),
    ),
    fades=True,
    says="{part} has melted",
)
"""For a class: nobody hangs, a snowman melts."""

NONE = Art(name="none")
"""No picture, for who wants none."""

ARTS: Mapping[str, Art] = MappingProxyType({art.name: art for art in (GALLOWS, SNOWMAN, NONE)})
"""The sets that are always there, by name; the first is the default."""
