"""What the cases are written with: a raw client, a server started by a command line, and what is watched meanwhile.

It knows the contract's wire and command line; it must not know, or import, the server that it judges.
"""

from judge.marks import holds
from judge.peer import Closed, Json, Peer, Reply
from judge.server import Launched, Launcher

__all__ = ["Closed", "Json", "Launched", "Launcher", "Peer", "Reply", "holds"]
