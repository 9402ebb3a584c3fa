"""Frames and messages as bytes, without I/O, for both ends and for doors that frame by themselves.

It knows the protocol of contract section 2; it must not know sockets, rooms or the game.
"""

from hangman_net.wire.codec import Refused, Unknown, decode_client, decode_server, encode, payload_of
from hangman_net.wire.connection import ClientWire, ServerWire
from hangman_net.wire.framing import NEED_DATA, Fatal, NeedData

__all__ = [
    "NEED_DATA",
    "ClientWire",
    "Fatal",
    "NeedData",
    "Refused",
    "ServerWire",
    "Unknown",
    "decode_client",
    "decode_server",
    "encode",
    "payload_of",
]
