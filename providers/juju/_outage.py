"""A controller that is switched off: reads keep what is known, changes wait until it is back.

Only of a controller that the client store knows: somebody has reached it at that address, so that its silence means that its
machine is down, which a refresh must be able to say (LXD and MAAS show the machine) and the next `up` to mend. Where the stack's
configuration gives the addresses, they may simply be wrong. What refuses us or shows a wrong certificate is never taken for
silence.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from collections.abc import Iterator
from typing import Final

from clients import juju

from ._saying import say, span

PATIENCE: Final = 600.0
"""Seconds in which a controller whose machine was just started must answer: the machine boots, and Juju on it."""
_SILENCE: Final = 60.0
"""Seconds for which a controller that didn't answer isn't asked again by those who only read."""

_reading = contextvars.ContextVar[list[juju.Access] | None]("reading", default=None)
"""Whom a read has asked so far."""
_silent: dict[juju.Access, tuple[float, juju.Silent]] = {}
_told: set[juju.Access] = set()
_guard = threading.Lock()


@contextlib.contextmanager
def reading() -> Iterator[list[juju.Access]]:
    """What happens in here only looks, and doesn't wait for a controller that is away; gives the list of those it asks."""
    asked: list[juju.Access] = []
    token = _reading.set(asked)
    try:
        yield asked
    finally:
        _reading.reset(token)


def reached(controller: juju.Controller, patience: float) -> juju.Controller:
    """The controller, once it answers; those who only read hear of its silence at once where somebody has met it.

    Args:
        controller: the connection.
        patience: seconds in which it must answer who changes something.

    Raises:
        JujuError: when it doesn't answer, or refuses us.
    """
    access, asked = controller.access, _reading.get()
    if asked is None:
        if _known(access):
            with _guard:
                _silent.pop(access, None)
            controller.session.reach(patience, lambda why: say(f"{why}; waiting up to {span(patience)} for it to come up"))
        return controller
    asked.append(access)
    with _guard:
        since, error = _silent.get(access, (float("-inf"), None))
    if error is not None and time.monotonic() - since < _SILENCE:
        raise juju.Silent(str(error))
    return controller


def keeps(asked: list[juju.Access], error: juju.Silent) -> bool:
    """Whether a read that met silence may go by what is known; remembers it for those who read next, and says so once."""
    if not asked or not all(map(_known, asked)):
        return False
    for access in asked:
        with _guard:
            first = access not in _told
            _told.add(access)
            if access not in _silent or time.monotonic() - _silent[access][0] >= _SILENCE:
                _silent[access] = time.monotonic(), error
        if first:
            say(
                f"warning: {error}; what is in its models can't be read at the moment and is taken to be as it was: "
                "see that its machine runs"
            )
    return True


def _known(access: juju.Access) -> bool:
    """Whether somebody has reached the controller at the address that we have of it."""
    return not access.addresses
