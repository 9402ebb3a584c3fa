"""Addresses as people write them, and this machine's own as others on the network reach it.

It knows the resolver and the routing table; it must not know what listens there.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

WILDCARDS = frozenset({"", "0.0.0.0", "::"})
"""Hosts that stand for all interfaces."""

_NOBODY = ("192.0.2.1", 9)  # TEST-NET-1, RFC 5737


def shown(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def from_elsewhere() -> list[str]:
    """The addresses by which others on the network reach this machine; its name where it knows none.

    The first is that of the interface that leads out.
    """
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(_NOBODY)  # sends nothing: the kernel only chooses the interface
        found.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        known = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        found += sorted(str(info[4][0]) for info in known)
    usable = [address for address in found if not address.startswith(("127.", "::1", "fe80", "0.0.0.0"))]
    return list(dict.fromkeys(usable)) or [socket.gethostname()]


def best(host: str) -> str:
    """Where others reach what listens on `host`."""
    return from_elsewhere()[0] if host in WILDCARDS else host


def nearest(host: str) -> str:
    """Where this machine itself reaches what listens on `host`."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def is_loopback(host: str) -> bool:
    """Whether what listens on `host` is out of reach for every other machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
