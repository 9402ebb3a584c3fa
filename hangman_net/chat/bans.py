"""Who is kept out: bans by name, seat and address, and what counts as one address.

It knows ban records and the calendar; it must not know who asks to come in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from hangman_net.chat.errors import Refusal
from hangman_net.chat.records import BAN, BanRecord
from hangman_net.chat.step import Step
from hangman_net.chat.world import Seat
from hangman_net.text import name_key


class Bans:
    """The bans in force, by their records' keys."""

    def __init__(self, posix: Callable[[], float]) -> None:
        self.posix = posix
        self.records: dict[str, BanRecord] = {}

    def add(self, step: Step, who: str, seat: Seat | None, seconds: float | None, by: str) -> BanRecord:
        """Bans a name with its seat and its address, unless that is local; or an address by itself.

        Raises `Refusal` for what is neither.
        """
        until = None if seconds is None else self.posix() + seconds
        if seat is None and any(c in who for c in ".:"):
            if not is_address(who):
                raise Refusal(f"{who[:40]} is no address; write one such as 203.0.113.5 or 2001:db8::1.")
            ban = BanRecord(who, address=address_key(who), until=until, by=by)
        else:
            # who has just gone is banned where they were: else to hang up would be the way around it
            address = None if seat is None else seat.address if seat.session is None else seat.session.address
            ban = BanRecord(
                who,
                key=name_key(who),
                seat=None if seat is None else seat.id,
                address=None if address is None or is_local(address) else address_key(address),
                until=until,
                by=by,
            )
        at = BAN + name_key(who)
        step.put(at, ban)

        def banned() -> None:
            self.records[at] = ban

        step.act(banned)
        return ban

    def lift(self, step: Step, who: str) -> None:
        """Ends a ban. Raises `Refusal` where there is none."""
        at = BAN + name_key(who)
        if at not in self.records:
            names = ", ".join(ban.name for ban in self.records.values()) or "nobody"
            raise Refusal(f"{who[:40]} is not banned; banned: {names}.")
        step.put(at, None)
        step.act(lambda: self.records.__delitem__(at))

    def banned(self, *, name: str | None, seat: str | None, address: str) -> bool:
        """Whether somebody of that name, seat or address is kept out."""
        if not self.records:
            return False
        now = self.posix()
        key, where = name_key(name) if name else None, address_key(address)
        return any(
            (ban.until is None or ban.until > now)
            and ((key and ban.key == key) or (seat and ban.seat == seat) or (where and ban.address == where))
            for ban in self.records.values()
        )


@lru_cache(maxsize=1_024)  # asked for whenever somebody comes or goes
def address_key(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def is_address(text: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1_024)  # likewise
def is_local(address: str) -> bool:
    """Whether it is a loopback or private address, behind which a whole class may sit."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return ip.is_loopback or ip.is_private or ip.is_link_local
