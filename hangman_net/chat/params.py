"""A handler's signature as a schema, and a typed line as its arguments: by place or by key, with usage and completion.

It knows parameters and how a line falls into words; it must not know how a word becomes a value (`converters`).
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from msgspec import Struct, structs

from hangman_net.chat.converters import ANY_WORD, BadValue, Converter, Scope, converter_of
from hangman_net.chat.errors import PluginError, Refusal, UsageError
from hangman_net.messages import Arg, Completion
from hangman_net.text import nearest


class Doc(Struct, frozen=True):
    """What usage and help say of a parameter: `Annotated[str, Doc("LETTER|WORD", "what you guess")]`."""

    metavar: str = ""
    help: str = ""


class _RestMark:
    """Marks the last `str` parameter that takes the rest of the line as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "REST"


REST = _RestMark()
Rest: TypeAlias = Annotated[str, REST]
"""The rest of the line, nothing in it parsed; a `str` parameter behind `*` is the same."""

_EMPTY = inspect.Parameter.empty


class Param(Struct, frozen=True, kw_only=True):
    """One parameter of a command."""

    name: str
    converter: Converter
    required: bool
    rest: bool
    by_name: bool
    default: Any
    metavar: str
    info: Arg

    @property
    def about(self) -> str:
        """What help says of it: its meaning, what may be typed, and what counts where nothing is."""
        said = [self.info.help] if self.info.help else []
        if not said or self.converter.kind in ("choice", "bool", "int", "float"):
            said.append(self.converter.expected)
        if self.info.default:
            said.append(f"{self.info.default} unless you say")
        return "; ".join(said)


# --- from a signature to a schema -------------------------------------------------------------------------------


def refuse_unless_plain(function: Callable[..., Any], where: str) -> None:
    """Raises `PluginError` for a function that returns before its work is done: nobody would wait for it."""
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    if any(kind(function) for kind in kinds):
        raise PluginError(f"{where}: a plain def is called here, no async one and none that yields; see ctx.job")


def schema(method: Callable[..., Any], where: str) -> tuple[Param, ...]:
    """The parameters of a handler behind its context. Raises `PluginError` naming `where` and the parameter."""
    refuse_unless_plain(method, where)
    parameters = list(inspect.signature(method).parameters.values())
    if not parameters:
        raise PluginError(f"{where}: a handler takes at least the context: def {where.rpartition('/')[2]}(self, ctx)")
    if len(parameters) == 1:  # half of all commands: their annotations need not be worked out
        return ()
    hints = _hints(method, parameters[1:], where)
    made: list[Param] = []
    for parameter in parameters[1:]:
        at = f"{where}: parameter {parameter.name!r}"
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise PluginError(f"{at}: *{parameter.name} is not supported; mark a last str as Rest instead")
        if parameter.name not in hints:
            raise PluginError(f"{at} has no annotation")
        if made and made[-1].rest:
            raise PluginError(f"{at} stands behind the rest of the line, which must be last")
        made.append(_param(parameter, hints[parameter.name], at))
        if len(made) > 1 and made[-1].required and not made[-2].required:
            raise PluginError(f"{at} is required behind one that is not")
    return tuple(made)


def _hints(method: Callable[..., Any], parameters: Sequence[inspect.Parameter], where: str) -> dict[str, Any]:
    """What the annotations of these parameters stand for; the context's may name what only type checkers import."""
    typed = {item.name: item.annotation for item in parameters if item.annotation is not _EMPTY}
    names = getattr(inspect.unwrap(method), "__globals__", {})
    try:
        return typing.get_type_hints(types.SimpleNamespace(__annotations__=typed), names, include_extras=True)
    except Exception as error:
        raise PluginError(f"{where}: its annotations cannot be read: {error}") from error


def _param(parameter: inspect.Parameter, hint: Any, at: str) -> Param:
    by_name = parameter.kind is parameter.KEYWORD_ONLY
    default = parameter.default
    if isinstance(default, (list, dict, set)):
        raise PluginError(f"{at}: its default can be edited; use a tuple, a frozenset or None")
    base, extras, optional = _unwrap(hint)
    doc = next((extra for extra in extras if isinstance(extra, Doc)), Doc())
    rest = REST in extras or (by_name and base is str)
    if rest and base is not str:
        raise PluginError(f"{at}: only a str can take the rest of the line")
    if default is None and not optional:
        raise PluginError(f"{at}: its default is None, so its type is {getattr(base, '__name__', base)} | None")
    converter = converter_of(base, extras, at)
    if rest and converter.expected == ANY_WORD:
        converter = structs.replace(converter, expected="some text")
    required = default is _EMPTY
    if not required and default is not None:
        _check_default(converter, default, base, at)
    metavar = doc.metavar or ("|".join(converter.choices) if converter.choices else parameter.name.upper())
    return Param(
        name=parameter.name,
        converter=converter,
        required=required,
        rest=rest,
        by_name=by_name,
        default=default,
        metavar=metavar,
        info=Arg(
            name=parameter.name,
            kind="rest" if rest else converter.kind,
            required=required,
            help=doc.help,
            default=None if required or default is None else _shown(default),
            choices=converter.choices,
            dynamic=converter.complete is not None,
        ),
    )


def _shown(value: Any) -> str:
    if isinstance(value, Enum):
        return value.name.lower()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type within `Annotated` and `| None`, what stood beside it, and whether None is allowed."""
    extras: tuple[Any, ...] = ()
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            extras += tuple(more)
        elif get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
            others = [a for a in get_args(hint) if a is not type(None)]
            if len(others) != 1:
                return hint, extras, True
            hint, optional = others[0], True
        else:
            return hint, extras, optional


def _check_default(converter: Converter, default: Any, base: Any, at: str) -> None:
    """A default that the type itself would refuse is a mistake of the author's, told at load."""
    if converter.kind not in ("int", "float", "str", "choice", "bool"):
        return
    try:
        same = converter.parse(None, _shown(default) if base is not str else default)
    except ValueError:
        same = None
    if same != default:
        raise PluginError(f"{at}: its default {default!r} is not {converter.expected}")


def usage_of(name: str, params: Sequence[Param]) -> str:
    """One line: `/roll [SIDES] [open|secret]`."""
    words = [f"/{name}"]
    for param in params:
        word = f"{param.name}={param.metavar}" if param.by_name and not param.rest else param.metavar
        words.append(word if param.required else f"[{word}]")
    return " ".join(words)


# --- from a line to values --------------------------------------------------------------------------------------

_WORD = re.compile(
    r'\s*(?:([A-Za-z_]\w*)=)?(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|\'((?:[^\'\\]|\\.)*)\'(?=\s|$)|((?(1)\S*|\S+)))'
)
_ESCAPED = re.compile(r"\\(.)")


def _next_word(text: str, at: int) -> tuple[str | None, str, int] | None:
    """Key (or None), value and end of the word at or behind `at`; None where only space is left."""
    match = _WORD.match(text, at)
    if match is None:
        return None
    key, double, single, plain = match.groups()
    quoted = double if double is not None else single
    value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
    return key, value, match.end()


def parse_args(params: Sequence[Param], text: str, scope: Scope, usage: str) -> tuple[list[Any], dict[str, Any]]:
    """Positional and named arguments for the handler. Raises `UsageError` that names the argument."""
    if len(params) == 1 and params[0].rest and (rest := text.strip()):
        value = _value(params[0], rest, scope, usage)  # all of the line, as in a guess: there is nothing to tell apart
        return ([], {params[0].name: value}) if params[0].by_name else ([value], {})
    values: dict[str, Any] = {}
    by_key = {param.name: param for param in params}
    places = [param for param in params if not param.by_name or param.rest]
    at = 0
    keyed = False
    while True:
        while places and places[0].name in values:
            places.pop(0)
        if places and places[0].rest:
            # what the rest of the line holds is nobody's to read but the handler's
            rest, own = text[at:].strip(), f"{places[0].name}="
            if keyed and rest.lower().startswith(own):  # who gave the one before it by its key means it here, too
                rest = rest[len(own) :].strip()
            if rest:
                values[places[0].name] = _value(places[0], rest, scope, usage)
            break
        word = _next_word(text, at)
        if word is None:
            break
        before, (key, value, at) = at, word
        keyed = key is not None
        if key is not None:
            if (named := by_key.get(key.lower())) is None:
                hint = nearest(key, by_key)
                guess = f" (did you mean {hint}=?)" if hint else ""
                raise UsageError(f"There is no {key}= here{guess}. Usage: {usage}")
            if named.name in values:
                raise UsageError(f"{named.name} is given twice. Usage: {usage}")
            if named.rest:  # by its key it is the rest of the line from there on
                value, at = text[text.index("=", before) + 1 :].strip(), len(text)
            values[named.name] = _value(named, value, scope, usage)
        elif places:
            values[places[0].name] = _value(places[0], value, scope, usage)
        else:
            raise UsageError(f"{value!r} is one word too many. Usage: {usage}")
    args: list[Any] = []
    named_args: dict[str, Any] = {}
    for param in params:
        if param.name in values:
            value = values[param.name]
        elif param.required:
            raise UsageError(f"{param.name} is missing: expected {param.converter.expected}. Usage: {usage}")
        else:
            value = param.default
        if param.by_name:
            named_args[param.name] = value
        else:
            args.append(value)
    return args, named_args


def _value(param: Param, word: str, scope: Scope, usage: str) -> Any:
    try:
        return param.converter.parse(scope, word)
    except Refusal:
        raise
    except (ValueError, OverflowError) as error:
        said = str(error)
        why = said if isinstance(error, BadValue) else f"expected {param.converter.expected}, got {word[:40]!r}"
        raise UsageError(f"{param.name}: {why}. Usage: {usage}") from None


# --- completion -------------------------------------------------------------------------------------------------


def complete_args(params: Sequence[Param], text: str, scope: Scope) -> list[Completion]:
    """What could stand in place of the last word of `text`; the word may be `key=` and the beginning of a value."""
    head, _, prefix = text.rpartition(" ")
    used: set[str] = set()
    places = [param for param in params if not param.by_name]
    at = 0
    while (word := _next_word(head, at)) is not None:
        key, _value_text, at = word
        if key is not None:
            used.add(key.lower())
        elif (first := next((p for p in places if p.name not in used), None)) is not None:
            if first.rest:
                return []
            used.add(first.name)
    key, equals, start = prefix.partition("=")
    if equals:
        named = next((p for p in params if p.name == key.lower() and p.name not in used), None)
        return [] if named is None else [Completion(f"{key}={c.text}", c.help) for c in _offers(named, start, scope)]
    place = next((p for p in places if p.name not in used), None)
    offers = [] if place is None else _offers(place, prefix, scope)
    if place is None or not place.rest:
        offers += [
            Completion(f"{p.name}=", p.info.help or p.metavar)
            for p in params
            if p is not place and not p.rest and p.name not in used and p.name.startswith(prefix.lower())
        ]
    return offers


def _offers(param: Param, prefix: str, scope: Scope) -> list[Completion]:
    lowered = prefix.lower()
    if param.converter.choices:
        return [Completion(word, param.info.help) for word in param.converter.choices if word.startswith(lowered)]
    if param.converter.complete is None:
        return []
    items = (
        item if isinstance(item, Completion) else Completion(item, param.info.help)
        for item in param.converter.complete(scope, prefix)
    )
    return [item for item in items if item.text.lower().startswith(lowered)][:100]
