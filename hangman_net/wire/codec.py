"""Turns messages into payloads and payloads, however bad, into messages or a reason why not.

It knows JSON and the vocabulary; it must not know how frames are cut or who sends them.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct, structs

from hangman_net.messages import Catalogue, ClientMessage, Commands, Message, ServerMessage, Welcome
from hangman_net.wire.framing import HEADER, frame

_encoder = msgspec.json.Encoder()
_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_value_decoder = msgspec.json.Decoder(msgspec.Raw)  # reads any one JSON value and builds nothing

MOST_NESTED: Final = 500
"""Values within values in what a client says: some versions of Python follow 1,000 and others 10,000, and what one
server reads every server should."""

_BETWEEN_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[^]["{}]+', re.DOTALL)
_WITH_CATALOGUE: Final = (Welcome, Commands)
_UNKNOWN_TYPE: Final = "- at `$.type`"  # the end of msgspec's words for a tag that no struct of the union has
_MOST_WORDS: Final = 200  # of msgspec's words: a wrong value of a server's message is repeated in them whole


class _Tagged(Struct):
    type: str


_tag_decoder = msgspec.json.Decoder(_Tagged)
_server_types = frozenset(kind.__struct_config__.tag for kind in get_args(ServerMessage))


class Refused(Struct, frozen=True):
    """A payload that will not do; the connection stays. `text` says in a sentence what was wrong with it."""

    code: Literal["bad_utf8", "bad_json", "bad_message"]
    text: str


class Unknown(Struct, frozen=True):
    """A server's message of a type that this version does not know: a newer one may say more. To be skipped."""

    type: str


def encode(message: Message) -> bytes:
    """`message` as one frame, ready to be written.

    Raises `UnicodeEncodeError` where a text holds a lone surrogate: such text is no Unicode and must be made safe
    before it gets here.
    """
    if isinstance(message, _WITH_CATALOGUE) and isinstance(message.commands, Catalogue):
        message = structs.replace(message, commands=message.commands.json)
    return frame(_encoder.encode(message))


def payload_of(framed: bytes) -> memoryview:
    """The JSON in a frame that `encode` made, for doors that frame messages themselves."""
    return memoryview(framed)[HEADER:]


def decode_client(payload: bytes) -> ClientMessage | Refused:
    """What a client said, or why it will not do (contract section 2); nothing else ever comes out of it."""
    try:
        # msgspec passes bad UTF-8 in what it skips; Python's own decoder is the judge of the whole payload.
        text = payload.decode()
        if text.count("[") + text.count("{") > MOST_NESTED and _depth(text) > MOST_NESTED:
            raise RecursionError
        message = _client_decoder.decode(text)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        return _refused(payload, error)
    # A NUL can stand in JSON only as this escape, so that honest payloads pay for one search.
    if "\\u0000" in text and _holds_nul(message):
        return Refused("bad_message", "A text holds U+0000, which no text may.")
    return message


@cache
def _server_decoder() -> msgspec.json.Decoder[ServerMessage]:
    """Made for whoever reads a server: a server's start need not wait for it."""
    return msgspec.json.Decoder(ServerMessage)


def decode_server(payload: bytes) -> ServerMessage | Unknown | Refused:
    """What a server said, a type from a newer version, or why it will not do; nothing else ever comes out of it."""
    try:
        return _server_decoder().decode(payload.decode())
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        refused = _refused(payload, error)
    if refused.code == "bad_message":
        tag = _tag_of(payload)
        if tag is not None and tag not in _server_types:
            return Unknown(tag)
    return refused


def _depth(text: str) -> int:
    """How many brackets are open at most; those within texts are none."""
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in _BETWEEN_BRACKETS.sub("", text)), default=0)


def _refused(payload: bytes, error: Exception) -> Refused:
    if isinstance(error, UnicodeDecodeError):
        return Refused("bad_utf8", f"The payload is not UTF-8: {error.reason} at byte {error.start}.")
    if isinstance(error, msgspec.ValidationError):
        # It is raised at the first wrong field; what stands behind that need not even be JSON.
        try:
            _value_decoder.decode(payload)
        except (msgspec.DecodeError, RecursionError) as deeper:
            error = deeper
    match error:
        case RecursionError():
            return Refused("bad_json", "The payload is nested too deep to be read.")
        case msgspec.ValidationError() if str(error).endswith(_UNKNOWN_TYPE):
            # msgspec's own words repeat the sender's, control characters included.
            return Refused("bad_message", "The message's type is unknown.")
        case msgspec.ValidationError():
            return Refused("bad_message", f"The message will not do: {str(error)[:_MOST_WORDS]}.")
        case _:
            return Refused("bad_json", f"The payload is not one JSON value: {str(error)[:_MOST_WORDS]}.")


def _tag_of(payload: bytes) -> str | None:
    try:
        return _tag_decoder.decode(payload).type
    except (msgspec.DecodeError, RecursionError):
        return None


def _holds_nul(message: ClientMessage) -> bool:
    return any(isinstance(value, str) and "\0" in value for value in structs.astuple(message))
