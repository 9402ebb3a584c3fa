"""The ssh port as a listener among others."""

from __future__ import annotations

import gc
import socket

import pytest

from hangman_net.hosting import CannotListen, Server, Settings


@pytest.mark.filterwarnings("error")
async def test_a_port_that_is_busy_leaves_no_loop_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        server = Server(Settings(port=0, ssh=(None, busy.getsockname()[1])))
        with pytest.raises(CannotListen) as refused:
            await server.start()
    assert refused.value.option == "--ssh"
    del server, refused
    gc.collect()  # an open loop would complain here
