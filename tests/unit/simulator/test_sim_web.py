"""What the HTTP services share."""

from __future__ import annotations

import asyncio
from asyncio import sslproto

from simulator import web


def test_a_connection_that_is_gone_already_is_left_alone() -> None:
    loop = asyncio.new_event_loop()
    gone = sslproto._SSLProtocolTransport(loop, None)  # type: ignore[arg-type] # as asyncio leaves it when the peer hangs up
    web.cut(gone)
    loop.close()
    assert gone._closed
