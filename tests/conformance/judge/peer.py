"""A small blocking client over a raw socket that sends what it is told to, right or wrong.

It knows frames and JSON; it must not help the server: it repairs nothing and retries nothing.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

PATIENCE = 10.0
"""Seconds that a case waits for something that must come; nothing here waits for time to pass."""

MAX_FRAME = 65_536
"""The contract's bound for a frame from the server."""

_pings = itertools.count(1_000_001)


class Closed(Exception):
    """The server closed the connection; `messages` is what came before."""

    def __init__(self, messages: list[Json]) -> None:
        super().__init__(f"closed by the server after {messages[-3:]}")
        self.messages = messages


def frame(payload: bytes) -> bytes:
    """The payload behind its length."""
    return struct.pack(">I", len(payload)) + payload


def encode(message: Any) -> bytes:
    """A message as a frame."""
    return frame(json.dumps(message, ensure_ascii=False).encode())


@dataclass
class Reply:
    """What came back for a line with an id: everything up to its ack."""

    messages: list[Json]
    ok: bool
    error: Json | None = None

    @property
    def code(self) -> str | None:
        """The error's code, if there was one."""
        return None if self.error is None else str(self.error["code"])

    def of(self, kind: str) -> list[Json]:
        """The messages of one type."""
        return [m for m in self.messages if m["type"] == kind]

    @property
    def text(self) -> str:
        """All that was said in it, as one text."""
        return "\n".join(str(m.get("text", "")) for m in self.messages)


@dataclass
class Peer:
    """One connection. `seen` is every message that came, in order; `raw` every byte."""

    host: str
    port: int
    timeout: float = PATIENCE
    receive_buffer: int | None = None
    seen: list[Json] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    welcome: Json = field(default_factory=dict)
    last_id: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        if self.receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        self.sock.settimeout(self.timeout)
        self.sock.connect((self.host, self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    # --- out ----------------------------------------------------------------------------------------------------

    def send_bytes(self, data: bytes) -> None:
        """Bytes as they are."""
        self.sock.sendall(data)

    def send_payload(self, payload: bytes) -> None:
        """A payload, whatever it holds, as one frame."""
        self.send_bytes(frame(payload))

    def send(self, *messages: Any) -> None:
        """Messages, in one piece."""
        self.send_bytes(b"".join(encode(message) for message in messages))

    # --- in -----------------------------------------------------------------------------------------------------

    def read(self) -> Json:
        """The next message. Raises `Closed` at the end and `TimeoutError` where nothing comes."""
        while True:
            if len(self._buffer) >= 4:
                (length,) = struct.unpack_from(">I", self._buffer)
                assert 1 <= length <= MAX_FRAME, f"the server sent a frame of {length} bytes"
                if len(self._buffer) >= 4 + length:
                    payload = bytes(self._buffer[4 : 4 + length])
                    del self._buffer[: 4 + length]
                    message = json.loads(payload.decode("utf-8", "strict"))
                    assert isinstance(message, dict) and isinstance(message.get("type"), str), message
                    self.seen.append(message)
                    return message
            try:
                data = self.sock.recv(65_536)
            except ConnectionError:
                data = b""
            if not data:
                raise Closed(self.seen)
            self._buffer += data
            self.raw += data

    def until(self, kind: str, accept: Callable[[Json], bool] = lambda m: True, **fields: Any) -> list[Json]:
        """Everything up to and with the first message of that type and those fields."""
        got = []
        deadline = time.monotonic() + self.timeout
        while True:
            message = self.read()
            got.append(message)
            if message["type"] == kind and accept(message) and all(message.get(k) == v for k, v in fields.items()):
                return got
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {kind} {fields} among {got[-5:]}")

    def wait(self, kind: str, accept: Callable[[Json], bool] = lambda m: True, **fields: Any) -> Json:
        """The first message of that type and those fields."""
        return self.until(kind, accept, **fields)[-1]

    def barrier(self) -> list[Json]:
        """All that came before the answer to a ping sent now, without that answer."""
        number = next(_pings)
        self.send({"type": "ping", "id": number})
        return self.until("pong", id=number)[:-1]

    def closed(self) -> list[Json]:
        """All that comes until the server closes."""
        start = len(self.seen)
        deadline = time.monotonic() + self.timeout
        try:
            while time.monotonic() < deadline:
                self.read()
        except Closed:
            return self.seen[start:]
        raise TimeoutError("the server did not close")

    def bye(self) -> str | None:
        """The reason of the `bye` that comes last before the server closes, None where there is none."""
        messages = self.closed()
        assert [m["type"] for m in messages].count("bye") <= 1, messages
        return str(messages[-1]["reason"]) if messages and messages[-1]["type"] == "bye" else None

    # --- a session ----------------------------------------------------------------------------------------------

    def hello(self, name: str | None = None, room: str | None = None, **fields: Any) -> list[Json]:
        """Says hello and reads all that whoever comes in is told, `welcome` to `board`."""
        message: Json = {"type": "hello", "version": 1, **fields}
        if name is not None:
            message["name"] = name
        if room is not None:
            message["room"] = room
        self.send(message)
        got = self.until("board")
        assert got[0]["type"] == "welcome", got[0]
        self.welcome = got[0]
        self.last_id = max(self.last_id, int(got[0]["last_id"]))
        return got

    def refused(self, **fields: Any) -> str:
        """Says a hello that must be refused, and gives the error's code."""
        self.send({"type": "hello", "version": 1, **fields})
        message = self.read()
        assert message["type"] == "error", message
        return str(message["code"])

    @property
    def name(self) -> str:
        """The name that the server knows this connection by."""
        return str(self.welcome["name"])

    @property
    def token(self) -> str:
        """What takes the same seat again."""
        return str(self.welcome["token"])

    def say(self, text: str, line_id: int | None = None) -> Reply:
        """Types a line and reads up to its ack."""
        if line_id is None:
            self.last_id += 1
            line_id = self.last_id
        self.send({"type": "line", "text": text, "id": line_id})
        return self.reply(line_id)

    def reply(self, line_id: int) -> Reply:
        """What comes up to the ack of a line."""
        got = self.until("ack", id=line_id)
        errors = [m for m in got if m["type"] == "error" and m.get("id") == line_id]
        assert len(errors) <= 1, errors
        return Reply(got[:-1], got[-1]["ok"], errors[0] if errors else None)

    def types(self, *lines: str) -> list[Reply]:
        """Lines one after the other, each of which must be carried out."""
        replies = []
        for text in lines:
            reply = self.say(text)
            assert reply.ok, (text, reply.error)
            replies.append(reply)
        return replies

    def board(self) -> Json:
        """The last board that came."""
        return next(m for m in reversed(self.seen) if m["type"] == "board")

    def last(self, kind: str) -> Json | None:
        """The last message of a type."""
        return next((m for m in reversed(self.seen) if m["type"] == kind), None)

    def close(self) -> None:
        """Ends the connection from this side."""
        self.sock.close()

    def reset(self) -> None:
        """Ends it with a reset instead of an orderly end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def kinds(messages: Iterable[Json]) -> list[str]:
    """The types of messages, in order."""
    return [str(m["type"]) for m in messages]
